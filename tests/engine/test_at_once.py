"""Events that are decided as they come are stored with what fires; all others wait for their turn."""

from typing import Any

import pytest

from engine import SYSTEM, Engine, ExecutionQuery, Role
from engine.events.draft import EventDraft
from engine.model import Actor
from tests.engine.conftest import Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)


async def save(engine: Engine, url: str, **changes: object) -> int:
    raw = {"title": "Witness", "trigger": "call.ended", "actions": [{"url": url}], **changes}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def post(engine: Engine, *ids: str, **data: Any) -> list[str]:
    drafts = [EventDraft(type="call.ended", data={"id": id, **data}, id=id, occurred_at=None) for id in ids]
    return [receipt.status for receipt in await engine.accept(drafts, AGENT)]


@pytest.fixture
async def later(engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events were decided later, each time; of an engine that has begun, and knows how much waits."""
    seen, decide = list[int](), engine._store.decide
    await save(engine, receiver.url)
    await post(engine, "first")
    assert await eventually(lambda: len(receiver.requests) == 1)

    async def counted(decided):
        seen.append(len(decided))
        await decide(decided)

    monkeypatch.setattr(engine._store, "decide", counted)
    return seen


async def runs_of(engine: Engine, event_id: str) -> int:
    return len((await engine.executions.page(ExecutionQuery(event_id=event_id))).items)


async def test_what_comes_is_stored_with_what_fires(engine: Engine, receiver: Receiver, later: list[int]) -> None:
    assert await post(engine, "one", "two") == ["accepted", "accepted"]

    assert [await runs_of(engine, id) for id in ("one", "two")] == [1, 1]
    assert await eventually(lambda: len(receiver.requests) == 3)
    assert later == []


async def test_an_id_that_comes_again_fires_once(engine: Engine, receiver: Receiver, later: list[int]) -> None:
    assert await post(engine, "one", "one", "first") == ["accepted", "duplicate", "duplicate"]
    assert await post(engine, "one", "two") == ["duplicate", "accepted"]

    assert [await runs_of(engine, id) for id in ("first", "one", "two")] == [1, 1, 1]
    assert await eventually(lambda: len(receiver.requests) == 3)
    assert later == []


async def test_what_counts_against_a_limit_is_decided_in_its_turn(
    engine: Engine, receiver: Receiver, later: list[int]
) -> None:
    await save(engine, receiver.url, key="limited", limits={"cooldown_minutes": 10, "per_entity": True})
    await post(engine, "one", lead_id="l1")
    await post(engine, "two", lead_id="l1")

    assert await eventually(lambda: len(receiver.requests) == 4)  # one of the two by the limited hook
    assert [await runs_of(engine, id) for id in ("one", "two")] == [2, 2]
    assert sum(later) == 2


async def test_what_cannot_be_stored_with_what_fires_is_accepted_all_the_same(
    engine: Engine, receiver: Receiver, later: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    append = engine._store.append

    async def faulty(events, decided=()):
        if decided:
            raise RuntimeError("a fault")
        return await append(events)

    monkeypatch.setattr(engine._store, "append", faulty)

    assert await post(engine, "one") == ["accepted"]
    assert await eventually(lambda: len(receiver.requests) == 2)
    assert later == [1]
