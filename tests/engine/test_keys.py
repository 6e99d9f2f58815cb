"""API keys: what they may, how long and how often, rolling and revoking, and what the audit log says of it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import SYSTEM, Actor, AuditQuery, Engine, EngineSettings, InvalidKey, Refused, Role, Scope
from engine.errors import KeyRefused, RateExceeded
from engine.people.api_keys import KNOWN_SECONDS
from storage.store import SqlStore
from tests.engine.conftest import ADMIN, Api, eventually

EVENT = {"type": "call.ended", "data": {}}
HOOK = {"title": "Leads", "trigger": "call.ended", "actions": [{"url": "https://example.com/"}]}


class Clock:
    """Both the time of day and the seconds that keys are kept in mind by."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("engine.wiring.people.monotonic", clock.seconds)
    return clock


@pytest.fixture
async def still(tmp_path: Path, clock: Clock) -> AsyncGenerator[Engine]:
    """An engine whose time stands still."""
    engine = opened(tmp_path, clock)
    await engine.open()
    yield engine
    await engine.close()


def opened(folder: Path, clock: Clock) -> Engine:
    return Engine(SqlStore(f"sqlite:///{folder / 'test.db'}"), EngineSettings(version="0"), clock)


async def made(engine: Engine, actor: Actor = SYSTEM, **changes: object) -> tuple[int, str]:
    key, plain = await engine.keys.create({"name": "dialer", "role": "agent", **changes}, actor=actor)
    return key.id, plain


async def works(engine: Engine, plain: str) -> bool:
    try:
        await engine.keys.actor_of(plain, "10.0.0.9")
    except KeyRefused:
        return False
    return True


async def told(engine: Engine, action: str) -> list[dict]:
    page = await engine.audit.entries(AuditQuery(action=action), actor=ADMIN)
    return [{"subject": one.subject, "before": one.before, "after": one.after, "by": one.actor} for one in page.items]


async def test_a_key_is_shown_once_and_never_again(api: Api) -> None:
    answer = await api.post("/keys", json={"name": "dialer", "role": "agent", "rate": 600})
    document = answer.json()
    plain = document.pop("key")

    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert plain.startswith(f"{document['prefix']}_") and len(plain) == 55
    assert document["scopes"] == ["ingest"]
    listed = (await api.get("/keys")).json()["items"]
    assert listed[0] == document == (await api.get(f"/keys/{document['id']}")).json()
    assert plain not in (await api.get("/keys")).text + (await api.get("/audit")).text
    posted = await api.client.post("/api/v1/events", json=EVENT, headers={"authorization": f"Bearer {plain}"})
    assert posted.status_code == 202


async def test_scopes_narrow_what_a_role_may(api: Api) -> None:
    async def statuses(scopes: list[str]) -> list[int]:
        key = (await api.post("/keys", json={"name": "k", "role": "admin", "scopes": scopes})).json()["key"]
        headers = {"authorization": f"Bearer {key}"}
        calls = [("POST", "/events", EVENT), ("GET", "/hooks", None), ("POST", "/hooks", HOOK), ("GET", "/keys", None)]
        calls += [("GET", "/event-types", None)]
        return [
            (await api.client.request(method, f"/api/v1{path}", json=body, headers=headers)).status_code
            for method, path, body in calls
        ]

    assert await statuses(["ingest"]) == [202, 403, 403, 403, 200]
    assert await statuses(["read"]) == [403, 200, 403, 403, 200]
    assert await statuses(["manage"]) == [403, 403, 201, 200, 403]
    assert await statuses(["ingest", "read", "manage"]) == [202, 200, 201, 200, 200]
    refused = await eventually(lambda: told(api.engine, "access.refused"))
    assert {"lacks": "view"} in [one["after"] for one in refused]


async def test_a_key_may_send_its_types_alone(api: Api) -> None:
    key = (await api.post("/keys", json={"name": "k", "role": "agent", "types": ["call.ended"]})).json()["key"]
    headers = {"authorization": f"Bearer {key}"}
    lead = {"type": "lead.generated", "data": {}}

    right = await api.client.post("/api/v1/events", json=EVENT, headers=headers)
    wrong = await api.client.post("/api/v1/events", json=[EVENT, lead], headers=headers)

    assert (right.status_code, wrong.status_code) == (202, 403)
    assert wrong.json()["detail"] == "This API key may not send lead.generated, only call.ended."
    assert len((await api.get("/events")).json()["items"]) == 1


