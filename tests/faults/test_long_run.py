"""An hour of everything at once: all that was accepted is accounted for, and nothing grows."""

import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from tests.faults.fault_server import closed_port
from tests.faults.ledger import Ledger, read_ledger
from tests.faults.soak_parts import LIBFAKETIME, Minutes, Receivers, Senders, SoakServer, View, every
from tests.faults.soak_report import save, table
from tests.server import ROOT, Server

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
APART_MINUTES = 2
CLOCK_STEPS = (3_600, 0, -3_600, 0)
CALM_PART = 1 / 3
"""At the end nothing is killed and no clock is moved, so that growth would show."""
MOST_DESCRIPTORS = 250
MOST_OF_HOOK = 1_000
"""The fewest that the setting takes, so that a receiver that is down has executions parked within an hour."""


@pytest.mark.soak
def test_a_long_run_loses_nothing_and_does_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "prefork", None)
    (tmp_path / "data").mkdir()
    server = SoakServer(tmp_path / "data", {"MAX_HOOK_BACKLOG": str(MOST_OF_HOOK)}).with_admin()
    with Receivers() as receivers:
        server.start(60)
        try:
            types = add_hooks(server, receivers)
            minutes = Minutes()
            senders, view = Senders(server, server.key(), types, minutes), View(server)
            disturb(server, minutes)
            senders.end()
            view.end()
            settle(server)
            server.stop(seconds=30)
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()
        ledger = read_ledger(server.data_dir)
        counts = counted(ledger)
        report(minutes, counts, receivers, view)

    assert senders.accepted <= ledger.accepted, "nothing that was accepted is missing"
    assert counts["accepted"] == sum(counts.values()) - counts["accepted"]
    delivered = {id for id, status in ledger.statuses.items() if status == "succeeded"}
    assert delivered <= receivers.called | at_home(server.data_dir) <= ledger.statuses.keys()
    calm = [one.memory for one in minutes.seen(MINUTES)[round(MINUTES * (1 - CALM_PART)) :]]
    assert max(calm) < 1.5 * calm[0] + 50, "memory does not grow"
    assert max(one.descriptors for one in minutes.seen(MINUTES)) < MOST_DESCRIPTORS
    assert view.rows != 0, "the view is alive"


def add_hooks(server: Server, receivers: Receivers) -> tuple[str, ...]:
    """Each of a type of event of its own, so that an event has one execution at most; gives these types."""
    short = {"retries": [1, 2], "timeout": 1}
    url = receivers.url
    hooks: dict[str, dict[str, object]] = {
        "call.ended": {"actions": [{"url": url("well")}]},
        "call.started": {"actions": [{"url": url("flaky")}], "delivery": short},
        "call.answered": {"actions": [{"url": url("fails")}], "delivery": short},
        "lead.generated": {"actions": [{"url": url("slow")}], "delivery": short, "type": "crm_integration"},
        "lead.qualified": {"actions": [{"url": url("busy")}], "delivery": short, "type": "analytics"},
        "appointment.scheduled": {"actions": [{"url": f"http://127.0.0.1:{closed_port()}/"}], "delivery": short},
        "agent.response": {"actions": [{"url": "https://internal.ai-sync.com/echo"}]},
        "call.transferred": {"actions": [{"url": url("well")}], "condition": "nothing_of_this_name > 1"},
        "sms.received": {"actions": [{"url": url("well")}, {"url": url("flaky")}], "delivery": short},
    }
    key, taken = server.key("admin"), list[str]()
    for type, more in hooks.items():
        body = {"title": f"Soak {type}", "trigger": type, "role": "agent", **more}
        headers = {"authorization": f"Bearer {key}"}
        answer = httpx.post(f"{server.url}/api/v1/hooks", json=body, headers=headers, timeout=30)
        assert answer.status_code == 201, f"{type}: {answer.text}"
        taken.append(type)
    return tuple(taken)


def disturb(server: SoakServer, minutes: Minutes) -> None:
    """Kills it and moves its clock, in turn, until the calm part at the end, and notes what it takes."""
    calm = minutes.began + MINUTES * 60 * (1 - CALM_PART)
    pause = min(APART_MINUTES, MINUTES * (1 - CALM_PART) / len(CLOCK_STEPS) / 2) * 60
    faults, draw, next_at = _faults(server), random.Random(3), minutes.began + pause / 2

    def look() -> None:
        nonlocal next_at
        if next_at <= time.monotonic() < calm:
            next_at += pause * draw.uniform(0.7, 1.2)
            minutes.now.happened.append(next(faults))
        now = minutes.now
        now.memory, now.descriptors = max(now.memory, server.resident_mb()), max(now.descriptors, server.descriptors())

    every(2.0, minutes.began + MINUTES * 60, look)


def _faults(server: SoakServer) -> Iterator[str]:
    """Does one after the other, for ever, and says in words what it was."""
    for seconds in cycle(CLOCK_STEPS):
        server.kill()
        server.start(60)
        yield "killed"
        if LIBFAKETIME:
            server.set_clock(seconds)
            yield f"clock {seconds:+d} s" if seconds else "clock right"


def settle(server: SoakServer) -> None:
    """So that most of what waits for another attempt has had it."""
    server.set_clock(0)
    time.sleep(8)


def counted(ledger: Ledger) -> dict[str, int]:
    """Accepted, and where all of it is now."""
    kinds = Counter(ledger.statuses.values())
    ended = {name: kinds.pop(name, 0) for name in ("succeeded", "failed", "cancelled", "parked")}
    skipped = kinds.pop("skipped", 0) + kinds.pop("shadowed", 0) + len(ledger.skipped)
    return {
        "accepted": len(ledger.accepted),
        "delivered": ended["succeeded"],
        "failed": ended["failed"],
        "skipped": skipped,
        "cancelled": ended["cancelled"],
        "parked": ended["parked"],
        "pending": sum(kinds.values()) + len(ledger.undecided),
    }


def at_home(data_dir: Path) -> set[str]:
    """What was answered within the process."""
    with closing(sqlite3.connect(data_dir / "trigger-hooks.db")) as database:
        rows = database.execute(
            "SELECT execution.id FROM execution JOIN event ON event.seq = execution.event_seq WHERE event.type = ?",
            ["agent.response"],
        ).fetchall()
    return {row[0] for row in rows}


def report(minutes: Minutes, counts: dict[str, int], receivers: Receivers, view: View) -> None:
    seen = minutes.seen(MINUTES)
    kills = sum(one.happened.count("killed") for one in seen)
    shown = "no view" if view.rows is None else f"a view was open, with {view.rows} rows in the end"
    clock = "the clock moved by an hour either way" if LIBFAKETIME else "the clock left alone"
    words = (
        f"`make soak` for {MINUTES:g} minutes: nine hooks, some with receivers that fail, hang or refuse; killed "
        f"{kills} times, {clock}; {receivers.calls:,} calls arrived; {shown}. Every event that was accepted is in one "
        "column of the first table."
    )
    save(ROOT / "docs", seen, counts, words)
    print("\n" + words + "\n\n" + table(seen, counts))
