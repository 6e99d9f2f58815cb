"""Under load: told to stop and started again, the ledger adds up."""

import time
from pathlib import Path

import orjson

from tests.faults.ledger import balance, read_ledger
from tests.faults.test_kill import Sink, hook, sink
from tests.faults.test_soak import Senders
from tests.server import Server

__all__ = ["sink"]


LOAD_SECONDS = 1.5


def test_told_to_stop_under_load_it_ends_well_and_loses_nothing(tmp_path: Path, sink: Sink) -> None:
    server = Server(tmp_path).with_admin().start()
    hook(server, sink.url)
    key = server.key()
    accepted: set[str] = set()
    for number in range(2):
        senders = Senders(server, key, f"round{number}")
        time.sleep(LOAD_SECONDS)
        began = time.monotonic()
        code = server.stop()
        took = time.monotonic() - began
        senders.end()
        accepted |= senders.accepted
        assert (code, took < 10) == (0, True)
        server.start()
    calls = _calls(sink, accepted)
    server.stop()

    assert accepted
    assert accepted <= calls.keys()
    assert {len(ids) for ids in calls.values()} == {1}, "a server that is told to stop repeats nothing"
    ledger = read_ledger(tmp_path)
    balance(ledger, accepted, (id for ids in calls.values() for id in ids))
    assert set(ledger.statuses.values()) == {"succeeded"}


def _calls(sink: Sink, accepted: set[str], seconds: float = 30) -> dict[str, list[str]]:
    """The webhook ids by event."""
    end = time.monotonic() + seconds
    while True:
        calls: dict[str, list[str]] = {}
        for id, body in list(sink.seen):
            calls.setdefault(orjson.loads(body)["data"]["event_id"], []).append(id)
        if accepted <= calls.keys() or time.monotonic() > end:
            time.sleep(0.5)
            return calls
        time.sleep(0.2)
