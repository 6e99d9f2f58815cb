"""The pages of sources, without a browser: made, listed, followed live, switched, rotated, deleted, for Managers."""

import json
from datetime import timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from dashboard.components.basics.combobox import Combobox
from dashboard.components.basics.text import Text
from dashboard.components.sources.bodies import MOST_SHOWN, SourceBodies
from dashboard.components.sources.event_type_form import EventTypeForm
from dashboard.components.sources.form import SourceForm
from dashboard.components.sources.mapping import MappingEditor
from dashboard.components.sources.rotation import OVERLAPS
from dashboard.components.sources.signing import SigningFields
from dashboard.entrance.session import COOKIE
from dashboard.pages.source import source_page
from dashboard.pages.source_mapping import source_mapping_page
from dashboard.pages.sources import sources_page
from engine import Actor, Engine, Role, Source, SourceMapping
from engine.events.sources.platform import Incoming
from engine.people.sessions import hash_of
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD

STYLE = "/style.css"
RETELL = {"platform": "retell", "name": "Main account", "secret": "key_5f1c"}
OPEN = {"platform": "generic", "name": "Dialer", "secret": None, "verify": {"kind": "none"}}


async def opened(user: User, engine: Engine, path: str = "/sources", who: Actor = MANAGER) -> str:
    """The token of the session."""
    sources_page(engine, STYLE)
    source_page(engine, STYLE)
    source_mapping_page(engine, STYLE)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD)).token
    user.http_client.cookies.set(COOKIE, token)
    await user.open(path)
    return token


async def made(engine: Engine, raw: dict[str, Any] = RETELL) -> Source:
    return await engine.sources.create(raw, actor=MANAGER)


