"""Servers for tests, forked off a process that has imported them: three seconds of CPU less for each start.

What is forked is a process of its own, and runs its program from the top: it is killed, stopped and waited for as any
other. `python -m tests.prefork` is the one that they are forked off: it takes a line of JSON, and answers with one.
"""

import ctypes
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

ROOT = Path(__file__).parent.parent
IMPORTED = (
    "main",
    "alembic.command",
    "anyio._backends._asyncio",
    "apscheduler.executors.asyncio",
    "dashboard",
    "engine.api.connections",
    "engine.process.logs",
    "pwdlib.hashers.argon2",
    "rich.traceback",
    "storage.store",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)
PR_SET_PDEATHSIG = 1


class Prefork:
    """The process that servers are forked off; they end with it, and it ends with this one."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.prefork"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lock = Lock()

    def start(self, program: Sequence[str], environment: dict[str, str], log: Path) -> "Forked":
        """`program` is what follows `python` on a command line: a path or `-m` and a module, and its arguments."""
        return Forked(self, self.ask({"program": program, "environment": environment, "log": str(log)}))

    def ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass
class Forked:
    """As a `subprocess.Popen`."""

    parent: Prefork
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.parent.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        """Raises subprocess.TimeoutExpired."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def serve(requests: BinaryIO, answers: BinaryIO) -> list[str]:
    """Until the other end is closed; returns in each process that was forked, with the program that it is to run."""
    for line in requests:
        request = json.loads(line)
        answer = _code_of(request["poll"]) if "poll" in request else os.fork()
        if answer == 0 and "program" in request:
            requests.close()
            answers.close()
            _become(request["environment"], request["log"])
            return request["program"]
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
    raise SystemExit


def _code_of(pid: int) -> int | None:
    """None while it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def end_with_parent() -> None:
    """This process, however that one ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _become(environment: dict[str, str], log: str) -> None:
    """Ends with its parent, writes to the log, and has that environment alone."""
    end_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)


def _run(program: list[str]) -> None:
    if program[0] == "-m":
        sys.argv = program[1:]
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = program
        runpy.run_path(program[0], run_name="__main__")


def _own_ends() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, moved away from where the programs have theirs."""
    pipes = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return pipes


if __name__ == "__main__":
    ends = _own_ends()
    for name in IMPORTED:
        __import__(name)
    gc.freeze()
    _run(serve(*ends))