async def test_over_its_rate_it_is_told_when_to_go_on(api: Api) -> None:
    key = (await api.post("/keys", json={"name": "k", "role": "agent", "rate": 60})).json()["key"]
    headers = {"authorization": f"Bearer {key}"}

    many = await api.client.post("/api/v1/events", json=[EVENT] * 100, headers=headers)
    over = await api.client.post("/api/v1/events", json=EVENT, headers=headers)
    other = await api.post("/events", role=Role.AGENT, json=EVENT)

    assert (many.status_code, over.status_code, other.status_code) == (202, 429, 202)
    assert 38 <= int(over.headers["retry-after"]) <= 41
    assert over.json()["detail"].startswith("This API key may send 60 events or other calls a minute")


async def test_a_rate_that_is_raised_holds_at_once(still: Engine) -> None:
    key_id, plain = await made(still, rate=1)
    await still.keys.actor_of(plain, "")
    with pytest.raises(RateExceeded):
        await still.keys.actor_of(plain, "")

    await still.keys.change(key_id, {"rate": 100_000}, actor=SYSTEM)
    still.keys._now.go(seconds=1)  # type: ignore[attr-defined]

    assert await works(still, plain)


async def test_a_key_ends_when_it_expires_and_the_log_tells_who_tried(still: Engine, clock: Clock) -> None:
    _, plain = await made(still, expires_at=(clock.now + timedelta(hours=1)).isoformat())
    assert await works(still, plain)
    clock.go(hours=1)

    for _ in range(3):
        with pytest.raises(KeyRefused, match=r"^This API key has expired\.$"):
            await still.keys.actor_of(plain, "10.0.0.9")

    (entry,) = await eventually(lambda: told(still, "key.refused"))
    assert (entry["by"], entry["after"]) == ("dialer", {"because": "has expired"})
    assert plain[:11] in entry["subject"] and plain[12:] not in entry["subject"]


async def test_revoked_it_works_no_more_at_once(still: Engine) -> None:
    key_id, plain = await made(still)
    assert await works(still, plain)

    await still.keys.revoke(key_id, actor=ADMIN)
    await still.keys.revoke(key_id, actor=ADMIN)

    assert not await works(still, plain)
    assert len(await told(still, "key.revoked")) == 1


