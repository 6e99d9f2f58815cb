"""Platforms post to an address of their own: verified, mapped, accepted once, counted, and answered as they expect."""

import base64
import gzip
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from engine import Actor, AuditQuery, Engine, EventQuery, Role, StoreUnavailable
from engine.errors import InvalidSource, NotAllowed, NotFound, Overloaded
from engine.events.sources.guides import GUIDES
from engine.model.sources import Outcome, Source
from engine.secrets.vault import Vault
from engine.sources.journal import LONGEST_BODY, MOST_BODIES, MOST_REASONS, OTHER
from tests.engine.conftest import ADMIN, Api, eventually
from tests.examples import checked

MANAGER = Actor(kind="user", id=2, name="maria@example.com", role=Role.MANAGER)
SECRET = "key_5f1c"
CALL = {
    "event": "call_analyzed",
    "call": {
        "call_id": "call_7be1",
        "direction": "outbound",
        "from_number": "+14155550100",
        "to_number": "+14155550132",
        "duration_ms": 187000,
        "disconnection_reason": "user_hangup",
        "call_analysis": {"user_sentiment": "Positive"},
    },
}


async def made(engine: Engine, platform: str = "retell", **raw: Any) -> Source:
    known = {"platform": platform, "name": "Main", "secret": SECRET}
    return await engine.sources.create(known | raw, actor=MANAGER)


def path_of(engine: Engine, source: Source) -> str:
    address = engine.sources.address_of(source)
    assert address is not None
    return address.removeprefix(engine.settings.public_url)


