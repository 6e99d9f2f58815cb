"""People's data over the API: masked for the role User in every route, as it is for the others, and noted."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import AuditQuery, Engine, Role, StoreUnavailable
from engine.access.permissions import PERMISSIONS
from engine.errors import InvalidHook, NotAllowed
from engine.events.draft import EventDraft
from engine.model import Actor, Event
from tests.engine.conftest import ADMIN, Api, Receiver, eventually
from tests.roles import ROUTES

PHONE, EMAIL = "+14155550121", "maria.lopez@example.com"
TRANSCRIPT = 'Agent: Hello "Maria"!\nCaller: I live in Elm Street.\n' * 3
DATA = {
    "first_name": "Maria",
    "phone_number": PHONE,
    "email": EMAIL,
    "transcript": TRANSCRIPT,
    "call_duration": 45,
    "notes": f"write to {EMAIL}",
}
TELLING = ("4155550121", "maria.lopez", "Elm Street")
AT = datetime(2030, 1, 1, tzinfo=UTC)
MANAGER = Actor(kind="user", id=2, name="mia@example.com", role=Role.MANAGER)


async def seeded(api: Api, engine: Engine, receiver: Receiver) -> dict[str, str]:
    """An event that one hook fired for, with all that a hook can send of it, and another only just missed."""
    receiver.answers["/in"] = (200, json.dumps({"got": json.dumps(DATA), "mail": EMAIL.upper()}).encode())
    fires = {
        "title": "Fires",
        "trigger": "call.ended",
        "condition": 'ends_with(lower(email), "@example.com") and contains(transcript, "Maria")',
        "filters": {"rows": [{"field": "phone_number", "operator": "exists"}]},
        "actions": [
            {
                "url": receiver.url + "?n={{ phone_number }}&m={{ email }}",
                "headers": {"X-Number": "{{ phone_number }}"},
            },
            {"url": receiver.url, "body": '{"text": "{{ transcript }}"}'},
        ],
    }
    misses = {
        "title": "Misses",
        "trigger": "call.ended",
        "filters": {"rows": [{"field": "phone_number", "operator": "is", "value": "+14155550188"}]},
        "actions": [{"url": receiver.url}],
    }
    hook = (await api.post("/hooks", json=fires)).json()["id"]
    other = (await api.post("/hooks", json=misses)).json()["id"]
    case = {"name": "as it came", "data": DATA, "fires": True}
    case_id = (await api.post(f"/hooks/{other}/cases", json=case)).json()["id"]
    draft = EventDraft(type="call.ended", data=DATA, id="evt_maria", occurred_at=None)
    await engine.accept([draft], Actor(kind="key", id=9, name="agent", role=Role.AGENT))

    async def ended() -> Any:
        items = (await api.get("/executions")).json()["items"]
        return items and items[0]["finished_at"] and items[0]

    execution = await eventually(ended)
    assert len(execution["attempts"]) == 2
    return {
        "hook_id": str(other),
        "event_id": "evt_maria",
        "execution_id": execution["id"],
        "case_id": str(case_id),
        "type": "call.ended",
        "replay_id": "1",
        "fires": str(hook),
    }


BACKTEST = {
    "title": "T",
    "trigger": "call.ended",
    "condition": "number(phone_number) > 99999999999",
    "actions": [{"url": "https://example.com/"}],
}
BODIES: dict[tuple[str, str], object] = {
    ("POST", "/hooks/backtest"): {"hook": BACKTEST},
    ("POST", "/hooks/{hook_id}/test"): {"role": "user", "without": ["role"]},
    ("POST", "/events"): {"type": "call.ended", "data": {}},
    **{("POST", f"/{name}/search"): {"q": "Maria"} for name in ("events", "executions", "hooks", "leads", "tasks")},
}
MAY = [route for route, permission in ROUTES.items() if permission in PERMISSIONS[Role.USER]]


async def test_no_route_tells_a_user_key_of_a_person(api: Api, engine: Engine, receiver: Receiver) -> None:
    names = await seeded(api, engine, receiver)

    answers: dict[tuple[str, str], str] = {}
    for method, path in MAY:
        address = "/api/v1" + re.sub(r"{(\w+)}", lambda found: names.get(found[1], "1"), path)
        answer = await api.call(method, address, role=Role.USER, json=BODIES.get((method, path)))
        answers[method, path] = answer.text
        assert answer.status_code != 403 or path == "/hooks/backtest"

    for route, text in answers.items():
        for telling in TELLING:
            assert telling.lower() not in text.lower(), (route, telling)
    one = ("/events/{event_id}", "/events/{event_id}/decisions", "/executions/{execution_id}")
    for path in ("/events", "/hooks/{hook_id}/cases", "/event-types/{type}/fields", *one):
        assert "+1•••••••21" in answers["GET", path]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
async def test_managers_and_admins_see_all(api: Api, engine: Engine, receiver: Receiver, role: Role) -> None:
    names = await seeded(api, engine, receiver)

    for path in ("/events/evt_maria", "/events", f"/executions/{names['execution_id']}"):
        assert PHONE in (await api.call("GET", f"/api/v1{path}", role=role)).text


async def test_a_number_cannot_be_found_out_digit_by_digit(api: Api, engine: Engine, receiver: Receiver) -> None:
    await seeded(api, engine, receiver)

    async def found(words: str, role: Role) -> set[int]:
        answers = [
            await api.call("GET", f"/api/v1/{path}", params={"q": words}, role=role)
            for path in ("events", "executions")
        ]
        return {len(answer.json()["items"]) for answer in answers}

    for words in ("+14155", "+1415555012", "1415555", "(1415) 555 01", "maria.lop", "0121", "lopez", "Elm", "caller"):
        assert await found(words, Role.USER) == {0}
        assert await found(words, Role.MANAGER) == {1}
    for words in (PHONE, "14155550121", EMAIL, "Maria", "Mar", "example.com"):
        assert await found(words, Role.USER) == {1}


@pytest.mark.parametrize("role", [Role.USER, Role.MANAGER])
async def test_nor_in_tasks_and_leads(api: Api, engine: Engine, role: Role) -> None:
    task = {"title": "Call back", "due_at": AT.isoformat(), "notes": f"or write to {EMAIL}", "lead": DATA}
    assert (await api.post("/tasks", json=task)).status_code == 201
    event = Event(id="evt_1", type="call.ended", role=Role.AGENT, occurred_at=AT, received_at=AT, data=DATA)
    qualified = await engine.leads.process(event, "exe_1", AT)
    assert qualified is not None
    await engine.leads._make((qualified.save,))

    async def found(words: str) -> set[int]:
        answers = [
            await api.call("GET", f"/api/v1/{path}", params={"q": words}, role=role) for path in ("tasks", "leads")
        ]
        return {len(answer.json()["items"]) for answer in answers}

    for part in ("0121", "141555501", "maria.l", "lopez"):
        assert await found(part) == {int(role is Role.MANAGER)}, part
    for whole in (PHONE, EMAIL, "Mari"):
        assert await found(whole) == {1}, whole


async def test_nor_by_a_draft(api: Api, engine: Engine, receiver: Receiver) -> None:
    names = await seeded(api, engine, receiver)

    async def asked(hook: object, role: Role = Role.USER) -> Any:
        return await api.call("POST", "/api/v1/hooks/backtest", role=role, json={"hook": hook})

    by_filter = {**BACKTEST, "condition": "", "filters": {"rows": [{"field": "Lead.Email", "operator": "exists"}]}}
    for draft in (BACKTEST, by_filter):
        refused = await asked(draft)
        assert refused.status_code == 403
        assert "masked for you" in refused.text
        assert (await asked(draft, Role.MANAGER)).status_code == 200
    saved = (await api.get(f"/hooks/{names['hook_id']}")).json()
    assert (await asked({**saved, "title": "Other"})).json()["distances"][0]["found"] == '"+1•••••••21"'
    assert (await asked({**BACKTEST, "condition": "call_duration > 60"})).json()["distances"][0]["distance"] == 15


@pytest.mark.parametrize("role", [Role.USER, Role.MANAGER])
@pytest.mark.parametrize(
    "condition",
    [
        'contains(notes, "maria.lopez@")',
        'starts_with(text(data.notes), "write to maria.l")',
        'contains(event.subject, "4155550121")',
    ],
)
async def test_nor_by_a_text_that_repeats_it(api: Api, engine: Engine, role: Role, condition: str) -> None:
    draft = EventDraft(
        type="call.ended", data=DATA, id="evt_1", occurred_at=None, attributes={"subject": f"call of {PHONE}"}
    )
    await engine.accept([draft], Actor(kind="key", id=9, name="agent", role=Role.AGENT))
    hook = {**BACKTEST, "condition": condition}

    result = (await api.call("POST", "/api/v1/hooks/backtest", role=role, json={"hook": hook})).json()

    assert (result["events"], result["fires"]) == (1, int(role is Role.MANAGER))
    view = engine.sensitive.sight(Actor(kind="user", id=1, name="u", role=role)).for_tests(
        engine.hooks.read(hook), None
    )
    decision = await engine.insight.explain(hook, "evt_1", view=view)
    assert decision.fired is (role is Role.MANAGER)


async def test_nor_by_another_name_of_a_field(api: Api, engine: Engine) -> None:
    await engine.sensitive.save(["call_duration"], actor=ADMIN)

    asked = await api.call(
        "POST", "/api/v1/hooks/backtest", role=Role.USER, json={"hook": {**BACKTEST, "condition": "duration == 45"}}
    )

    assert asked.status_code == 403
    assert engine.sensitive.fields == {"call_duration"}


async def test_that_one_looked_is_noted_once_an_hour(api: Api, engine: Engine, receiver: Receiver) -> None:
    names = await seeded(api, engine, receiver)
    execution = f"/executions/{names['execution_id']}"

    async def noted() -> list[tuple[str, str]]:
        items = (await api.get("/audit?action=sensitive.")).json()["items"]
        return [(one["actor"], one["subject"]) for one in reversed(items)]

    await api.get("/events")
    await api.get("/executions")
    await api.call("GET", "/api/v1/events/evt_maria", role=Role.USER)
    assert await noted() == []
    for _ in range(2):
        await api.get("/events/evt_maria")
        await api.get(execution)
        await api.call("GET", "/api/v1/events/evt_maria/decisions", role=Role.MANAGER)
    expected = [("admin key", "event evt_maria"), ("admin key", execution.strip("/").replace("s/", " "))]
    assert await noted() == [*expected, ("manager key", "event evt_maria")]

    now = engine.sensitive._now
    engine.sensitive._now = lambda: now() + timedelta(hours=1)
    await api.get("/events/evt_maria")
    assert len(await noted()) == 4


async def test_what_tells_of_nobody_is_not_noted(engine: Engine) -> None:
    event = (await plain_event(engine)).event

    sight = await engine.sensitive.look(event, "event x", actor=ADMIN)

    assert sight.clear
    assert (await engine.audit.entries(AuditQuery(action="sensitive."), actor=ADMIN)).items == ()


async def test_what_cannot_be_noted_is_masked(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    event = (await plain_event(engine, phone_number=PHONE)).event

    async def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailable("full")

    monkeypatch.setattr(engine.audit, "note", refuse)

    assert not (await engine.sensitive.look(event, "event x", actor=MANAGER)).clear


async def test_an_admin_chooses_the_fields(api: Api, engine: Engine) -> None:
    await plain_event(engine, phone_number=PHONE, city="Lima")
    await engine.sensitive.save(["City", " city ", "zip-code"], actor=ADMIN)

    seen = (await api.call("GET", "/api/v1/events/evt_plain", role=Role.USER)).json()["data"]
    assert seen == {"phone_number": PHONE, "city": "••• (4 characters)"}
    (entry,) = (await engine.audit.entries(AuditQuery(action="sensitive.changed"), actor=ADMIN)).items
    assert entry.after == ["city", "zip-code"]
    assert "phone_number" in entry.before

    engine.sensitive._fields = frozenset()
    await engine.sensitive.load()
    assert engine.sensitive.fields == {"city", "zip-code"}


async def test_what_is_no_name_is_refused_and_others_may_not_choose(engine: Engine) -> None:
    with pytest.raises(InvalidHook, match="lead phone"):
        await engine.sensitive.save(["lead phone"], actor=ADMIN)
    with pytest.raises(NotAllowed):
        await engine.sensitive.save(["city"], actor=MANAGER)


async def plain_event(engine: Engine, **data: str) -> Any:
    draft = EventDraft(type="call.ended", data=data or {"city": "Lima"}, id="evt_plain", occurred_at=None)
    await engine.accept([draft], Actor(kind="key", id=9, name="agent", role=Role.AGENT))
    return await engine.insight.event("evt_plain")


async def test_attributes_of_cloud_events_are_masked_too(api: Api) -> None:
    head = {"specversion": "1.0", "type": "call.ended", "source": "dialer", "id": "1"}
    cloud = {
        **head,
        "subject": "call of +14155550132",
        "email": "zoe@example.com",
        "data": {"phone_number": "+14155550132"},
    }
    assert (await api.post("/events", role=Role.AGENT, json=cloud)).status_code == 202

    event = (await api.get("/events", role=Role.USER)).json()["items"][0]

    assert event["attributes"] == {"source": "dialer", "subject": "call of +1•••••••32", "email": "z•••@example.com"}


async def test_what_an_action_makes_is_masked_as_its_event_is(api: Api, engine: Engine) -> None:
    inside = "https://internal.ai-sync.com"
    emitted = {"type": "lead.qualified", "only": True, "data": {"qualification_reason": "{{ transcript }}"}}
    actions = [
        {"url": f"{inside}/notify", "body": json.dumps({"title": "Heard", "text": "They said {{ transcript }}"})},
        {"url": f"{inside}/create-task", "body": json.dumps({"notes": "{{ transcript }}"})},
        {"url": f"{inside}/emit", "body": json.dumps(emitted)},
        {"url": f"{inside}/record-metric?metric=calls&label={{{{ phone_number }}}}"},
    ]
    hook = {"title": "Makes", "trigger": "call.ended", "actions": actions}
    assert (await api.post("/hooks", json=hook)).status_code == 201
    draft = EventDraft(type="call.ended", data=DATA, id="evt_maria", occurred_at=None)
    await engine.accept([draft], Actor(kind="key", id=9, name="agent", role=Role.AGENT))
    places = ("/events?type=lead.qualified", "/events?type=task.created", "/tasks", "/metrics")

    async def all_made() -> bool:
        return all([(await api.get(place)).json()["items"] for place in places])

    await eventually(all_made)
    (notice,) = await engine.notices.newest(1)

    for place in places:
        text = (await api.call("GET", f"/api/v1{place}", role=Role.USER)).text
        for telling in TELLING:
            assert telling not in text, (place, telling)
    assert "Elm Street" not in repr(engine.sensitive.sight(None).notice(notice))
    assert "Elm Street" in engine.sensitive.sight(MANAGER).notice(notice).text
    assert "Elm Street" in (await api.get("/tasks")).text
    assert (await api.call("GET", "/api/v1/tasks?q=Elm", role=Role.USER)).json()["items"] == []
    assert (await api.call("GET", "/api/v1/events?q=Elm", role=Role.USER)).json()["items"] == []


async def test_fields_as_they_came_show_no_more_than_their_events(api: Api, engine: Engine) -> None:
    """A number is recognised under any name and as any type only beside the field that is masked."""
    data = {"phone_number": PHONE, "raw": {"from": int(PHONE), "to": "415-555-0121 ext", "code": "4155550121"}}
    draft = EventDraft(type="call.ended", data=data, id=None, occurred_at=None)
    await engine.accept([draft] * 20, Actor(kind="key", id=9, name="agent", role=Role.AGENT))
    action = {"url": "https://internal.ai-sync.com/echo"}
    hook = {"title": "t", "trigger": "call.ended", "condition": 'raw["from"] == 5', "actions": [action]}

    path, asked = "/event-types/call.ended/fields", engine.hooks.read(hook)
    seen, masked = [(await api.get(path, role=role)).text for role in (Role.MANAGER, Role.USER)]
    doubts = [await engine.insight.doubts(asked, view=engine.sensitive.sight(actor).events) for actor in (ADMIN, None)]

    assert f'"values":[[{int(PHONE)},20]]' in seen
    assert "0121" not in masked
    assert ["0121" in found[0].text for found in doubts] == [True, False]
