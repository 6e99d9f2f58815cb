"""Killed at each step of an event's path: nothing accepted is missing, and what is repeated bears the same id."""

import shutil
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import httpx
import orjson
import pytest

from tests.faults.ledger import balance, read_ledger
from tests.faults.test_kill import Sink, hook
from tests.server import Server

EVENTS = 40
AT = 5
IN_FLIGHT = 16
"""Calls of one hook at once, as its lane has it."""


@pytest.fixture(scope="module")
def witness() -> Generator[Sink]:
    sink = Sink()
    yield sink
    sink.shutdown()
    sink.server_close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, witness: Sink) -> tuple[Path, str]:
    """A folder with a hook that calls the witness, and a key for events."""
    server = Server(tmp_path_factory.mktemp("prepared")).with_admin().start()
    hook(server, witness.url)
    key = server.key()
    server.stop()
    return server.data_dir, key


@pytest.mark.parametrize("step", ["accept", "decide", "send", "record"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_a_step(tmp_path: Path, prepared: tuple[Path, str], witness: Sink, when: str, step: str) -> None:
    folder, key = prepared
    server = Server(tmp_path / "data")
    shutil.copytree(folder, server.data_dir)
    witness.seen.clear()
    number = 1 if step == "decide" else AT

    server.start(program=("-m", "tests.faults.crashing", f"{when} {step}", str(number)))
    accepted = _post_until_it_is_gone(server, key)
    assert server.process is not None
    assert server.process.wait(10) == -9, "it was killed where it should be"
    server.start()
    again = _post(server, key, sorted(accepted)[:3])
    calls = _calls(witness, accepted)
    server.stop()

    assert again == {"duplicate"} or not accepted
    assert accepted <= calls.keys()
    assert {event for event, ids in calls.items() if len(set(ids)) != 1} == set()
    repeats = sum(len(ids) - 1 for ids in calls.values())
    assert repeats <= IN_FLIGHT
    balance(read_ledger(server.data_dir), accepted, (id for ids in calls.values() for id in ids))


def _post_until_it_is_gone(server: Server, key: str) -> set[str]:
    accepted: set[str] = set()
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {key}"}, timeout=5) as client:
        for number in range(EVENTS):
            event = {"type": "call.ended", "id": f"evt_{number}", "data": {"event_id": f"evt_{number}"}}
            try:
                if client.post("/api/v1/events", json=event).status_code == 202:
                    accepted.add(f"evt_{number}")
            except httpx.HTTPError:
                break
    return accepted


def _post(server: Server, key: str, ids: list[str]) -> set[str]:
    events = [{"type": "call.ended", "id": id, "data": {"event_id": id}} for id in ids]
    if not events:
        return set()
    answer = httpx.post(f"{server.url}/api/v1/events", json=events, headers={"authorization": f"Bearer {key}"})
    return {receipt["status"] for receipt in answer.json()["events"]}


def _calls(sink: Sink, accepted: set[str], seconds: float = 15) -> dict[str, list[str]]:
    """The webhook ids by event, once every accepted event was called and nothing more comes."""
    end = time.monotonic() + seconds
    seen: Counter[tuple[str, str]] = Counter()
    while time.monotonic() < end:
        before = len(sink.seen)
        time.sleep(0.4)
        seen = Counter((orjson.loads(body)["data"]["event_id"], id) for id, body in list(sink.seen))
        if before == len(sink.seen) and accepted <= {event for event, _ in seen}:
            break
    calls: dict[str, list[str]] = {}
    for (event, id), count in seen.items():
        calls.setdefault(event, []).extend([id] * count)
    return calls
