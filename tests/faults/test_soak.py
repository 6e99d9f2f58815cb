"""Killed again and again under load: nothing accepted is missing, and what is repeated bears the same id."""

import os
import random
import threading
import time
from collections import defaultdict
from pathlib import Path

import httpx
import orjson
import pytest

from engine.delivery.lanes import PART_OF_A_HOOK, UNRECORDED
from engine.model import LaneSettings
from tests.faults.ledger import balance, read_ledger
from tests.faults.test_kill import Sink, hook, sink
from tests.server import Server

__all__ = ["sink"]

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "200"))
SENDERS = 4
PLACES = LaneSettings().concurrency
MOST_REPEATED = 2 * (PLACES // PART_OF_A_HOOK) + PLACES * UNRECORDED
"""By one kill, of one hook: its share of first attempts and of retries, and the results that may wait for the disk."""


class Senders:
    """Threads that post events for as long as the server answers, and keep the ids that it answered with 202."""

    def __init__(self, server: Server, key: str, prefix: str) -> None:
        self.accepted: set[str] = set()
        self._server, self._headers, self._prefix = server, {"authorization": f"Bearer {key}"}, prefix
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int) -> None:
        with httpx.Client(base_url=self._server.url, headers=self._headers, timeout=5) as client:
            for count in range(1_000_000):
                if self._stop.is_set():
                    return
                event_id = f"{self._prefix}-{number}-{count}"
                event = {"type": "call.ended", "id": event_id, "data": {"event_id": event_id}}
                try:
                    answer = client.post("/api/v1/events", json=event)
                except httpx.HTTPError:
                    return
                if answer.status_code == 202:
                    self.accepted.add(event_id)


@pytest.mark.soak
def test_killed_again_and_again_nothing_accepted_is_missing(tmp_path: Path, sink: Sink) -> None:
    draw = random.Random(7)
    server = Server(tmp_path).with_admin().start()
    hook(server, sink.url)
    key = server.key()
    accepted: set[str] = set()
    for number in range(ROUNDS):
        senders = Senders(server, key, f"round{number}")
        time.sleep(draw.uniform(0.05, 0.6))
        server.kill()
        senders.end()
        accepted |= senders.accepted
        server.start()
    calls = _calls_of(sink, accepted)
    server.stop()
    repeats = sum(len(ids) - 1 for ids in calls.values())
    print(
        f"{ROUNDS} kills, {len(accepted)} events accepted, {len(accepted - calls.keys())} missing, {repeats} repeated"
    )

    balance(read_ledger(tmp_path), accepted, (id for ids in calls.values() for id in ids))
    assert accepted - calls.keys() == set()
    assert repeats <= ROUNDS * MOST_REPEATED
    assert {event_id for event_id, ids in calls.items() if len(set(ids)) != 1} == set()


def _calls_of(sink: Sink, accepted: set[str], seconds: float = 120) -> dict[str, list[str]]:
    """The webhook ids by event, once every accepted event was called, or the time is over."""
    end = time.monotonic() + seconds
    while True:
        calls: defaultdict[str, list[str]] = defaultdict(list)
        for webhook_id, body in list(sink.seen):
            calls[orjson.loads(body)["data"]["event_id"]].append(webhook_id)
        if accepted <= calls.keys() or time.monotonic() > end:
            return calls
        time.sleep(0.2)
