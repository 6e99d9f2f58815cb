"""Keys on disk: what goes in comes out, and a migration leaves every key what it could do."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.errors import NotFound
from engine.model import ApiKey, KeySettings, Role, Scope
from storage import migrate, sqlite
from storage.store import SqlStore
from tests.storage.conftest import NOW, url_of

SETTINGS = KeySettings(
    name="dialer",
    role=Role.AGENT,
    scopes=frozenset({Scope.INGEST}),
    types=frozenset({"call.ended", "call.started"}),
    rate=600,
    expires_at=NOW + timedelta(days=30),
)
KEY = ApiKey(id=0, prefix="th_1", settings=SETTINGS, created_at=NOW, created_by="ada@example.com")


async def test_a_key_is_found_by_its_hash_also_after_its_end(store: SqlStore) -> None:
    key = await store.add_key(KEY, b"h")
    await store.touch_keys({key.id: (NOW, "10.0.0.1"), 99: (NOW, "")})
    used = replace(key, last_used_at=NOW, last_used_from="10.0.0.1")

    assert key == replace(KEY, id=key.id)
    assert await store.key_by_hash(b"h") == used == await store.key(key.id)
    assert await store.key_by_hash(b"other") is None
    await store.revoke_key(key.id, NOW)
    await store.revoke_key(key.id, NOW + timedelta(hours=1))
    assert await store.key_by_hash(b"h") == replace(used, revoked_at=NOW)


async def test_a_change_leaves_what_is_no_setting(store: SqlStore) -> None:
    key = await store.add_key(KEY, b"h")
    await store.revoke_key(key.id, NOW)
    other = KeySettings(name="dialer 2", role=Role.AGENT, scopes=frozenset({Scope.INGEST}))
    await store.change_key(key.id, other)

    assert await store.key(key.id) == replace(key, settings=other, revoked_at=NOW)


@pytest.mark.parametrize(("before", "ends"), [(None, 1), (30, 1), (0.5, 0.5)])
async def test_rolled_the_old_one_never_lives_longer_than_it_would(
    store: SqlStore, before: float | None, ends: float
) -> None:
    expires_at = NOW + timedelta(days=before) if before else None
    old = await store.add_key(replace(KEY, settings=replace(SETTINGS, expires_at=expires_at)), b"h")
    new = await store.roll_key(old.id, KEY, b"n", until=NOW + timedelta(days=1))

    assert (await store.key(old.id)).settings.expires_at == NOW + timedelta(days=ends)
    assert await store.key_by_hash(b"n") == new


async def test_keys_come_newest_first_by_pages(store: SqlStore) -> None:
    made = [await store.add_key(KEY, bytes([number])) for number in range(3)]
    first = await store.keys(2, None)
    rest = await store.keys(2, first.next)

    assert [*first.items, *rest.items] == made[::-1]
    assert rest.next is None


async def test_what_is_not_there(store: SqlStore) -> None:
    for ask in (store.key(9), store.revoke_key(9, NOW), store.change_key(9, SETTINGS)):
        with pytest.raises(NotFound, match="There is no key 9"):
            await ask


def test_keys_from_before_scopes_may_what_their_role_may(tmp_path: Path) -> None:
    engine = sqlite.write_engine(url_of(tmp_path))
    migrate.upgrade(engine, "0005")
    with engine.begin() as connection:
        for number, role in enumerate(Role):
            values = {"role": role.value, "hash": bytes([number]), "at": "2025-09-09 14:27:00"}
            insert = (
                "INSERT INTO api_key (name, role, prefix, key_hash, created_at) VALUES ('k', :role, 'th_', :hash, :at)"
            )
            connection.execute(text(insert), values)
    migrate.upgrade(engine)
    engine.dispose()

    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        scopes = dict(connection.execute("SELECT role, scopes FROM api_key").fetchall())
    assert scopes == {
        "agent": "ingest",
        "system": "ingest",
        "user": "ingest read",
        "manager": "ingest manage read",
        "admin": "ingest manage read",
    }
