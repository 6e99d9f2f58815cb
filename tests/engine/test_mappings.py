"""Senders that nobody planned for: mapped as their user writes, tried before, and mapped again afterwards."""

from typing import Any

import pytest

from engine import Actor, AuditQuery, Engine, EventQuery, Role
from engine.errors import Conflict, InvalidSource
from engine.model.sources import Outcome, Source, SourceBody
from engine.sources.kept import incoming_of, kept_headers
from engine.sources.mappings import LONGEST_TRIED
from tests.engine.conftest import ADMIN, Api

MANAGER = Actor(kind="user", id=2, name="maria@example.com", role=Role.MANAGER)
CALL = {"eventType": "CallFinished", "eventId": "e1", "payload": {"durationMs": 187000, "userSentiment": "Positive"}}
MAPPING = {
    "type": "eventType",
    "types": {"CallFinished": "call.ended"},
    "id": "eventId",
    "fields": {"call_duration": "payload.durationMs / 1000", "sentiment": "payload.userSentiment"},
}


async def made(engine: Engine, **raw: Any) -> Source:
    known = {"platform": "generic", "name": "Dialer", "verify": {"kind": "none"}}
    return await engine.sources.create(known | raw, actor=MANAGER)


async def post(api: Api, source: Source, document: Any = CALL, **headers: str) -> int:
    address = api.engine.sources.address_of(source)
    assert address is not None
    path = address.removeprefix(api.engine.settings.public_url)
    return (await api.client.post(path, json=document, headers=headers)).status_code


async def events(engine: Engine) -> dict[str, Any]:
    return {one.event.id: one.event for one in (await engine.insight.events(EventQuery(test=None))).items}


async def bodies(engine: Engine, source: Source) -> list[SourceBody]:
    return (await engine.sources.received(source.id, actor=MANAGER)).bodies


async def test_a_body_nobody_planned_for_becomes_an_event(api: Api) -> None:
    source = await made(api.engine, mapping=MAPPING)
    assert [await post(api, source) for _ in range(2)] == [200, 200]

    ((id, event),) = (await events(api.engine)).items()
    assert (id, event.type) == (f"source-{source.id}:e1:call.ended", "call.ended")
    assert event.data == {"call_duration": 187, "sentiment": "positive", "raw": CALL}
    found = await api.engine.sources.received(source.id, actor=MANAGER)
    assert {(one.outcome.value, one.reason) for one in found.counts} == {
        ("accepted", "call.ended"),
        ("ignored", "came again"),
    }


async def test_what_is_not_mapped_is_kept_and_told_once(api: Api) -> None:
    source = await made(api.engine, mapping=MAPPING)
    for kind in ("CallRinging", "CallHeld"):
        assert await post(api, source, {"eventType": kind}) == 200
    assert [one.reason for one in await bodies(api.engine, source)] == ["CallHeld", "CallRinging"]
    titles = [one.title for one in await api.engine.notices.newest()]
    assert titles == ["“Dialer” posts what its mapping leaves out: CallRinging"]


async def test_kept_bodies_are_mapped_again_by_another_mapping(api: Api) -> None:
    source = await made(api.engine)
    for number in range(2):
        await post(api, source, {**CALL, "eventId": f"e{number}"}, **{"x-topic": "t", "x-api-key": "secret"})
    await post(api, source, {"eventType": "Other"})
    assert await api.engine.reception.map_again(source.id, actor=MANAGER) == 0
    await api.engine.sources.change(source.id, {"mapping": MAPPING}, actor=MANAGER)

    assert await api.engine.reception.map_again(source.id, actor=MANAGER) == 2
    assert await api.engine.reception.map_again(source.id, actor=MANAGER) == 0
    assert {event.type for event in (await events(api.engine)).values()} == {"call.ended"}
    assert [one.outcome for one in await bodies(api.engine, source)] == [
        Outcome.IGNORED,
        Outcome.ACCEPTED,
        Outcome.ACCEPTED,
    ]
    kept = (await bodies(api.engine, source))[-1]
    assert kept.events == (f"source-{source.id}:e0:call.ended",)
    assert kept.headers["x-topic"] == "t"
    assert "x-api-key" not in kept.headers


async def test_what_came_while_it_was_off_is_not_mapped_again(api: Api) -> None:
    source = await made(api.engine, mapping=MAPPING, enabled=False)
    await post(api, source)
    assert await api.engine.reception.map_again(source.id, actor=MANAGER) == 0
    retell = await api.engine.sources.create({"platform": "bland", "name": "Main"}, actor=MANAGER)
    with pytest.raises(InvalidSource):
        await api.engine.reception.map_again(retell.id, actor=MANAGER)


async def test_many_that_are_accepted_do_not_push_out_the_one_that_was_not(api: Api) -> None:
    source = await made(api.engine, mapping=MAPPING)
    await post(api, source, {"eventType": "Other"})
    for number in range(25):
        await post(api, source, {**CALL, "eventId": f"e{number}"})
    assert [one.reason for one in await bodies(api.engine, source)].count("Other") == 1
    assert len(await bodies(api.engine, source)) == 21