async def test_revoked_while_it_is_looked_up(still: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id, plain = await made(still)
    read, found, go_on = still._store.key_by_hash, asyncio.Event(), asyncio.Event()

    async def slowly(key_hash: bytes) -> object:
        key = await read(key_hash)
        found.set()
        await go_on.wait()
        return key

    monkeypatch.setattr(still._store, "key_by_hash", slowly)
    asking = asyncio.ensure_future(works(still, plain))
    await found.wait()
    await still.keys.revoke(key_id, actor=ADMIN)
    go_on.set()

    assert not await asking
    assert not await works(still, plain)


async def test_revoked_by_another_process_it_ends_within_seconds(still: Engine, tmp_path: Path, clock: Clock) -> None:
    key_id, plain = await made(still)
    assert await works(still, plain)
    other = opened(tmp_path, clock)
    await other.open()
    await other.keys.revoke(key_id, actor=ADMIN)
    await other.close()

    clock.go(seconds=KNOWN_SECONDS + 0.1)

    assert not await works(still, plain)


@pytest.mark.parametrize("hours", [0, 1, 24, 168])
async def test_rolled_the_old_one_lives_on_for_the_chosen_time(still: Engine, clock: Clock, hours: int) -> None:
    ends = (clock.now + timedelta(days=30)).isoformat()
    settings = {
        "role": "manager",
        "scopes": ["read", "ingest"],
        "types": ["call.ended"],
        "rate": 70,
        "expires_at": ends,
    }
    key_id, old = await made(still, **settings)
    clock.go(days=10)

    rolled, new = await still.keys.roll(key_id, timedelta(hours=hours), actor=ADMIN)
    before = await still.keys.get(key_id, actor=ADMIN)

    assert rolled.settings.expires_at == clock.now + timedelta(days=30)
    assert (rolled.settings.scopes, rolled.settings.rate) == (before.settings.scopes, 70)
    assert (rolled.settings.types, rolled.settings.role) == (before.settings.types, Role.MANAGER)
    assert await works(still, old) is (hours > 0)
    clock.go(hours=hours, seconds=1)
    assert (await works(still, old), await works(still, new)) == (False, True)
    (entry,) = await told(still, "key.rolled")
    assert rolled.prefix in entry["after"]["by"]


async def test_what_has_ended_is_neither_rolled_nor_changed(still: Engine, clock: Clock) -> None:
    key_id, _ = await made(still)
    with pytest.raises(InvalidKey, match="overlap"):
        await still.keys.roll(key_id, timedelta(minutes=1), actor=ADMIN)
    await still.keys.revoke(key_id, actor=ADMIN)

    with pytest.raises(InvalidKey, match="was revoked"):
        await still.keys.roll(key_id, timedelta(0), actor=ADMIN)
    with pytest.raises(InvalidKey, match="was revoked"):
        await still.keys.change(key_id, {"name": "x"}, actor=ADMIN)


async def test_a_change_is_audited_and_holds_at_once(still: Engine) -> None:
    key_id, plain = await made(still, role="manager")
    assert (await still.keys.actor_of(plain, "")).scopes == frozenset(Scope) - {Scope.PEOPLE}

    await still.keys.change(key_id, {"scopes": ["read"], "name": "reports"}, actor=ADMIN)

    actor = await still.keys.actor_of(plain, "")
    assert (actor.name, actor.scopes) == ("reports", {Scope.READ})
    (entry,) = await told(still, "key.changed")
    assert entry["before"] == {"name": "dialer", "scopes": ["ingest", "manage", "read"]}
    assert entry["after"] == {"name": "reports", "scopes": ["read"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "\u200b\u2060"}, "name"),
        ({"name": "dia\nler"}, "name"),
        ({"role": "boss"}, "role"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read"]}, "scopes"),
        ({"scopes": ["everything"]}, "scopes[0]"),
        ({"types": ["call.endet"]}, "types"),
        ({"types": "call.ended"}, "types"),
        ({"rate": 0}, "rate"),
        ({"rate": "many"}, "rate"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2040-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"admin": True}, "admin"),
    ],
)
async def test_what_makes_no_sense_is_named(api: Api, changes: dict, field: str) -> None:
    answer = await api.post("/keys", json={"name": "k", "role": "agent", **changes})

    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, [field])


NARROW = [
    ({"scopes": {Scope.MANAGE}}, {"role": "agent"}, "You lack the scope ingest"),
    ({"scopes": {Scope.MANAGE, Scope.INGEST}}, {"role": "user", "scopes": ["read"]}, "You lack the scope read"),
    ({"sends": {"call.ended"}}, {"role": "agent"}, "You may send call.ended alone"),
    ({"sends": {"call.ended"}}, {"role": "agent", "types": ["lead.generated"]}, "You may send call.ended alone"),
]


@pytest.mark.parametrize(("has", "wants", "words"), NARROW)
async def test_nobody_hands_out_more_than_they_have(still: Engine, has: dict, wants: dict, words: str) -> None:
    limited: dict[str, Any] = {name: frozenset(value) for name, value in has.items()}
    actor = Actor(kind="key", id=5, name="deploy", role=Role.ADMIN, **limited)
    with pytest.raises(Refused, match=words):
        await made(still, actor, **wants)

    key_id, _ = await made(still, **wants)
    with pytest.raises(Refused, match=words):
        await still.keys.roll(key_id, timedelta(0), actor=actor)
    with pytest.raises(Refused, match=words):
        await still.keys.change(key_id, {"name": "mine"}, actor=actor)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_keys_are_for_admins(api: Api, role: Role) -> None:
    calls = [("GET", ""), ("POST", ""), ("GET", "/1"), ("PATCH", "/1"), ("DELETE", "/1"), ("POST", "/1/roll")]
    answers = [await api.call(method, f"/api/v1/keys{path}", role=role, json={}) for method, path in calls]

    assert [answer.status_code for answer in answers] == [403] * 6