async def received(engine: Engine, source: Source, document: Any) -> None:
    """As if it had been posted."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    incoming = Incoming(method="POST", url="", headers={}, body=body)
    await engine.reception.receive(source, incoming, body, "127.0.0.1")


async def listed(engine: Engine) -> list[Source]:
    return await engine.sources.list(actor=MANAGER)


def fill(user: User, **fields: str) -> SourceForm:
    user.find("New source").click()
    (form,) = user.find(kind=SourceForm).elements
    for name, text in fields.items():
        user.find(kind=ui.input, marker=name).clear().type(text)
    return form


async def submit(user: User) -> None:
    (dialog,) = user.find(kind=SourceForm).elements
    (form,) = [one for one in dialog.descendants() if one.tag == "form"]
    for listener in list(form._event_listeners.values()):
        form._handle_event({"listener_id": listener.id, "args": [], "id": form.id})


def choose(user: User, label: str, value: str) -> None:
    (box,) = [one for one in user.find(kind=Combobox).elements if one.props["label"] == label]
    box.value = value
    box._on_change(value)


async def test_there_is_no_source_yet(user: User, engine: Engine) -> None:
    await opened(user, engine)
    await user.should_see("There is no source yet.")


async def test_sources_are_listed_with_what_came_from_them(user: User, engine: Engine) -> None:
    await made(engine)
    source = await made(engine, OPEN)
    await received(engine, source, {"type": "call.ended", "data": {}})
    await engine.sources.create({**OPEN, "name": "Old", "enabled": False}, actor=MANAGER)
    await opened(user, engine)

    for words in ("Main account", "Retell AI · events as Agent", "Waiting for the first request", "Receiving"):
        await user.should_see(words)
    await user.should_see("Switched off")


async def test_the_list_follows_what_comes(user: User, engine: Engine) -> None:
    source = await made(engine, OPEN)
    await opened(user, engine)
    await user.should_see("Waiting for the first request")
    await received(engine, source, {"type": "call.ended", "data": {}})
    await user.should_see("Receiving")


async def test_a_source_is_made(user: User, engine: Engine) -> None:
    await opened(user, engine)
    form = fill(user, name="Main account", secret="key_5f1c", types="call.ended, call.started")
    choose(user, "Role of its events", "user")
    assert form.raw["verify"] is None
    await submit(user)

    await user.should_see("Set it up in Retell AI")
    (source,) = await listed(engine)
    assert (source.settings.platform, source.settings.role) == ("retell", Role.USER)
    assert source.settings.types == {"call.ended", "call.started"}
    assert engine.sources.secrets_of(source) == ("key_5f1c",)
    (address,) = user.find(kind=Text, marker="address").elements
    assert address.text == engine.sources.address_of(source)


async def test_what_is_wrong_is_told_beside_its_field(user: User, engine: Engine) -> None:
    await opened(user, engine)
    fill(user, name="", types="call.endet")
    await submit(user)
    await user.should_see("Give the source a name")
    await user.should_see('No event type is called "call.endet"')
    fill_again = {"name": "Main", "types": ""}
    for name, text in fill_again.items():
        user.find(kind=ui.input, marker=name).clear().type(text)
    await submit(user)
    await user.should_see("This source signs what it posts: enter its secret.")
    assert await listed(engine) == []


async def test_how_it_signs_is_chosen_where_there_is_a_choice(user: User, engine: Engine) -> None:
    await opened(user, engine)
    form = fill(user, name="Own")
    choose(user, "Platform", "vapi")
    (signing,) = user.find(kind=SigningFields).elements
    assert signing.raw is None, "as Vapi does unless told otherwise"
    choose(user, "Platform", "generic")
    assert signing.raw == {"kind": "header", "header": "authorization"}
    choose(user, "Signature", "none")
    assert form.raw["verify"] == {"kind": "none"}
    choose(user, "Signature", "hmac")
    choose(user, "Algorithm", "sha512")
    choose(user, "Encoding", "base64")
    assert signing.raw == {
        "kind": "hmac",
        "header": "x-signature",
        "algorithm": "sha512",
        "encoding": "base64",
        "prefix": "",
        "format": "{body}",
        "timestamp_header": "",
    }


async def test_a_source_follows_its_first_request(user: User, engine: Engine) -> None:
    source = await made(engine, OPEN)
    await opened(user, engine, f"/sources/{source.id}")
    await user.should_see("Waiting for the first request")
    await user.should_see("Nothing that was let in came yet.")
    await user.should_see("No secret is set")

    await received(engine, source, {"type": "call.ended", "data": {"call_duration": 187}, "id": "evt_1"})
    await user.should_see("Receiving")
    await user.should_see("Event evt_1")
    await user.should_see('"call_duration": 187')
    await received(engine, source, {"type": "strange"})
    await user.should_see("No event type is called")


async def test_bodies_are_shown_cut_and_readable(user: User, engine: Engine) -> None:
    source = await made(engine, OPEN)
    await received(engine, source, b"From=1&To=2")
    await received(engine, source, b"x" * (MOST_SHOWN + 1))
    await opened(user, engine, f"/sources/{source.id}")
    await user.should_see("From=1\nTo=2")
    await user.should_see("… (cut)")


async def test_only_the_last_bodies_stay_on_the_page(user: User, engine: Engine) -> None:
    source = await made(engine, OPEN)
    await opened(user, engine, f"/sources/{source.id}")
    for number in range(22):
        await received(engine, source, {"type": "call.ended", "data": {}, "id": f"evt_{number}"})
    await user.should_see("Event evt_21")
    await user.should_not_see("Event evt_1\n")
    (bodies,) = user.find(kind=SourceBodies).elements
    assert len(bodies._shown) <= 20


async def test_a_sample_leads_to_its_event(user: User, engine: Engine) -> None:
    source = await made(engine)

    @ui.page("/events/{event_id}")
    def event(event_id: str) -> None:
        ui.label("the event")

    await opened(user, engine, f"/sources/{source.id}")
    user.find("Send sample").click()
    await user.should_see("the event")


async def test_a_sample_that_may_not_be_sent_is_told(user: User, engine: Engine) -> None:
    source = await made(engine, {**RETELL, "types": ["call.started"]})
    await opened(user, engine, f"/sources/{source.id}")
    user.find("Send sample").click()
    await user.should_see("a type that this source may not send")


async def test_a_source_is_switched(user: User, engine: Engine) -> None:
    source = await made(engine)
    await opened(user, engine, f"/sources/{source.id}")
    user.find("Switch off").click()
    await user.should_see("Switched off")
    user.find("Switch on").click()
    await user.should_see("Switch off")
    assert (await listed(engine))[0].settings.enabled


async def test_a_secret_is_rotated(user: User, engine: Engine) -> None:
    source = await made(engine)
    await opened(user, engine, f"/sources/{source.id}")
    user.find("Rotate secret").click()
    user.find(kind=ui.button, content="Rotate").click()
    await user.should_see("This source signs what it posts: enter its secret.")
    user.find(kind=ui.input, marker="secret").type("key_new")
    choose(user, "How long the old secret still works", "1")
    user.find(kind=ui.button, content="Rotate").click()
    await user.should_see("the previous one works until")
    (found,) = await listed(engine)
    assert engine.sources.secrets_of(found) == ("key_new", "key_5f1c")
    assert OVERLAPS["1"][1] == timedelta(hours=1)


async def test_an_address_is_rotated(user: User, engine: Engine) -> None:
    source = await made(engine)
    await opened(user, engine, f"/sources/{source.id}")
    user.find("Rotate address").click()
    choose(user, "How long the old address still works", "1")
    user.find(kind=ui.button, content="Rotate").click()
    await user.should_see("The previous address works until")
    (found,) = await listed(engine)
    assert found.token_hash != source.token_hash
    (address,) = user.find(kind=Text, marker="address").elements
    assert address.text == engine.sources.address_of(found)


async def test_a_source_is_deleted(user: User, engine: Engine) -> None:
    source = await made(engine)
    await opened(user, engine, f"/sources/{source.id}")
    user.find("Delete").click()
    await user.should_see("Its address takes nothing more.")
    user.find(kind=ui.button, content="Delete").click()
    await user.should_see("There is no source yet.")
    assert await listed(engine) == []


@pytest.mark.parametrize("number", ["99", "x", "9" * 30])
async def test_a_source_that_is_not_there(user: User, engine: Engine, number: str) -> None:
    await opened(user, engine, f"/sources/{number}")
    await user.should_see("Not found")


async def test_highlevel_needs_no_secret(user: User, engine: Engine) -> None:
    source = await made(engine, {"platform": "highlevel", "name": "CRM"})
    await opened(user, engine, f"/sources/{source.id}")
    await user.should_see("Verified by the key that HighLevel publishes")


async def test_an_address_that_is_lost_is_told(user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    source = await made(engine)
    monkeypatch.setattr(engine.sources, "address_of", lambda _: None)
    await opened(user, engine, f"/sources/{source.id}")
    await user.should_see("The address cannot be shown")


async def test_whoever_is_signed_out_changes_nothing(user: User, engine: Engine) -> None:
    source = await made(engine)
    token = await opened(user, engine, f"/sources/{source.id}")
    await engine._store.end_sessions([hash_of(token)])
    user.find("Switch off").click()
    await user.should_see("Switch off")
    assert (await listed(engine))[0].settings.enabled


async def test_a_mapping_is_written_beside_the_last_body(user: User, engine: Engine) -> None:
    source = await made(engine, OPEN)
    await received(engine, source, {"eventType": "CallFinished", "payload": {"durationMs": 187000, "x": {"y": 1}}})
    await opened(user, engine, f"/sources/{source.id}")
    user.find("Mapping").click()
    await user.should_see("This body becomes Call Ended.")
    await user.should_see("= 187")
    await user.should_see("1 of 3 fields of the body are not mapped")
    user.find("payload.x.y").click()
    await user.should_see("This body becomes Call Ended.")
    user.find("Save").click()
    await user.should_see("The mapping is saved.")
    (found,) = await listed(engine)
    assert found.settings.mapping is not None
    assert found.settings.mapping.fields == {"call_duration": "payload.durationMs / 1000", "y": "payload.x.y"}

    user.find("Map 1 ignored body again").click()
    await user.should_see("1 became events.")
    user.find("Remove the mapping").click()
    await user.should_see("The mapping is removed.")
    assert (await listed(engine))[0].settings.mapping is None


async def test_names_are_translated_while_a_body_is_pasted(user: User, engine: Engine) -> None:
    source = await made(engine, OPEN)
    await opened(user, engine, f"/sources/{source.id}/mapping")
    await user.should_see("This body becomes no event: a message without a type.")
    user.find(kind=ui.textarea, marker="body").clear().type('{"event": "call_over", "a": {"b": 1}}')
    user.find("Suggest by names").click()
    (editor,) = user.find(kind=MappingEditor).elements
    editor.write(SourceMapping(type="event"))
    await user.should_see("This body becomes no event: call_over.")
    user.find("Translate “call_over”").click()
    await user.should_see("This body becomes")
    choose(user, "Event type", "call.ended")
    await user.should_see("This body becomes Call Ended.")
    user.find("Add a field").click()
    (field,) = user.find(kind=ui.input, marker="field").elements
    field.value = "raw"
    assert editor.raw["fields"] == {"raw": ""}
    user.find("Save").click()
    await user.should_see("All that the sender said is there already")
    for _ in range(2):
        user.find(kind=ui.button, content="close").click()
    assert (editor.raw["fields"], editor.raw["types"]) == ({}, {})
    user.find(kind=ui.textarea, marker="body").clear().type("a=1\nb=2")
    user.find(kind=ui.textarea, marker="body").clear().type("x" * 100_001)
    await user.should_see("A mapping is tried on at most 100,000 bytes.")


async def test_only_a_source_without_a_mapping_of_ours_has_one(user: User, engine: Engine) -> None:
    source = await made(engine)
    await opened(user, engine, f"/sources/{source.id}/mapping")
    await user.should_see("There is no source here that has a mapping of its own.")


def type_form(user: User) -> EventTypeForm:
    """The one that was opened last."""
    return max(user.find(kind=EventTypeForm).elements, key=lambda form: form.id)


async def submit_type(user: User) -> None:
    await type_form(user)._submit()


async def test_an_event_type_is_added_changed_and_deleted(user: User, engine: Engine) -> None:
    await opened(user, engine)
    await user.should_see("There is none yet.")
    user.find("Add an event type").click()
    for name, text in (("type", "invoice"), ("label", "Invoice Paid")):
        user.find(kind=ui.input, marker=name).type(text)
    user.find("Add a field").click()
    user.find(kind=ui.input, marker="field").type("amount")
    choose(user, "Type of the field", "number")
    await submit_type(user)
    await user.should_see("A type has a dotted name")
    user.find(kind=ui.input, marker="type").clear().type("invoice.paid")
    await submit_type(user)
    await user.should_see("Own · 1 field")
    assert engine.catalogue.get("invoice.paid").sample == {"amount": 1.5}

    user.find("Edit").click()
    form = type_form(user)
    form._remove(form._rows[0])
    form._sample.value = {"note": "x"}
    await submit_type(user)
    await user.should_see("Own · 1 field")
    assert list(engine.catalogue.get("invoice.paid").fields) == ["note"]

    user.find("Delete").click()
    user.find(kind=ui.button, content="Delete").click()
    await user.should_see("There is none yet.")


async def test_an_event_type_that_is_used_is_kept(user: User, engine: Engine) -> None:
    await engine.event_types.create({"type": "invoice.paid", "label": "Invoice Paid", "meaning": "Done"}, actor=MANAGER)
    await made(engine, {**OPEN, "types": ["invoice.paid"]})
    await opened(user, engine)
    await user.should_see("Done")
    user.find("Delete").click()
    user.find(kind=ui.button, content="Delete").click()
    await user.should_see("invoice.paid is used by source 1")


async def test_fields_that_changed_are_on_the_page(user: User, engine: Engine) -> None:
    source = await made(engine, OPEN)
    hook = {
        "title": "Happy",
        "trigger": "call.ended",
        "condition": "a > 1",
        "actions": [{"url": "https://example.com/"}],
    }
    await engine.hooks.save(hook, actor=ADMIN)
    for data in ({"a": 1, "b": 1}, {"b": 1}):
        await received(engine, source, [{"type": "call.ended", "data": data}] * 128)
        await engine.drift.look()
    await opened(user, engine, f"/sources/{source.id}")
    await user.should_see("`a` came in 100 % of Call Ended from “Dialer”")
    await user.should_see("Call Ended × 128")
    await user.should_see("Happy")