async def test_a_change_of_the_mapping_is_counted_and_audited(engine: Engine) -> None:
    source = await made(engine, mapping=MAPPING)
    assert source.mapping_version == 1
    other = {**MAPPING, "fields": {}}
    changed = await engine.sources.change(source.id, {"mapping": other, "mapping_version": 1}, actor=MANAGER)
    assert changed.mapping_version == 2
    with pytest.raises(Conflict):
        await engine.sources.change(source.id, {"mapping": None, "mapping_version": 1}, actor=MANAGER)
    renamed = await engine.sources.change(source.id, {"name": "Other"}, actor=MANAGER)
    assert (renamed.mapping_version, renamed.settings.mapping) == (2, changed.settings.mapping)
    (entry,) = [
        one
        for one in (await engine.audit.entries(AuditQuery(), actor=ADMIN)).items
        if one.action == "source.changed" and "mapping" in (one.after or {})
    ]
    assert entry.before["mapping"]["fields"] == MAPPING["fields"]
    await engine.sources.load()
    assert (await engine.sources.get(source.id, actor=MANAGER)).settings.mapping == changed.settings.mapping


async def test_a_mapping_that_is_wrong_is_refused_by_place(api: Api) -> None:
    engine = api.engine
    with pytest.raises(InvalidSource) as found:
        await made(engine, mapping={**MAPPING, "fields": {"x": "1 +"}, "types": {"a": "nope"}})
    assert set(found.value.problems) == {"mapping.fields.x", "mapping.types.a"}
    with pytest.raises(InvalidSource) as found:
        await engine.sources.create({"platform": "bland", "name": "B", "mapping": MAPPING}, actor=MANAGER)
    assert "mapped already" in found.value.problems["mapping"]
    source = await made(engine)
    answer = await api.call("PATCH", f"/api/v1/sources/{source.id}", role=Role.MANAGER, json={"mapping": {"type": 1}})
    assert answer.status_code == 422


async def test_a_sample_is_the_last_body_that_is_mapped(api: Api) -> None:
    source = await made(api.engine, mapping=MAPPING)
    assert await api.engine.reception.send_sample(source.id, actor=MANAGER) == ()
    await post(api, source)
    await post(api, source, {"eventType": "Other"})
    (receipt,) = await api.engine.reception.send_sample(source.id, actor=MANAGER)
    assert (await events(api.engine))[receipt.id].test


async def test_a_mapping_is_tried_and_suggested_over_the_api(api: Api) -> None:
    source = await made(api.engine)
    path = f"/api/v1/sources/{source.id}/mapping"
    answer = await api.call("POST", f"{path}/try", role=Role.MANAGER, json={})
    assert answer.status_code == 422
    tried = (await api.call("POST", f"{path}/try", role=Role.MANAGER, json={"body": CALL})).json()
    assert (tried["type"], tried["unmapped"]) == ("call.ended", [])
    assert tried["suggestion"]["types"] == {"CallFinished": "call.ended"}
    form = {"mapping": {"type": '"sms.received"', "fields": {"body": "Body", "from_number": 'request.headers["from"]'}}}
    form |= {"body": "Body=Hi", "headers": {"From": "+1"}, "query": "a=1"}
    tried = (await api.call("POST", f"{path}/try", role=Role.MANAGER, json=form)).json()
    assert [one["value"] for one in tried["fields"]] == ["Hi", "+1"]
    wrong = await api.call("POST", f"{path}/try", role=Role.MANAGER, json={"mapping": {"type": []}, "body": {}})
    assert wrong.status_code == 422
    large = {"body": "x" * (LONGEST_TRIED + 1)}
    assert (await api.call("POST", f"{path}/try", role=Role.MANAGER, json=large)).status_code == 422

    await post(api, source)
    assert (await api.call("POST", f"{path}/try", role=Role.MANAGER, json={})).json()["theirs"] == "CallFinished"
    await api.engine.sources.change(source.id, {"mapping": MAPPING}, actor=MANAGER)
    again = await api.call("POST", f"{path}/again", role=Role.MANAGER)
    assert again.json() == {"mapped": 1}
    assert (await api.call("GET", f"/api/v1/sources/{source.id}", role=Role.MANAGER)).json()["mapping_version"] == 1


async def test_a_body_that_was_the_query_is_one_again(engine: Engine) -> None:
    source = await made(engine)
    body = SourceBody(
        source_id=1, at=source.created_at, outcome=Outcome.IGNORED, reason="", media_type="", body="a=1", query="a=1"
    )
    assert (incoming_of(body).body, incoming_of(body).query) == (b"", [("a", "1")])
    headers = {"x-signature": "s", "idempotency-key": "k", "authorization": "a", "x-topic": "t" * 999}
    assert {name: len(value) for name, value in kept_headers(headers, source).items()} == {
        "idempotency-key": 1,
        "x-topic": 300,
    }
