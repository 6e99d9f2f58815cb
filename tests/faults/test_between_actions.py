"""Killed within a sequence of two actions: what was recorded as delivered is not sent again, and the rest is."""

import shutil
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import orjson
import pytest

from tests.faults.test_kill import Sink, post
from tests.server import Server


@pytest.fixture(scope="module")
def sink() -> Generator[Sink]:
    sink = Sink()
    yield sink
    sink.shutdown()
    sink.server_close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> tuple[Path, str]:
    """A folder with a hook of two actions that call the sink, and a key for events."""
    server = Server(tmp_path_factory.mktemp("prepared")).with_admin().start()
    _two_actions(server, sink.url)
    key = server.key()
    server.stop()
    return server.data_dir, key


@pytest.mark.parametrize(
    ("moment", "number", "steps"),
    [("after record", 1, [1, 2]), ("before send", 2, [1, 2]), ("after send", 2, [1, 2, 2])],
)
def test_killed_between_two_actions(
    tmp_path: Path, prepared: tuple[Path, str], sink: Sink, moment: str, number: int, steps: list[int]
) -> None:
    folder, key = prepared
    server = Server(tmp_path / "data")
    shutil.copytree(folder, server.data_dir)
    sink.seen.clear()

    server.start(program=("-m", "tests.faults.crashing", moment, str(number)))
    post(server, key, "evt_1")
    assert server.process is not None
    assert server.process.wait(10) == -9, "it was killed where it should be"
    server.start()
    seen = _seen(sink, len(steps))
    server.stop()

    assert [orjson.loads(body)["step"] for _, body in seen] == steps
    assert len({id for id, _ in seen}) == 1


def _two_actions(server: Server, url: str) -> None:
    raw = {
        "title": "Two",
        "trigger": "call.ended",
        "actions": [
            {"url": url, "body": '{"step": 1}'},
            {"url": url, "body": '{"step": 2}', "when": "steps[0].status == 200"},
        ],
    }
    key = server.key("admin")
    answer = httpx.post(f"{server.url}/api/v1/hooks", json=raw, headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text


def _seen(sink: Sink, count: int, seconds: float = 15) -> list[tuple[str, bytes]]:
    """Once there are as many, and nothing more comes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(sink.seen) < count:
        time.sleep(0.05)
    time.sleep(0.5)
    return list(sink.seen)
