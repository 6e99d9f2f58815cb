"""Who reaches the server: no other site's websocket, and nobody from outside before there is an administrator."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.server import ROOT, Server


def test_without_an_administrator_it_listens_on_loopback_whatever_host_says(tmp_path: Path) -> None:
    server = Server(tmp_path, {"HOST": "0.0.0.0"}).start()
    listens = _addresses_of(server.port)
    server.stop()
    assert listens == {"0100007F"}
    assert "Restart afterwards to listen on 0.0.0.0" in server.log()


@pytest.mark.parametrize(
    ("setting", "value"), [("PORT", "x"), ("ALLOWED_NETWORKS", "10.0.0.0/99"), ("DATABASE_URL", "postgresql://x/y")]
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, setting: str, value: str) -> None:
    with pytest.raises(RuntimeError, match=f"TRIGGER_HOOKS_{setting}: "):
        Server(tmp_path, {setting: value}).start()


def test_a_lost_secret_key_is_told_in_words_and_the_right_one_opens_again(tmp_path: Path) -> None:
    Server(tmp_path, {"SECRET_KEY": "right"}).with_admin().start().stop()
    wrong = Server(tmp_path, {"SECRET_KEY": "wrong"})

    with pytest.raises(RuntimeError, match=r"(?m)^The secrets in this database are sealed under another key"):
        wrong.start()

    assert "Traceback" not in wrong.log()
    assert wrong.process is not None
    assert wrong.process.returncode == 1
    assert _command(wrong, "forget-secrets").returncode == 2
    assert Server(tmp_path, {"SECRET_KEY": "new right"}).start().stop() == 0
    assert Server(tmp_path, {"SECRET_KEY": "new"}).start().stop() == 0
    assert _command(wrong, "forget-secrets", "--yes").returncode == 0
    assert wrong.start().stop() == 0


def test_it_ends_when_told_to(tmp_path: Path) -> None:
    server = Server(tmp_path).with_admin().start()

    assert server.stop() == 0


def _command(server: Server, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "main.py", *words], env=server.environment, cwd=ROOT, capture_output=True, check=False
    )


def _addresses_of(port: int) -> set[str]:
    """The local addresses that listen on a port, as the kernel writes them (127.0.0.1 is 0100007F)."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    local = [words[1].split(":") for words in lines if words[3] == "0A"]
    return {address for address, number in local if int(number, 16) == port}


def test_through_a_proxy_the_first_administrator_takes_the_code_of_the_terminal(tmp_path: Path) -> None:
    """A proxy on this machine makes everybody look as if they were on it."""
    server = Server(tmp_path).start()
    code = re.search(r"with the code (\w+)", server.log())
    assert code
    with httpx.Client(base_url=server.url, headers={"x-forwarded-for": "203.0.113.7"}) as client:
        form = re.search(r'name="form" value="([^"]+)"', client.get("/setup").text)
        assert form
        fields = {"form": form[1], "email": "ada@example.com", "password": "correct horse battery"}
        without = client.post("/setup", data=fields)
        right = client.post("/setup", data={**fields, "code": code[1]})
    server.stop()

    assert "not the code that the terminal shows" in without.text
    assert (without.status_code, right.status_code) == (422, 303)


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    server = Server(folder).start()
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir() if path.name != "server.log"}
    assert server.stop() == 0

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {"trigger-hooks.db", "secret.key"} <= set(modes)
    assert set(modes.values()) == {0o600}
