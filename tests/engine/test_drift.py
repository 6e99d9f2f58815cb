"""A field that a source no longer sends is told once: in the bell, on the source, and where its hooks are written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import Actor, Engine, Role, StoreUnavailable
from engine.events.draft import EventDraft
from engine.model.sources import Source
from engine.sources import drift as module
from engine.sources.drift import FieldDrift
from tests.engine.conftest import ADMIN, Api

MANAGER = Actor(kind="user", id=2, name="maria@example.com", role=Role.MANAGER)
OPEN = {"platform": "generic", "name": "Dialer", "verify": {"kind": "none"}}
HOOK = {"title": "Happy", "trigger": "call.ended", "role": "agent", "actions": [{"url": "https://example.com/"}]}


async def made(engine: Engine) -> Source:
    return await engine.sources.create(OPEN, actor=MANAGER)


def send(drift: FieldDrift, source: Source, data: dict[str, Any], times: int, at: datetime | None = None) -> None:
    draft = EventDraft(type="call.ended", data=data, id=None, occurred_at=None)
    for _ in range(times):
        drift.note(source.id, [draft], at or datetime.now(UTC))


async def told(engine: Engine) -> list[tuple[str, str]]:
    await engine.drift.look()
    return [(one.title, one.text) for one in await engine.notices.newest()]


async def test_it_is_told_once_with_the_hooks_that_read_it(engine: Engine) -> None:
    source = await made(engine)
    await engine.hooks.save({**HOOK, "condition": 'sentiment == "positive"'}, actor=ADMIN)
    await engine.hooks.save({**HOOK, "title": "Other"}, actor=ADMIN)
    send(engine.drift, source, {"sentiment": "positive", "call_id": "c"}, 16)
    assert await told(engine) == []
    send(engine.drift, source, {"sentiment": "positive", "call_id": "c"}, 112)
    send(engine.drift, source, {"call_id": "c"}, 48)

    await told(engine)
    ((title, text),) = await told(engine)
    assert title == "`sentiment` no longer comes"
    assert "came in 100 % of Call Ended from “Dialer”" in text
    assert "since then in 0 of 16; 1 hook reads it." in text
    (found,) = engine.drift.of(source.id)
    assert [hook.definition.title for hook in engine.drift.readers_of(found)] == ["Happy"]
    warned = engine.drafts.check_condition("sentiment and call_id", "call.ended").warnings
    assert warned == (text,)
    assert engine.drafts.check_condition("call_id", "call.ended").warnings == ()

    send(engine.drift, source, {"sentiment": "positive", "call_id": "c"}, 48)
    await engine.drift.look()
    assert engine.drift.of(source.id) == []
    assert engine.drafts.check_condition("sentiment", "call.ended").warnings == ()


async def test_it_names_what_probably_took_its_place(api: Api) -> None:
    engine = api.engine
    source = await made(engine)
    address = engine.sources.address_of(source)
    assert address is not None
    path = address.removeprefix(engine.settings.public_url)

    async def post(data: dict[str, Any], times: int) -> None:
        events = [{"type": "call.ended", "data": data} for _ in range(times)]
        assert (await api.client.post(path, json=events)).status_code == 200

    await post({"sentiment": "positive"}, 128)
    await engine.drift.look()
    await post({"user_mood": "Positive"}, 32)
    ((_, text),) = await told(engine)
    assert "`user_mood` probably took its place." in text
    received = await api.call("GET", f"/api/v1/sources/{source.id}/received", role=Role.MANAGER)
    assert [one["successor"] for one in received.json()["drifts"]] == ["user_mood"]


async def test_paths_that_hooks_read_are_watched_below_the_top(engine: Engine) -> None:
    source = await made(engine)
    body = {"title": "Raw", "condition": "raw.call.agent == 1", "trigger": "call.ended", "actions": HOOK["actions"]}
    await engine.hooks.save(body, actor=ADMIN)
    send(engine.drift, source, {"raw": {"call": {"agent": 1}}}, 1)
    await engine.drift.look()
    send(engine.drift, source, {"raw": {"call": {"agent": 1}}}, 127)
    send(engine.drift, source, {"raw": {"call": {"agent": "1"}}}, 16)
    ((title, text),) = await told(engine)
    assert title == "`raw.call.agent` is now text"
    assert "as number" in text


async def test_what_was_learnt_and_found_is_there_after_a_restart(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await made(engine)
    send(engine.drift, source, {"a": 1, "b": 1}, 128)
    await engine.drift.look()
    send(engine.drift, source, {"b": 1}, 32)
    assert len(await told(engine)) == 1
    await engine.drift.stop()

    sources = engine.parts.sources
    hours = await engine._store.field_hours(source.id, "call.ended", 0)
    assert sum(one.events for one in hours) == 160
    again = sources.drift
    again._watches.clear()
    await again.load()
    send(again, source, {"b": 1}, 64)
    assert len(await told(engine)) == 1
    send(again, source, {}, 48)
    assert len(await told(engine)) == 2

    moment = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr(again, "_now", lambda: moment)
    await again.look()
    assert again._hour == module.hour_of(moment)
    moment += timedelta(days=8)
    await again.look()
    assert again.of(source.id) == []
    assert await engine._store.drifts() == []


async def test_what_belongs_to_a_source_goes_with_it(engine: Engine) -> None:
    source = await made(engine)
    send(engine.drift, source, {"a": 1, "b": 1}, 128)
    await engine.drift.look()
    send(engine.drift, source, {"b": 1}, 32)
    await engine.drift.look()
    await engine.drift.save()
    send(engine.drift, source, {}, 48)
    await engine.sources.delete(source.id, actor=MANAGER)
    await engine.drift.look()
    assert engine.drift.of(source.id) == []
    assert await engine._store.field_hours(source.id, "call.ended", 0) == []


async def test_a_store_that_refuses_is_asked_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    source = await made(engine)
    send(engine.drift, source, {"a": 1}, 16)

    async def refuse(*_: object) -> None:
        raise StoreUnavailable("disk")

    with monkeypatch.context() as patch:
        patch.setattr(engine._store, "field_hours", refuse)
        patch.setattr(engine._store, "save_field_hours", refuse)
        await engine.drift.look()
        await engine.drift.stop()
    await engine.drift.look()
    assert all(watch.known for watch in engine.drift._watches.values())


async def test_only_so_many_are_watched(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WATCHED", 1)
    one, other = await made(engine), await made(engine)
    for source in (one, other):
        send(engine.drift, source, {"a": 1}, 1)
    assert list(engine.drift._watches) == [(one.id, "call.ended")]