async def test_when_and_from_where_a_key_was_used_is_stored_now_and_then(still: Engine, clock: Clock) -> None:
    key_id, plain = await made(still)
    await still.keys.actor_of(plain, "10.0.0.8")
    await still.keys.actor_of(plain, "10.0.0.9")
    await still.keys.note_use()

    key = await still.keys.get(key_id, actor=ADMIN)
    assert (key.last_used_at, key.last_used_from) == (clock.now, "10.0.0.9")


async def test_a_call_reads_nothing_of_a_key_that_is_known(still: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    _, plain = await made(still)
    await still.keys.actor_of(plain, "")

    async def never(_: bytes) -> None:
        raise AssertionError("the disk was asked")

    monkeypatch.setattr(still._store, "key_by_hash", never)

    assert (await still.keys.actor_of(plain, "10.0.0.9")).address == "10.0.0.9"


@pytest.mark.parametrize("key", ["", "th_", "th_00000000_x", "x" * 10_000, "schlüssel", "th_00000000_" + "é" * 43])
async def test_what_is_no_key_is_answered_with_401(api: Api, key: str) -> None:
    header = f"Bearer {key}".encode()
    answer = await api.client.get("/api/v1/hooks", headers=[(b"authorization", header)])

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert key[:20] not in answer.text or len(key) < 5


async def test_a_key_in_the_address_counts_for_nothing(api: Api) -> None:
    answer = await api.client.get("/api/v1/hooks", params={"key": api.keys[Role.ADMIN]})

    assert answer.status_code == 401


async def test_the_role_of_an_event_is_that_of_its_key(api: Api) -> None:
    await api.post("/events", role=Role.AGENT, json={**EVENT, "role": "admin", "data": {"role": "admin"}})

    assert (await api.get("/events")).json()["items"][0]["role"] == "agent"


async def limited(api: Api, **settings: object) -> tuple[dict[str, str], int]:
    raw = {"name": "limited", "role": "admin", "rate": 100, "expires_at": "2999-01-01T00:00:00Z"}
    made = (await api.post("/keys", json=raw | settings)).json()
    return {"authorization": f"Bearer {made['key']}"}, made["id"]


async def test_a_key_does_not_lift_its_own_limits(api: Api) -> None:
    headers, id = await limited(api)

    changed = await api.client.patch(f"/api/v1/keys/{id}", json={"rate": None}, headers=headers)
    rolled = await api.client.post(f"/api/v1/keys/{id}/roll", json={"overlap": 0}, headers=headers)

    assert (changed.status_code, rolled.status_code) == (403, 403)
    assert "does not change itself" in changed.json()["detail"]


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"rate": 100, "expires_at": "2999-01-01T00:00:00Z"}, 201),
        ({"rate": 100}, 403),
        ({"rate": 100, "expires_at": "2999-01-02T00:00:00Z"}, 403),
        ({"rate": 101, "expires_at": "2998-01-01T00:00:00Z"}, 403),
        ({"expires_at": "2998-01-01T00:00:00Z"}, 403),
    ],
)
async def test_nor_does_a_key_that_it_makes(api: Api, settings: dict[str, object], status: int) -> None:
    headers, _ = await limited(api)
    raw = {"name": "child", "role": "agent", **settings}

    assert (await api.client.post("/api/v1/keys", json=raw, headers=headers)).status_code == status


async def test_a_key_without_a_rate_makes_none_that_is_faster_than_usual(api: Api) -> None:
    faster = await api.post("/keys", json={"name": "child", "role": "agent", "rate": 300_001})

    assert faster.status_code == 403


async def test_people_are_managed_only_by_keys_that_were_chosen_for_it(api: Api) -> None:
    usual, _ = await limited(api)
    chosen, _ = await limited(api, scopes=["manage", "people"])
    invitation = {"email": "eve@example.com", "role": "admin"}

    refused = await api.client.post("/api/v1/users", json=invitation, headers=usual)
    grown = await api.client.post(
        "/api/v1/keys",
        json={"name": "k", "role": "admin", "scopes": ["people"], "rate": 1, "expires_at": "2998-01-01T00:00:00Z"},
        headers=usual,
    )
    taken = await api.client.post("/api/v1/users", json=invitation, headers=chosen)

    assert (refused.status_code, grown.status_code, taken.status_code) == (403, 403, 201)
