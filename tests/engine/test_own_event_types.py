"""Event types that a team adds are used by senders, hooks and sources like those that are built in."""

from typing import Any

import pytest

from engine import Actor, Engine, EventQuery, Role
from engine.errors import InUse, InvalidEventType, NotFound
from engine.hooks import event_types
from tests.engine.conftest import ADMIN, Api

MANAGER = Actor(kind="user", id=2, name="maria@example.com", role=Role.MANAGER)
PAID = {"type": "invoice.paid", "label": "Invoice Paid", "fields": {"amount": {"type": "number"}}}
PATH = "/api/v1/event-types"
HOOK = {"title": "Paid", "trigger": "invoice.paid", "condition": "amount > 1", "role": "agent"}


async def call(api: Api, method: str, path: str = PATH, document: Any = None) -> Any:
    return await api.call(method, path, role=Role.MANAGER, json=document)


async def test_it_is_made_sent_and_triggers_a_hook(api: Api) -> None:
    made = await call(api, "POST", PATH, PAID)
    assert (made.status_code, made.headers["location"]) == (201, f"{PATH}/invoice.paid")
    assert made.json()["sample"] == {"amount": 1.5}
    listed = {one["type"]: one["own"] for one in (await call(api, "GET")).json()["items"]}
    assert (listed["invoice.paid"], listed["call.ended"], len(listed)) == (True, False, 28)
    assert (await call(api, "GET", f"{PATH}/invoice.paid")).json()["own"]

    hook = {**HOOK, "actions": [{"url": "https://internal.ai-sync.com/echo"}]}
    hook_id = (await call(api, "POST", "/api/v1/hooks", hook)).json()["id"]
    event = {"type": "invoice.paid", "data": {"amount": 5}}
    assert (await api.call("POST", "/api/v1/events", role=Role.AGENT, json=event)).status_code == 202
    tested = await call(api, "POST", f"/api/v1/hooks/{hook_id}/test", {})
    assert "1.5" in tested.text
    fields = (await call(api, "GET", f"{PATH}/invoice.paid/fields")).json()
    assert [one["path"] for one in fields["items"]] == ["amount"]


async def test_it_is_there_after_a_restart(engine: Engine) -> None:
    await engine.event_types.create(PAID, actor=MANAGER)
    engine.catalogue.add_own(())
    await engine.event_types.load()
    assert engine.catalogue.label("invoice.paid") == "Invoice Paid"


async def test_a_change_counts_at_once_and_is_audited(engine: Engine) -> None:
    await engine.event_types.create(PAID, actor=MANAGER)
    seen: list[str] = []
    engine.event_types.subscribe(lambda: seen.append(engine.catalogue.label("invoice.paid")))
    changed = {"label": "Bill Paid", "fields": {}}
    for _ in range(2):
        await engine.event_types.change("invoice.paid", changed, actor=MANAGER)
    assert seen == ["Bill Paid", "Bill Paid"]
    actions = [one.action for one in (await engine.audit.entries(actor=ADMIN)).items]
    assert actions.count("event_type.changed") == 1
    with pytest.raises(InvalidEventType):
        await engine.event_types.change("invoice.paid", {**changed, "type": "other.name"}, actor=MANAGER)


async def test_what_is_built_in_stays(api: Api) -> None:
    shadow = {**PAID, "type": "call.ended"}
    for method, path, document in (
        ("POST", PATH, shadow),
        ("PUT", f"{PATH}/call.ended", PAID),
        ("DELETE", f"{PATH}/call.ended", None),
    ):
        assert (await call(api, method, path, document)).status_code == 422
    assert (await call(api, "DELETE", f"{PATH}/no.type")).status_code == 404


async def test_it_is_not_deleted_while_something_names_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = api.engine
    monkeypatch.setattr("engine.wiring.event_types.KEYS_AT_ONCE", 1)
    await engine.event_types.create(PAID, actor=MANAGER)
    hook = await engine.hooks.save({**HOOK, "actions": [{"url": "https://example.com/"}]}, actor=ADMIN)
    emit = {
        "title": "Emit",
        "trigger": "call.ended",
        "actions": [{"url": "https://internal.ai-sync.com/emit?type=invoice.paid"}],
    }
    emits = await engine.hooks.save(emit, actor=ADMIN)
    limited = {"platform": "bland", "name": "Main", "types": ["invoice.paid"]}
    maps = {"platform": "generic", "name": "Dialer", "verify": {"kind": "none"}, "mapping": {"type": '"invoice.paid"'}}
    sources = [await engine.sources.create(one, actor=ADMIN) for one in (limited, maps)]
    keys = [
        await engine.keys.create({"name": "Billing", "role": "agent", "types": ["invoice.paid"]}, actor=ADMIN)
        for _ in range(2)
    ]
    with pytest.raises(InUse, match=r"hook 1 “Paid”, hook 2 “Emit”, source 1 .* and 3 more"):
        await engine.event_types.delete("invoice.paid", actor=MANAGER)
    assert (await call(api, "DELETE", f"{PATH}/invoice.paid")).status_code == 409

    for one in (hook, emits):
        await engine.hooks.delete(one.id, actor=ADMIN)
    for source in sources:
        await engine.sources.delete(source.id, actor=ADMIN)
    for key, _ in keys:
        await engine.keys.revoke(key.id, actor=ADMIN)
    event = {"type": "invoice.paid", "data": {"amount": 5}}
    await api.call("POST", "/api/v1/events", role=Role.AGENT, json=event)
    assert (await call(api, "DELETE", f"{PATH}/invoice.paid")).status_code == 204
    assert (await api.call("POST", "/api/v1/events", role=Role.AGENT, json=event)).status_code == 422
    (kept,) = (await engine.insight.events(EventQuery())).items
    assert engine.catalogue.label(kept.event.type) == "invoice.paid"
    with pytest.raises(NotFound):
        await engine.event_types.delete("invoice.paid", actor=MANAGER)


async def test_there_are_not_too_many(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_types, "MOST_TYPES", 1)
    await engine.event_types.create(PAID, actor=MANAGER)
    with pytest.raises(InvalidEventType, match="may be no more"):
        await engine.event_types.create({**PAID, "type": "invoice.sent"}, actor=MANAGER)
