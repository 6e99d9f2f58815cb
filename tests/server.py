"""The product as a process of its own, for tests and benchmarks: started on a free port, and ended by its id."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
ADMIN = "ada@example.com"
PASSWORD = "correct horse battery"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """`settings` are environment variables without their prefix."""

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Without what pytest and NiceGUI's own tests leave behind, which changes how a server starts."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "NICEGUI", "TRIGGER_HOOKS"))}
        ours = {"PORT": str(self.port), "DATA_DIR": str(self.data_dir), "ALLOWED_NETWORKS": "127.0.0.0/8"}
        return kept | {f"TRIGGER_HOOKS_{name}": value for name, value in (ours | self.settings).items()}

    def with_admin(self) -> "Server":
        self.settings |= {"ADMIN_EMAIL": ADMIN, "ADMIN_PASSWORD": PASSWORD}
        return self

    def start(self, seconds: float = 30, program: tuple[str, ...] = (str(ROOT / "main.py"),)) -> "Server":
        """Returns once it answers."""
        log = (self.data_dir / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, *program], env=self.environment, cwd=ROOT, stdout=log, stderr=log
        )
        log.close()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}/healthz", timeout=1)
            except httpx.HTTPError:
                time.sleep(0.02)
            else:
                return self
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