def signed(body: bytes, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    """As Retell signs."""
    stamp = str(int((at or datetime.now(UTC)).timestamp() * 1_000))
    digest = hmac.new(secret.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    return {"x-retell-signature": f"v={stamp},d={digest}", "content-type": "application/json"}


async def post(api: Api, source: Source, document: Any = CALL, secret: str = SECRET) -> httpx.Response:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return await api.client.post(path_of(api.engine, source), content=body, headers=signed(body, secret))


async def counts(engine: Engine, source: Source) -> dict[tuple[str, str], int]:
    found = await engine.sources.received(source.id, actor=MANAGER)
    return {(one.outcome.value, one.reason): one.count for one in found.counts}


async def events(engine: Engine) -> list[Any]:
    return [one.event for one in (await engine.insight.events(EventQuery())).items]


async def test_a_call_arrives_in_our_types_and_fields(api: Api) -> None:
    source = await made(api.engine)
    answer = await post(api, source)

    assert (answer.status_code, answer.json()) == (200, {})
    (event,) = await events(api.engine)
    assert (event.id, event.type, event.role, event.test) == (
        "retell:call_7be1:call.ended", "call.ended", Role.AGENT, False,
    )  # fmt: skip
    assert (event.data["call_duration"], event.data["sentiment"]) == (187, "positive")
    assert event.data["raw"] == CALL


async def test_what_comes_again_is_accepted_and_stored_once(api: Api) -> None:
    source = await made(api.engine)
    answers = [(await post(api, source)).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert len(await events(api.engine)) == 1
    assert await counts(api.engine, source) == {("accepted", "call.ended"): 1, ("ignored", "came again"): 2}


async def test_a_wrong_signature_is_refused_counted_told_once_and_never_kept(api: Api) -> None:
    source = await made(api.engine)
    answers = [(await post(api, source, secret="other")).status_code for _ in range(3)]
    unsigned = await api.client.post(path_of(api.engine, source), json=CALL)

    assert answers == [401, 401, 401]
    assert unsigned.status_code == 401
    assert unsigned.headers["content-type"] == "application/problem+json"
    assert await events(api.engine) == []
    assert await counts(api.engine, source) == {("refused", "wrong signature"): 3, ("refused", "no signature"): 1}
    assert (await api.engine.sources.received(source.id, actor=MANAGER)).bodies == []
    notices = await api.engine.notices.newest()
    assert [(one.title, one.link) for one in notices] == [
        ("“Main” is refused: wrong signature", f"/sources/{source.id}")
    ]


async def test_an_old_signature_is_refused(api: Api) -> None:
    source, body = await made(api.engine), json.dumps(CALL).encode()
    headers = signed(body, at=datetime.now(UTC) - timedelta(minutes=6))
    answer = await api.client.post(path_of(api.engine, source), content=body, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (401, "Refused: signed too long ago.")


async def test_what_nobody_mapped_is_ignored_and_never_a_4xx(api: Api) -> None:
    source = await made(api.engine)
    for document in ({"event": "call_ended"}, {"event": "x\ny"}, b"{", b"", {"event": "call_started"}):
        assert (await post(api, source, document)).status_code == 200

    found = await counts(api.engine, source)
    assert found["ignored", "call_ended: call_analyzed brings the call complete"] == 1
    assert found["ignored", "a body that cannot be read as JSON"] == 2
    assert found["ignored", "x y"] == 1
    assert found["accepted", "call.started"] == 1


async def test_a_source_may_send_some_types_alone(api: Api) -> None:
    source = await made(api.engine, types=["call.started"])
    assert (await post(api, source)).status_code == 200
    assert await events(api.engine) == []
    reason = "call.ended: not among the types of this source"
    assert await counts(api.engine, source) == {("ignored", reason): 1}
    assert await api.engine.reception.send_sample(source.id, actor=MANAGER) == ()


async def test_a_source_that_is_off_ignores_without_making_the_platform_give_up(api: Api) -> None:
    source = await made(api.engine, enabled=False)
    assert (await post(api, source)).status_code == 200
    assert await counts(api.engine, source) == {("ignored", "the source is switched off"): 1}
    await api.engine.sources.change(source.id, {"enabled": True}, actor=MANAGER)
    await post(api, source)
    assert len(await events(api.engine)) == 1


async def test_the_role_of_its_events_is_that_of_the_source(api: Api) -> None:
    await post(api, await made(api.engine, role="user"))
    assert [event.role for event in await events(api.engine)] == [Role.USER]


async def test_an_unknown_address_is_not_found(api: Api) -> None:
    for token in ("x", "x" * 200, "%ff"):
        assert (await api.client.post(f"/in/{token}", content=b"{}")).status_code == 404


async def test_only_platforms_that_use_get_are_answered(api: Api) -> None:
    retell, twilio = await made(api.engine), await made(api.engine, "twilio")
    assert (await api.client.get(path_of(api.engine, retell))).status_code == 405
    assert (await api.client.get(path_of(api.engine, twilio))).status_code == 401
    assert await counts(api.engine, retell) == {}


async def test_twilio_is_verified_by_the_public_address_and_answered_in_twiml(api: Api) -> None:
    source = await made(api.engine, "twilio")
    form = {"MessageSid": "SM7", "SmsStatus": "received", "From": "+14155550132", "To": "+14155550100", "Body": "Yes"}
    address = f"{api.engine.sources.address_of(source)}"

    def signature(message: str) -> dict[str, str]:
        digest = hmac.new(SECRET.encode(), message.encode(), hashlib.sha1).digest()
        return {"x-twilio-signature": base64.b64encode(digest).decode()}

    posted = await api.client.post(
        path_of(api.engine, source),
        data=form,
        headers=signature(address + "".join(name + form[name] for name in sorted(form))),
    )
    query = urlencode(form | {"MessageSid": "SM8"})
    got = await api.client.get(f"{path_of(api.engine, source)}?{query}", headers=signature(f"{address}?{query}"))

    for answer in (posted, got):
        assert (answer.status_code, answer.text) == (200, "<Response/>")
        assert answer.headers["content-type"].startswith("text/xml")
    assert {event.id for event in await events(api.engine)} == {"twilio:SM7:sms.received", "twilio:SM8:sms.received"}
    (get, _) = (await api.engine.sources.received(source.id, actor=MANAGER)).bodies
    assert "SM8" in get.body


@pytest.mark.parametrize(("platform", "status"), [("bland", 503), ("highlevel", 429)])
@pytest.mark.parametrize("error", [Overloaded("full", 7), StoreUnavailable("disk")])
async def test_what_cannot_be_stored_now_is_to_come_again(
    api: Api, platform: str, status: int, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.events.sources.highlevel.ed25519_mismatch", lambda *_: None)
    source = await made(api.engine, platform, secret=None)

    async def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(api.engine.reception, "_accept", refuse)
    answer = await api.client.post(path_of(api.engine, source), content=GUIDES[platform].sample)

    assert (answer.status_code, answer.headers["retry-after"]) == (status, "7" if "full" in str(error) else "5")
    assert await counts(api.engine, source) == {("refused", "this server was busy"): 1}


async def test_a_body_may_be_compressed(api: Api) -> None:
    source = await made(api.engine, "generic", verify={"kind": "none"}, secret=None)
    body = gzip.compress(b'{"type": "call.ended", "data": {"call_duration": 1}}')
    path = path_of(api.engine, source)
    assert (await api.client.post(path, content=body, headers={"content-encoding": "gzip"})).status_code == 200
    assert (await api.client.post(path, content=body, headers={"content-encoding": "br"})).status_code == 200
    assert await counts(api.engine, source) == {
        ("accepted", "call.ended"): 1,
        ("ignored", "a body in an encoding that cannot be read"): 1,
    }


async def test_a_large_body_is_read_beside_the_loop(api: Api) -> None:
    source = await made(api.engine)
    call = {**CALL["call"], "transcript": "x" * 200_000}
    assert (await post(api, source, {"event": "call_analyzed", "call": call})).status_code == 200
    assert len(await events(api.engine)) == 1
    (body,) = (await api.engine.sources.received(source.id, actor=MANAGER)).bodies
    assert len(body.body) == LONGEST_BODY
    assert (await post(api, source, b"x" * 17_000_000)).status_code == 413


async def test_two_secrets_are_valid_while_they_rotate(api: Api) -> None:
    source = await made(api.engine)
    await api.engine.sources.roll(source.id, "key_new", timedelta(hours=1), actor=MANAGER)
    assert [(await post(api, source, secret=one)).status_code for one in ("key_new", SECRET)] == [200, 200]
    await api.engine.sources.roll(source.id, "key_newer", timedelta(0), actor=MANAGER)
    found = [(await post(api, source, secret=one)).status_code for one in ("key_newer", "key_new", SECRET)]
    assert found == [200, 401, 401]
    with pytest.raises(InvalidSource):
        await api.engine.sources.roll(source.id, "x", timedelta(minutes=1), actor=MANAGER)


async def test_two_addresses_are_valid_while_they_rotate(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    source = await made(api.engine)

    async def status(one: Source) -> int:
        return (await post(api, one)).status_code

    async def moved(overlap: int) -> Source:
        path = f"/api/v1/sources/{source.id}/address"
        assert (await api.call("POST", path, role=Role.MANAGER, json={"overlap": overlap})).status_code == 200
        return await api.engine.sources.get(source.id, actor=MANAGER)

    second = await moved(3_600)
    assert second.previous_token_until is not None
    assert [await status(one) for one in (source, second)] == [200, 200]
    await api.engine.sources.load()
    assert await status(source) == 200
    with monkeypatch.context() as patch:
        patch.setattr(api.engine.sources, "_now", lambda: datetime.now(UTC) + timedelta(hours=2))
        assert [await status(one) for one in (source, second)] == [404, 200]
    third = await moved(0)
    assert third.previous_token_until is None
    assert [await status(one) for one in (source, second, third)] == [404, 404, 200]
    with pytest.raises(InvalidSource):
        await api.engine.sources.roll_address(source.id, timedelta(minutes=1), actor=MANAGER)
    await api.engine.sources.delete(source.id, actor=MANAGER)
    assert await status(third) == 404


async def test_the_last_bodies_and_all_counts_are_there_after_a_restart(api: Api) -> None:
    source = await made(api.engine)
    for number in range(MOST_BODIES + 5):
        await post(api, source, {"event": "call_analyzed", "call": {"call_id": f"c{number}"}})
    received = await api.engine.sources.received(source.id, actor=MANAGER)
    await api.engine.sources.load()

    assert received.bodies[0].events == (f"retell:c{MOST_BODIES + 4}:call.ended",)
    assert len(received.bodies) == MOST_BODIES
    assert await counts(api.engine, source) == {("accepted", "call.ended"): MOST_BODIES + 5}
    assert (await api.engine.sources.get(source.id, actor=MANAGER)).last_received_at is not None


async def test_reasons_that_senders_write_are_bounded(api: Api) -> None:
    source = await made(api.engine)
    for number in range(MOST_REASONS + 10):
        api.engine.parts.sources.journal.count(source.id, Outcome.IGNORED, f"reason {number}")
    found = await counts(api.engine, source)
    assert len(found) <= MOST_REASONS + 2
    assert found.get(("ignored", OTHER), 0) + len(found) - 1 >= MOST_REASONS


async def test_what_cannot_be_counted_now_is_counted_later(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    source, journal = await made(api.engine), api.engine.parts.sources.journal

    async def refuse(*_: object) -> None:
        raise StoreUnavailable("disk")

    with monkeypatch.context() as patch:
        patch.setattr(journal._store, "note_received", refuse)
        await post(api, source)
        await journal.store()
        await post(api, source, {"event": "call_started", "call": {"call_id": "c2"}})
        await journal.store()
    received = await api.engine.sources.received(source.id, actor=MANAGER)
    assert sum(one.count for one in received.counts) == 2
    assert len(received.bodies) == 2


async def test_views_are_told_of_changes_and_of_what_comes(api: Api) -> None:
    changed: list[str] = []
    came: list[int] = []
    leave = api.engine.sources.subscribe(lambda: changed.append("x"))
    source = await made(api.engine)
    api.engine.sources.subscribe_received(came.append)
    await post(api, source)
    assert (changed, set(came)) == (["x"], {source.id})
    leave()


async def test_the_counts_are_stored_without_anybody_asking(api: Api) -> None:
    source = await made(api.engine)
    await post(api, source)
    assert await eventually(lambda: api.engine._store.source_bodies(source.id))


@pytest.mark.parametrize("platform", GUIDES)
async def test_every_platform_has_a_sample_that_is_a_test(api: Api, platform: str) -> None:
    secret = base64.b64encode(b"k" * 32).decode()
    source = await made(api.engine, platform, secret=secret)
    answers = [await api.post(f"/sources/{source.id}/sample", role=Role.MANAGER) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    ids = [one["id"] for answer in answers for one in answer.json()["events"]]
    assert len(set(ids)) == len(ids) > 1
    assert all(event.test for event in await events(api.engine))
    assert (await api.engine.sources.get(source.id, actor=MANAGER)).last_received_at is None


async def test_a_source_over_the_api(api: Api) -> None:
    body = {"platform": "retell", "name": "Main account", "secret": SECRET}
    answer = await api.post("/sources", json=body, role=Role.MANAGER)
    document = answer.json()

    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/sources/{document['id']}")
    assert document["url"].startswith(f"{api.engine.settings.public_url}/in/")
    assert len(document["url"].rpartition("/")[2]) == 43
    expected = {
        "platform": "retell", "name": "Main account", "role": "agent", "types": [], "enabled": True, "verify": None,
        "secret": "set", "previous_secret_until": None, "last_received_at": None,
    }  # fmt: skip
    assert document.items() >= expected.items()
    assert SECRET not in answer.text
    assert (await api.get("/sources")).json() == {"items": [document], "next": None}
    assert (await api.get(f"/sources/{document['id']}")).json() == document


async def test_a_source_is_changed_rolled_and_deleted_over_the_api(api: Api) -> None:
    source = await made(api.engine)
    place = f"/sources/{source.id}"
    changed = await api.call("PATCH", f"/api/v1{place}", json={"name": "Other", "types": ["call.ended"]})
    rolled = await api.post(f"{place}/roll", json={"secret": "new", "overlap": 3_600})
    wrong = [await api.post(f"{place}/roll", json={"secret": "n", "overlap": one}) for one in ("x", True, 7, 10**30)]
    gone = await api.call("DELETE", f"/api/v1{place}")

    assert (changed.json()["name"], changed.json()["types"]) == ("Other", ["call.ended"])
    assert rolled.json()["previous_secret_until"] is not None
    assert [answer.status_code for answer in wrong] == [422, 422, 422, 422]
    assert gone.status_code == 204
    assert (await api.get(place)).status_code == 404
    assert (await post(api, source)).status_code == 404
    noted = (await api.engine.audit.entries(AuditQuery(), actor=ADMIN)).items
    actions = [one.action for one in noted if one.action.startswith("source.")]
    assert actions == ["source.deleted", "source.rolled", "source.changed", "source.created"]
    assert not any(SECRET in f"{one.before} {one.after}" for one in noted)


async def test_what_came_is_shown_to_those_who_may_see_it(api: Api) -> None:
    source = await made(api.engine)
    await post(api, source)
    raw = {"name": "no eyes", "role": "manager", "scopes": ["manage"]}
    _, key = await api.engine.keys.create(raw, actor=ADMIN)
    clear = await api.get(f"/sources/{source.id}/received", role=Role.MANAGER)
    headers = {"authorization": f"Bearer {key}"}
    refused = await api.get(f"/sources/{source.id}/received", role=None, headers=headers)

    assert clear.json()["bodies"][0]["body"] == json.dumps(CALL)
    assert clear.json()["counts"][0]["count"] == 1
    assert clear.json()["counts"][0]["hour"].endswith(":00:00Z")
    assert refused.status_code == 403, "without the scope to read, nothing is shown"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"platform": "aircall"}, "platform"),
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"types": ["call.endet"]}, "types"),
        ({"types": ["zzzzzzzz"]}, "types"),
        ({"types": ["schedule.due"]}, "types"),
        ({"role": "boss"}, "role"),
        ({"secret": None}, "secret"),
        ({"secret": 7}, "secret"),
        ({"secret": "a\0b"}, "secret"),
        ({"secret": "x" * 2_001}, "secret"),
        ({"platform": "telnyx", "secret": "no key"}, "secret"),
        ({"verify": {"kind": "none"}}, "verify"),
        ({"strange": 1}, "strange"),
        ({"platform": "vapi", "verify": {"kind": "hmac", "header": "no header"}}, "verify"),
        ({"platform": "vapi", "verify": {"kind": "hmac", "header": ""}}, "verify"),
        ({"platform": "vapi", "verify": {"kind": "hmac", "format": "x"}}, "verify"),
        ({"platform": "vapi", "verify": {"kind": "hmac", "format": "{timestamp}.{body}"}}, "verify"),
        ({"platform": "vapi", "verify": {"kind": "hmac", "timestamp_header": "x-t"}}, "verify"),
        ({"platform": "generic", "verify": {"kind": "basic"}}, "secret"),
        ({"platform": "generic", "verify": {"kind": "hmac"}, "secret": ""}, "secret"),
        ({"platform": "generic", "secret": None}, "secret"),
    ],
)
async def test_what_is_wrong_with_a_source_is_told_by_field(engine: Engine, raw: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidSource) as found:
        await made(engine, **raw)
    assert list(found.value.problems) == [field]


async def test_a_source_keeps_its_platform_and_needs_its_secret(engine: Engine) -> None:
    source = await made(engine, "vapi", secret=None)
    with pytest.raises(InvalidSource):
        await engine.sources.change(source.id, {"platform": "bland"}, actor=MANAGER)
    with pytest.raises(InvalidSource):
        await engine.sources.change(source.id, {"verify": {"kind": "header", "header": "x-token"}}, actor=MANAGER)
    await engine.sources.change(source.id, {"verify": {"kind": "none"}}, actor=MANAGER)
    with pytest.raises(NotFound):
        await engine.sources.get(99, actor=MANAGER)


async def test_nobody_lets_a_source_send_as_more_than_themselves(engine: Engine) -> None:
    for role in ("admin", "system"):
        with pytest.raises(NotAllowed):
            await made(engine, role=role)
    source = await made(engine, role="user")
    with pytest.raises(NotAllowed):
        await engine.sources.change(source.id, {"role": "admin"}, actor=MANAGER)
    changed = await engine.sources.change(source.id, {"role": "admin"}, actor=ADMIN)
    renamed = await engine.sources.change(source.id, {"name": "Other"}, actor=MANAGER)
    assert (changed.settings.role, renamed.settings.role) == (Role.ADMIN, Role.ADMIN)


async def test_sources_are_bounded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sources.commands.MOST_SOURCES", 1)
    await made(engine)
    with pytest.raises(InvalidSource):
        await made(engine)


async def test_secrets_and_addresses_are_on_disk_as_the_vault_seals_them(engine: Engine) -> None:
    source = await made(engine)
    (stored,) = await engine._store.sources()
    assert stored.token.startswith("sealed:")
    assert stored.secret is not None
    assert SECRET not in stored.secret
    assert engine.sources.secrets_of(stored) == (SECRET,)

    engine.sources._vault = Vault(("another key",))
    assert engine.sources.address_of(source) is None


async def test_an_address_whose_key_was_lost_is_not_shown_wrongly(engine: Engine) -> None:
    await made(engine)
    another = Vault(("another key",))
    engine.sources._vault = engine.parts.ground.sealing._vault = another
    await engine.parts.ground.sealing.forget()
    await engine.sources.load()
    (found,) = await engine.sources.list(actor=MANAGER)
    assert another.open(found.token), "it was replaced by another secret"
    assert engine.sources.address_of(found) is None


@given(
    st.sampled_from(list(GUIDES)),
    st.binary(max_size=60) | st.sampled_from([guide.sample for guide in GUIDES.values()]),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-16", ""]),
)
@checked(60, HealthCheck.function_scoped_fixture)
async def test_no_bytes_lead_to_a_5xx(api: Api, platform: str, body: bytes, media_type: str) -> None:
    """Unsigned where that is possible; with a signature the unit tests try far more."""
    known = {one.settings.platform: one for one in await api.engine.sources.list(actor=MANAGER)}
    secret = base64.b64encode(b"k" * 32).decode()
    rest = {"secret": None, "verify": {"kind": "none"}} if platform == "generic" else {"secret": secret}
    if platform in {"vapi", "bland", "synthflow", "cal_com"}:
        rest = {"secret": None}
    source = known.get(platform) or await made(api.engine, platform, **rest)
    headers = {"content-type": media_type}
    answer = await api.client.post(path_of(api.engine, source), content=body, headers=headers)
    assert answer.status_code in {200, 401}


@pytest.mark.parametrize(
    ("platform", "answers", "allowed"),
    [("retell", (405, 405, 405), "POST"), ("plivo", (401, 200, 405), "GET, HEAD, POST")],
)
async def test_each_method_is_taken_refused_or_answered_alone(
    api: Api, platform: str, answers: tuple[int, ...], allowed: str
) -> None:
    path = path_of(api.engine, await made(api.engine, platform))

    got = [await api.client.request(method, path) for method in ("GET", "HEAD", "DELETE")]

    assert tuple(one.status_code for one in got) == answers
    assert got[-1].headers["allow"] == allowed
    assert got[-1].headers["content-type"] == "application/problem+json"
    assert await events(api.engine) == []
