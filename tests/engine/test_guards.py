"""Cases, shadow, silence, and a test that passes over gates."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import SYSTEM, Engine, ExecutionQuery, InvalidHook, NotAllowed, Role, Status
from engine.events.draft import EventDraft
from engine.history.silence import in_words, is_silent
from engine.model import Actor, Gate
from tests.engine.conftest import Api, Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)


async def save(engine: Engine, url: str, hook_id: int | None = None, **changes: object) -> int:
    raw = {"title": "Leads", "trigger": "call.ended", "actions": [{"url": url}], **changes}
    return (await engine.hooks.save(raw, actor=SYSTEM, hook_id=hook_id)).id


async def post(engine: Engine, *data: dict) -> None:
    await engine.accept([EventDraft(type="call.ended", data=one, id=None, occurred_at=None) for one in data], AGENT)
    await eventually(lambda: _quiet(engine))


async def test_cases_say_what_an_edit_would_break(api: Api, receiver: Receiver) -> None:
    hook_id = await save(api.engine, receiver.url, condition="call_duration > 60", enabled=False)
    long = {"name": "A long call", "data": {"call_duration": 90}, "fires": True}
    short = {"name": "A short call", "data": {"call_duration": 5}, "fires": False}
    kept = [await api.post(f"/hooks/{hook_id}/cases", json=case) for case in (long, short)]
    assert [answer.status_code for answer in kept] == [201, 201]

    edited = api.engine.hooks.read(
        {"title": "T", "trigger": "call.ended", "actions": [{"url": receiver.url}], "condition": "call_duration > 100"}
    )
    now = await api.engine.cases.run(hook_id)
    then = await api.engine.cases.run(hook_id, edited)

    assert [(one.case.name, one.holds) for one in now] == [("A long call", True), ("A short call", True)]
    assert [(one.case.name, one.holds) for one in then] == [("A long call", False), ("A short call", True)]
    assert "90 > 100" in then[0].decision.reason
    listed = (await api.get(f"/hooks/{hook_id}/cases")).json()["items"]
    assert [(item["name"], item["holds"], item["role"]) for item in listed] == [
        ("A long call", True, "agent"),
        ("A short call", True, "agent"),
    ]
    assert (await api.call("DELETE", f"/api/v1/hooks/{hook_id}/cases/{listed[0]['id']}")).status_code == 204
    assert (await api.call("DELETE", f"/api/v1/hooks/{hook_id}/cases/{listed[0]['id']}")).status_code == 404
    assert len((await api.get(f"/hooks/{hook_id}/cases")).json()["items"]) == 1
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"data": {}, "fires": True}, "name"),
        ({"name": "x", "fires": True}, "data"),
        ({"name": "x", "data": {}}, "fires"),
        ({"name": "x", "data": {}, "fires": True, "role": "boss"}, "role"),
    ],
)
async def test_a_case_that_lacks_something_is_told_so(api: Api, body: dict, field: str) -> None:
    hook_id = await save(api.engine, "https://example.com/")

    answer = await api.post(f"/hooks/{hook_id}/cases", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await api.post(f"/hooks/{hook_id}/cases", role=Role.USER, json=body)).status_code == 403
    assert (await api.get("/hooks/99/cases")).status_code == 404


async def test_a_hook_in_shadow_decides_records_and_sends_nothing(api: Api, receiver: Receiver) -> None:
    engine = api.engine
    hook_id = await save(engine, receiver.url, condition="n > 1", shadow=True)
    await post(engine, {"n": 1}, {"n": 2}, {"n": 3})

    page = await engine.executions.page(ExecutionQuery())
    shown = (await api.get(f"/executions/{page.items[0].id}")).json()
    stats = (await engine.hooks.stats())[hook_id]

    shadowed = await engine.executions.page(ExecutionQuery(status=Status.SHADOWED))
    assert [item.status for item in page.items] == [Status.SHADOWED] * 2
    assert shadowed == page
    assert receiver.requests == []
    assert (stats.hits, stats.succeeded, stats.failed, stats.last_hit_at) == (0, 0, 0, None)
    assert (shown["status"], shown["finished_at"] is not None) == ("shadowed", True)
    (attempt,) = shown["attempts"]
    assert (attempt["request"]["url"], attempt["response"], attempt["error"]) == (receiver.url, None, None)
    assert '"n":3' in attempt["request"]["body"]
    assert attempt["request"]["headers"]["webhook-id"] == shown["id"]
    assert [item.id for item in engine.feed.recent()] == [item.id for item in reversed(page.items)]


async def test_promoted_from_shadow_it_sends(engine: Engine, receiver: Receiver) -> None:
    hook_id = await save(engine, receiver.url, shadow=True)
    await post(engine, {"n": 1})
    await engine.hooks.set_shadow(hook_id, False, actor=SYSTEM)
    await post(engine, {"n": 2})

    assert await eventually(lambda: len(receiver.requests) == 1)
    assert b'"n":2' in receiver.requests[0]


async def test_what_waits_for_a_hook_that_went_into_shadow_is_cancelled(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    hook_id = await save(engine, receiver.url, delivery={"retries": [1]})
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)
    await eventually(lambda: len(receiver.requests) == 1)
    await engine.hooks.set_shadow(hook_id, True, actor=SYSTEM)

    assert await eventually(lambda: _quiet(engine))
    assert [item.status for item in (await engine.executions.page(ExecutionQuery())).items] == [Status.CANCELLED]
    assert len(receiver.requests) == 1


async def test_a_test_may_pass_over_gates(api: Api, receiver: Receiver) -> None:
    row = {"field": "country", "operator": "is", "value": "US"}
    filters = {"match": "all", "rows": [row]}
    changes = {"condition": "n > 5", "role": "system", "filters": filters, "enabled": False}
    hook_id = await save(api.engine, receiver.url, **changes)

    async def fired(without: list[str]) -> tuple[bool, str | None]:
        body = {"data": {"n": 1}, "role": "agent", "without": without}
        decision = (await api.post(f"/hooks/{hook_id}/test", json=body)).json()["decision"]
        return decision["fired"], decision["gate"]

    assert await fired([]) == (False, "status")
    assert await fired(["status"]) == (False, "role")
    assert await fired(["status", "role"]) == (False, "filters")
    assert await fired(["status", "role", "filters"]) == (False, "condition")
    assert await fired(["status", "role", "filters", "condition"]) == (True, None)
    assert (await api.post(f"/hooks/{hook_id}/test", json={"without": ["luck"]})).status_code == 422


@pytest.mark.parametrize(
    ("fired", "of", "since", "silent"),
    [(250, 500, 5, False), (250, 500, 11, True), (10, 500, 200, False), (10, 500, 400, True), (4, 10, 100, False)],
)
def test_silence_is_more_than_chance(fired: int, of: int, since: int, silent: bool) -> None:
    assert is_silent(fired, of, since) is silent


@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 500))
def test_the_longer_the_surer(fired: int, of: int, since: int) -> None:
    if is_silent(min(fired, of), of, since):
        assert is_silent(min(fired, of), of, since + 1)


def test_silence_in_words() -> None:
    at = datetime(2025, 9, 9, 10, 12, tzinfo=UTC)
    gates = {Gate.ROLE: [at] * 3, Gate.CONDITION: [at + timedelta(minutes=5)] * 37 + [at]}
    assert in_words(42, gates) == (
        "42 events came since it fired last: 38 stopped by its condition since 10:12 UTC on 09-09, "
        "3 by its role since 10:12 UTC on 09-09, 1 would fire now."
    )


async def test_a_hook_that_has_stopped_firing_is_told_once(engine: Engine, receiver: Receiver) -> None:
    await save(engine, receiver.url, condition='sentiment == "positive"')
    await post(engine, *[{"sentiment": "positive"} for _ in range(20)])
    await engine.parts.history.silence.look()
    assert await engine.notices.newest() == []
    await post(engine, *[{"sentiment": "good"} for _ in range(30)])

    for _ in range(2):
        await engine.parts.history.silence.look()

    (notice,) = await engine.notices.newest()
    assert notice.title == "“Leads” has stopped firing"
    assert re.fullmatch(
        r"30 events came since it fired last: 30 stopped by its condition since \d\d:\d\d UTC on \d\d-\d\d\.",
        notice.text,
    )
    await post(engine, {"sentiment": "positive"})
    await post(engine, *[{"sentiment": "good"} for _ in range(30)])
    await engine.parts.history.silence.look()
    assert len(await engine.notices.newest()) == 2


async def test_only_who_may_change_hooks_may_promote(engine: Engine) -> None:
    hook_id = await save(engine, "https://example.com/", shadow=True)
    with pytest.raises(NotAllowed):
        await engine.hooks.set_shadow(hook_id, False, actor=AGENT)
    with pytest.raises(InvalidHook):
        await save(engine, "https://example.com/", shadow=[1])


async def _quiet(engine: Engine) -> bool:
    return await engine._store.backlog() == 0
