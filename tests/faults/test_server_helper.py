"""What the tests start, they end: also where a start fails, and where a test forgot."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.prefork import Prefork
from tests.server import ROOT, Server, clean_environment


def is_gone(pid: int) -> bool:
    """Waits for it."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("forked", [True, False])
def test_a_server_that_is_slow_to_start_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: bool) -> None:
    if not forked:
        monkeypatch.setattr(Server, "prefork", None)
    server = Server(tmp_path)

    with pytest.raises(RuntimeError, match="did not start"):
        server.start(seconds=0)

    assert server.process is not None
    assert server.process.returncode == -9
    assert is_gone(server.process.pid)


def test_forked_servers_end_with_what_they_were_forked_off(tmp_path: Path) -> None:
    prefork = Prefork(clean_environment())
    forked = prefork.start(("-m", "http.server", "0"), clean_environment(), tmp_path / "log")
    assert forked.poll() is None

    prefork.close()

    assert is_gone(forked.pid)


STARTS_AND_FAILS = """
import sys
from pathlib import Path
from tests.server import Server

print(Server(Path(sys.argv[1])).start().process.pid, flush=True)
raise SystemExit("forgot to stop it")
"""


KILLED_WITH_A_SINK = """
import multiprocessing, os, signal
from tests.bench.load import Sink

if __name__ == "__main__":
    sink = Sink()
    print(multiprocessing.active_children()[0].pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_benchmark_that_is_killed_leaves_no_sink_behind(tmp_path: Path) -> None:
    (tmp_path / "bench.py").write_text(KILLED_WITH_A_SINK)
    environment = clean_environment() | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(tmp_path / "bench.py")], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == -9
    assert is_gone(int(done.stdout))


def test_a_program_that_fails_leaves_no_server_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTS_AND_FAILS, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert is_gone(int(done.stdout))
