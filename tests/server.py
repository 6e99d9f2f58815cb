"""The product as a process of its own, for tests and benchmarks: started on a free port, and ended by its id."""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import ClassVar, Self

from tests.prefork import Forked, Prefork

ROOT = Path(__file__).parent.parent
ADMIN = "ada@example.com"
PASSWORD = "correct horse battery"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment() -> dict[str, str]:
    """Without what pytest and NiceGUI's own tests leave behind, which changes how a server starts."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "NICEGUI", "TRIGGER_HOOKS"))}


def _copy_synced(source: str, target: str) -> str:
    """As a server syncs what it writes first: some tests let the disk fail."""
    shutil.copy2(source, target)
    with Path(target).open("rb") as file:
        os.fsync(file.fileno())
    return target


@dataclass
class Prepared:
    """A folder of data with an administrator and a key of each role."""

    folder: Path
    keys: dict[str, str]

    def copy_to(self, folder: Path) -> dict[str, str]:
        """The keys; none where the folder has a database of its own."""
        if any(folder.glob("*.db")):
            return {}
        shutil.copytree(self.folder, folder, copy_function=_copy_synced, dirs_exist_ok=True)
        return self.keys


@dataclass
class Server:
    """`settings` are environment variables without their prefix.

    Where `prefork` is set, servers are forked off it. Where `prepared` is set, one with an administrator begins with
    what that folder has, which spares it a start and a command for each key.
    """

    prefork: ClassVar[Prefork | None] = None
    prepared: ClassVar["Prepared | None"] = None

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | Forked | None = None
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        ours = {"PORT": str(self.port), "DATA_DIR": str(self.data_dir), "ALLOWED_NETWORKS": "127.0.0.0/8"}
        return clean_environment() | {f"TRIGGER_HOOKS_{name}": value for name, value in (ours | self.settings).items()}

    def with_admin(self) -> Self:
        self.settings |= {"ADMIN_EMAIL": ADMIN, "ADMIN_PASSWORD": PASSWORD}
        if self.prepared and not {"SECRET_KEY", "DATABASE_URL"} & self.settings.keys():
            self.keys |= self.prepared.copy_to(self.data_dir)
        return self

    def start(self, seconds: float = 30, program: tuple[str, ...] = (str(ROOT / "main.py"),)) -> Self:
        """Returns once it answers. Raises RuntimeError, and has ended it, where it does not."""
        self.process = self._begin(program)
        atexit.register(self.process.kill)
        try:
            self._await_an_answer(seconds)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def _begin(self, program: tuple[str, ...]) -> subprocess.Popen[bytes] | Forked:
        path = self.data_dir / "server.log"
        path.touch()
        if self.prefork:
            return self.prefork.start(program, self.environment, path)
        with path.open("ab") as log:
            return subprocess.Popen([sys.executable, *program], env=self.environment, cwd=ROOT, stdout=log, stderr=log)

    def _await_an_answer(self, seconds: float) -> None:
        assert self.process is not None
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            probe = HTTPConnection("127.0.0.1", self.port, timeout=1)
            try:
                probe.request("GET", "/healthz")
                probe.getresponse()
            except (OSError, HTTPException):
                time.sleep(0.02)
            else:
                return
            finally:
                probe.close()
        raise RuntimeError(f"the server did not start:\n{self.log()}")

    def stop(self, how: signal.Signals = signal.SIGTERM, seconds: float = 15) -> int:
        """Its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def log(self) -> str:
        return (self.data_dir / "server.log").read_text(errors="replace")

    def command(self, *arguments: str, stdin: str = "") -> str:
        """Runs a command of main.py beside the server; gives what it printed."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *arguments],
            env=self.environment,
            cwd=ROOT,
            input=stdin,
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def key(self, role: str = "agent") -> str:
        """The same one for a role, whenever it is asked for: a command takes a second or two."""
        if role not in self.keys:
            told = self.command("create-key", "--name", f"{role} of a test", "--role", role)
            self.keys[role] = told.splitlines()[-1]
        return self.keys[role]


def prepare(folder: Path, prefork: Prefork) -> Prepared:
    server = Server(folder / "data").with_admin()
    server.data_dir.mkdir()
    log = folder / "prepare.log"
    process = prefork.start(("-m", "tests.prepare"), server.environment, log)
    if process.wait():
        raise RuntimeError(f"no data could be prepared:\n{log.read_text()}")
    return Prepared(server.data_dir, json.loads(log.read_text().splitlines()[-1]))
