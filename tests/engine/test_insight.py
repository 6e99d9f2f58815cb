"""What happened to events, and what hooks would do with them."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import SYSTEM, Engine, EventQuery, ExecutionQuery, InvalidHook, NotFound, Role
from engine.events.draft import EventDraft
from engine.history.backtest import Trial
from engine.model import Actor, Event, FilterRow, Filters, Gate, Hook, Operator
from engine.rules.decisions import context_of, stopped_by
from engine.rules.index import compile_hook
from engine.rules.misses import near_miss, parts_of
from tests.engine.conftest import Api, eventually
from tests.examples import times
from tests.storage.conftest import NOW, definition, forget

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
URL = "https://internal.ai-sync.com/echo"


async def save(engine: Engine, hook_id: int | None = None, **changes: object) -> int:
    raw = {"title": "Leads", "trigger": "call.ended", "actions": [{"url": URL}], **changes}
    return (await engine.hooks.save(raw, actor=SYSTEM, hook_id=hook_id)).id


async def post(engine: Engine, *data: dict, actor: Actor = AGENT, trigger: str = "call.ended") -> list[str]:
    drafts = [EventDraft(type=trigger, data=one, id=None, occurred_at=None) for one in data]
    ids = [receipt.id for receipt in await engine.accept(drafts, actor)]
    await eventually(lambda: _decided(engine))
    return ids


async def test_every_hook_of_the_type_says_what_it_said_then(engine: Engine) -> None:
    fires = await save(engine, condition="call_duration > 60")
    role = await save(engine, key="role", role="system")
    off = await save(engine, key="off", enabled=False)
    other = await save(engine, key="other", trigger="sms.sent")
    deleted = await save(engine, key="deleted")
    (event_id,) = await post(engine, {"call_duration": 90})
    await save(engine, fires, condition="call_duration > 600")
    await engine.hooks.set_enabled(off, True, actor=SYSTEM)
    await engine.hooks.delete(deleted, actor=SYSTEM)
    later = await save(engine, key="later")

    found = await engine.insight.decisions(event_id)

    told = {decision.hook_id: (decision.fired, decision.gate, decision.hook_version) for decision in found.decisions}
    assert told == {
        fires: (True, None, 1),
        role: (False, Gate.ROLE, 1),
        off: (False, Gate.STATUS, 1),
        deleted: (True, None, 1),
    }
    assert other not in told
    assert later not in told
    assert not found.pending


async def test_what_was_decided_is_what_is_explained(engine: Engine) -> None:
    """For any data: an execution exists just where the explanation says that the hook fired."""
    draw = random.Random(3)
    hooks = [
        await save(engine, key=f"h{n}", condition=condition)
        for n, condition in enumerate(["n > 5", "n > 5 and s == 'a'", "not s == 'a'", "exists(s) or n < 3", ""])
    ]
    data = [
        {name: value for name, value in (("n", draw.randrange(10)), ("s", draw.choice("abc"))) if draw.random() < 0.8}
        for _ in range(60)
    ]
    ids = await post(engine, *data)

    for event_id in ids:
        decisions = (await engine.insight.decisions(event_id)).decisions
        page = await engine.executions.page(ExecutionQuery(event_id=event_id))
        assert {one.hook_id for one in page.items} == {one.hook_id for one in decisions if one.fired}
        assert {one.hook_id for one in decisions} == set(hooks)


async def test_events_are_found_by_type_time_and_any_text(api: Api) -> None:
    engine = api.engine
    await post(
        engine, {"first_name": "Zoë", "phone_number": "+14155550132"}, {"first_name": "Ahmed", "tags": ["webinar"]}
    )
    (sms,) = await post(engine, {"text": "call me, Zoe"}, trigger="sms.sent")

    async def found(**query: object) -> int:
        answer = await api.get("/events", params=query)
        assert answer.status_code == 200, answer.text
        return len(answer.json()["items"])

    since = {"from": (engine._now() - timedelta(hours=1)).isoformat()}
    assert await found() == 3
    assert await found(q="Zoë") == await found(q="zoe") == 2
    assert await found(q="+14155550132") == await found(q="+1 (415) 555-01") == 1
    assert await found(q="+1 415 555-0133") == 0
    assert await found(q="1 415 555 0132", type="sms.sent") == 0
    assert await found(q="ahm webi") == 1
    assert await found(q="ahmed nobody") == 0
    assert await found(q='"; DROP TABLE event; --') == 0
    assert await found(q="call", type="sms.sent") == 1
    assert await found(q="call", type="call.ended") == 0
    assert await found(type="sms.sent") == 1
    assert await found(to=(engine._now() - timedelta(hours=1)).isoformat()) == 0
    assert await found(q="zoe", **since) == 2
    document = (await api.get(f"/events/{sms}")).json()
    assert (document["type"], document["role"], document["data"]) == ("sms.sent", "agent", {"text": "call me, Zoe"})
    assert (await api.get("/events/none")).status_code == 404
    assert (await api.get("/events/none/decisions")).status_code == 404
    assert (await api.get("/events", role=Role.AGENT)).status_code == 403


async def test_executions_are_found_by_the_text_of_their_events(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await save(api.engine)
    await save(api.engine, key="other")
    await post(api.engine, *[{"name": "Maria", "n": n} for n in range(7)], {"name": "Ahmed"})
    monkeypatch.setattr("storage.queries.executions.search.STRETCH", 2)
    cursor, seen = None, list[tuple[str, int]]()
    while True:
        answer = await api.get("/executions", params={"q": "mari", "limit": 3} | ({"cursor": cursor} if cursor else {}))
        document = answer.json()
        seen += [(item["event_id"], item["hook_id"]) for item in document["items"]]
        if (cursor := document["next"]) is None:
            break

    assert len(seen) == len(set(seen)) == 14, "also where a page ends within an event"
    assert [hook_id for _, hook_id in seen] == [1, 2] * 7
    assert (await api.get("/executions", params={"q": "ahmed", "hook_id": 1})).json()["items"][0]["hook_id"] == 1
    assert (await api.get("/executions", params={"q": "nobody"})).json()["items"] == []
    assert (await api.get("/executions", params={"q": "mari", "cursor": "1"})).status_code == 422


async def test_pages_of_a_search_meet_each_event_once(engine: Engine) -> None:
    await post(engine, *[{"n": n, "name": "Maria"} for n in range(25)])
    await engine._store.index_text(15)
    cursor, seen = None, list[int]()
    while True:
        page = await engine.insight.events(EventQuery(text="maria", limit=4, cursor=cursor))
        seen += [one.event.data["n"] for one in page.items]
        if (cursor := page.next) is None:
            break

    assert seen == list(range(24, -1, -1))


async def test_what_is_taken_away_is_found_no_more(engine: Engine) -> None:
    await post(engine, {"name": "Maria"}, {"name": "Mario"})
    await engine._store.index_text(1)
    now = engine._now() + timedelta(days=1)

    await forget(engine._store, now)
    await post(engine, {"name": "Mark"})
    while await engine._store.index_text(10):
        pass

    assert [one.event.data["name"] for one in (await engine.insight.events(EventQuery(text="mar"))).items] == ["Mark"]


async def test_a_back_test_counts_what_an_edit_changes(api: Api) -> None:
    hook_id = await save(api.engine, condition="call_duration > 60")
    ids = await post(api.engine, *[{"call_duration": seconds} for seconds in (58, 45, 61, 90, 120)])
    hook = (await api.get(f"/hooks/{hook_id}")).json()

    answer = await api.post(
        "/hooks/backtest", role=Role.USER, json={"hook": {**hook, "condition": "call_duration > 90"}}
    )
    result = answer.json()

    assert (result["events"], result["fires"], result["fired_before"]) == (5, 1, 3)
    assert (result["gained"], sorted(result["lost"])) == ([], sorted(ids[2:4]))
    assert result["near_misses"] == [ids[3], ids[2], ids[0], ids[1]]
    assert [(miss["event_id"], miss["distance"]) for miss in result["distances"]] == [
        (ids[3], 0.0),
        (ids[2], 29.0),
        (ids[0], 32.0),
        (ids[1], 45.0),
    ]
    unsaved = {key: value for key, value in hook.items() if key not in {"id", "key"}}
    assert (await api.post("/hooks/backtest", json={"hook": unsaved, "events": 2})).json()["fired_before"] is None
    assert (await api.post("/hooks/backtest", json={"hook": {**hook, "title": ""}})).status_code == 422
    assert (await api.post("/hooks/backtest", json={"hook": hook, "events": 50_001})).status_code == 422
    assert (await api.post("/hooks/backtest", json={})).status_code == 422


async def test_a_long_back_test_is_made_apart_and_comes_to_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook_id = await save(engine, condition="call_duration > 60")
    await post(engine, *[{"call_duration": seconds} for seconds in range(40, 80)])
    raw = {**engine.hooks.raw(engine.hooks.get(hook_id).definition), "id": hook_id, "condition": "call_duration > 70"}

    here = await engine.insight.backtest(raw, 500)
    monkeypatch.setattr("engine.history.look_back.AT_HAND", 10)
    apart = await engine.insight.backtest(raw, 500)

    assert apart == here
    assert (apart.events, apart.fires, apart.fired_before, apart.near_count) == (40, 9, 19, 31)


async def test_a_back_test_is_of_the_hook_as_if_it_were_on_and_without_tests(engine: Engine) -> None:
    hook_id = await save(engine, enabled=False)
    await post(engine, {"n": 1}, {"n": 2})
    await engine.testing.test(hook_id, data={}, role=Role.AGENT, send=False, actor=SYSTEM)

    result = await engine.insight.backtest({**engine.hooks.raw(engine.hooks.get(hook_id).definition), "id": hook_id})

    assert (result.events, result.fires, result.fired_before) == (2, 2, 2)


def hook_of(**changes: Any) -> Hook:
    return Hook(id=1, version=1, definition=definition(**changes), created_at=NOW, updated_at=NOW)


def event_of(number: int, **data: object) -> Event:
    return Event(id=f"evt_{number}", type="call.ended", role=Role.AGENT, occurred_at=NOW, received_at=NOW, data=data)


@given(st.lists(st.fixed_dictionaries({}, optional={"n": st.integers(0, 9), "s": st.sampled_from("ab")}), max_size=30))
@settings(max_examples=times(60))
def test_counts_of_a_back_test_are_those_of_running_the_hook(data: list[dict]) -> None:
    new = compile_hook(hook_of(condition="n > 4 and s == 'a'"))
    old = compile_hook(hook_of(filters=Filters(rows=(FilterRow(field="n", operator=Operator.GT, value=2),))))
    events = [event_of(number, **one) for number, one in enumerate(data)]
    trial = Trial(new, old, {})
    trial.judge(events)
    result = trial.finish()

    def fires(hook: object) -> set[str]:
        return {e.id for e in events if stopped_by(hook, e, context_of(e, NOW, {})) is None}  # type: ignore[arg-type]

    assert (result.fires, result.fired_before) == (len(fires(new)), len(fires(old)))
    assert set(result.gained) == fires(new) - fires(old)
    assert set(result.lost) == fires(old) - fires(new)
    assert {miss.event_id for miss in result.near_misses}.isdisjoint(fires(new))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"n": 58, "s": "a", "country": "US"}, ("n > 60", "58", "60", 2.0)),
        ({"n": 70, "s": "b", "country": "US"}, ('s == "a"', '"b"', '"a"', None)),
        ({"n": 70, "s": "a", "country": "DE"}, ('country is "US"', '"DE"', '"US"', None)),
        ({"n": 70, "s": "a"}, ('country is "US"', "missing", '"US"', None)),
        ({"s": "a", "country": "US"}, ("n > 60", "no field `n` in this event", "", None)),
        ({"n": 58, "s": "b", "country": "US"}, None),
        ({"n": 70, "s": "a", "country": "US"}, None),
    ],
)
def test_a_near_miss_is_for_one_part_alone_and_says_how_far(data: dict, expected: tuple | None) -> None:
    rows = (FilterRow(field="country", operator=Operator.IS, value="US"),)
    parts = parts_of(compile_hook(hook_of(condition='n > 60 and s == "a"', filters=Filters(rows=rows))))

    miss = near_miss(parts, "evt_1", Role.AGENT, context_of(event_of(1, **data), NOW, {}))

    assert (miss and (miss.part, miss.found, miss.wanted, miss.distance)) == expected
    assert near_miss(parts, "evt_1", Role.SYSTEM, context_of(event_of(1, **data), NOW, {})) is None


async def test_names_and_values_that_never_came_are_told(engine: Engine) -> None:
    data = [
        {"sentiment": ("positive", "neutral")[n % 2], "call_duration": n, "mixed": n if n % 2 else str(n)}
        for n in range(40)
    ]
    await post(engine, *data)

    async def told(**changes: object) -> list[str]:
        raw = {"title": "T", "trigger": "call.ended", "actions": [{"url": URL}], **changes}
        return [doubt.text for doubt in await engine.insight.doubts(engine.hooks.read(raw))]

    assert await told(condition='sentiment == "positive" and call_duration > 5') == []
    assert await told(condition='sentimant == "positive"') == [
        "`sentimant` was never seen in 40 Call Ended events; did you mean `sentiment`?"
    ]
    assert await told(condition='sentiment in ["good", "neutral"]') == [
        "`sentiment` has been neutral, positive; never `good`."
    ]
    rows = [{"field": "sentiment", "operator": "is", "value": "Good"}]
    assert await told(filters={"match": "all", "rows": rows}) == [
        "`sentiment` has been neutral, positive; never `Good`."
    ]
    assert await told(condition="mixed > 3") == ["`mixed` changes its type in traffic: number (20) and text (20)."]
    assert await told(condition="call_duration == 7_000") == []
    assert await told(condition="exists(event.id) and nosuch > 1", trigger="sms.sent") == []


async def test_fields_as_they_came(api: Api) -> None:
    await post(
        api.engine, *[{"lead": {"score": n}, "tags": ["a"], "name": None if n % 2 else "Zoë"} for n in range(10)]
    )

    document = (await api.get("/event-types/call.ended/fields")).json()

    assert document["events"] == 10
    fields = {item["path"]: item for item in document["items"]}
    assert set(fields) == {"lead", "lead.score", "tags", "name"}
    assert (fields["name"]["fill"], fields["name"]["values"]) == (0.5, [["Zoë", 5]])
    assert fields["lead.score"]["types"] == [["number", 10]]
    assert (await api.get("/event-types/none/fields")).status_code == 404


async def test_hooks_that_would_send_the_same_are_told(engine: Engine) -> None:
    one = await save(engine, condition="n >= 5")
    other = await save(engine, key="other", condition="n >= 8")
    await save(engine, key="elsewhere", actions=[{"url": "https://internal.ai-sync.com/echo?other"}])
    await save(engine, key="off", enabled=False)
    await post(engine, *[{"n": n} for n in range(10)])

    (overlap,) = await engine.insight.overlaps(engine.hooks.get(one).definition, one)

    assert (overlap.hook.id, overlap.both, overlap.share) == (other, 2, 0.4)


async def test_what_is_not_there(engine: Engine) -> None:
    with pytest.raises(NotFound):
        await engine.insight.decisions("evt_none")
    with pytest.raises(InvalidHook):
        await engine.insight.backtest({}, 0)


async def _decided(engine: Engine) -> bool:
    found = await engine._store.events(EventQuery(limit=100, test=None))
    return all(one.decided_at for one in found.items)
