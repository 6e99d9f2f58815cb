"""The audit log is only added to, whoever asks."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from engine.model import AuditEntry, Role
from engine.ports import AuditQuery
from storage import migrate, sqlite
from storage.store import SqlStore
from tests.storage.conftest import NOW, url_of

ENTRY = AuditEntry(
    seq=0,
    at=NOW,
    actor="ada@example.com",
    kind="user",
    role=Role.ADMIN,
    address="127.0.0.1",
    action="hook.saved",
    subject="hook 3 “Leads”",
    before={"enabled": True},
    after={"enabled": False},
)


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'bob'", "DELETE FROM audit"])
async def test_an_entry_is_neither_changed_nor_taken_away(store: SqlStore, tmp_path: Path, change: str) -> None:
    await store.add_audit(ENTRY)

    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            connection.execute(change)
        (found,) = connection.execute("SELECT actor, action, before, after FROM audit").fetchall()
    assert found[:2] == ("ada@example.com", "hook.saved")
    assert [orjson.loads(text) for text in found[2:]] == [{"enabled": True}, {"enabled": False}]


SAID = (
    ("ada@example.com", "hook.saved", "hook 3 “Leads”", {"enabled": False}),
    ("mia@example.com", "hook.deleted", "hook 3 “Leads”", None),
    ("ada@example.com", "key.created", "key 1 “dialer”", {"role": "agent"}),
    ("zoë", "sign_in.failed", "user zoë", None),
    ("ada@example.com", "hook.saved", "hook 4 “Façade”", {"condition": "call_duration > 60"}),
)


@pytest.fixture
async def full(store: SqlStore) -> SqlStore:
    """An entry an hour."""
    for hours, (actor, action, subject, after) in enumerate(SAID):
        at = NOW + timedelta(hours=hours)
        await store.add_audit(
            replace(ENTRY, at=at, actor=actor, action=action, subject=subject, before=None, after=after)
        )
    return store


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"action": "hook"}, [5, 2, 1]),
        ({"action": "hook."}, [5, 2, 1]),
        ({"action": "hook.saved"}, [5, 1]),
        ({"action": "hoo"}, []),
        ({"action": "'; DROP TABLE audit; --"}, []),
        ({"actor": "ada@example.com"}, [5, 3, 1]),
        ({"actor": "ada@example.com", "action": "hook"}, [5, 1]),
        ({"text": "leads"}, [2, 1]),
        ({"text": "facade"}, [5]),
        ({"text": "call_duration"}, [5]),
        ({"text": "mia@example.com"}, [2]),
        ({"text": "leads", "action": "hook.deleted"}, [2]),
        ({"text": "leads", "action": "hook", "actor": "ada@example.com"}, [1]),
        ({"text": '"'}, []),
        ({"since": NOW + timedelta(hours=2)}, [5, 4, 3]),
        ({"since": NOW + timedelta(hours=1), "until": NOW + timedelta(hours=3)}, [3, 2]),
        ({"text": "leads", "until": NOW + timedelta(hours=1)}, [1]),
        ({"cursor": "3", "action": "hook"}, [2, 1]),
        ({"limit": 2}, [5, 4]),
    ],
)
async def test_it_is_searched(full: SqlStore, query: dict, seqs: list[int]) -> None:
    page = await full.audit(AuditQuery(**query))

    assert [entry.seq for entry in page.items] == seqs
    assert page.next == ("4" if query.get("limit") else None)


async def test_what_and_who_there_is_to_choose_from(full: SqlStore) -> None:
    assert await full.audit_areas() == ["hook", "key", "sign_in"]
    assert await full.audit_actors() == ["ada@example.com", "mia@example.com", "zoë"]


async def test_nothing_to_choose_from(store: SqlStore) -> None:
    assert (await store.audit_areas(), await store.audit_actors()) == ([], [])


@pytest.mark.parametrize(
    ("column", "index"),
    [("area = 'hook'", "audit_by_area"), ("action = 'x'", "audit_by_action"), ("actor = 'x'", "audit_by_actor")],
)
async def test_every_choice_has_its_index_in_the_order_of_time(
    store: SqlStore, tmp_path: Path, column: str, index: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        asked = f"EXPLAIN QUERY PLAN SELECT * FROM audit WHERE {column} AND seq < 99 ORDER BY seq DESC LIMIT 51"
        plan = " ".join(row[3] for row in connection.execute(asked))

    assert index in plan
    assert "B-TREE" not in plan


async def test_entries_from_before_the_search_are_found_by_it(tmp_path: Path) -> None:
    engine = sqlite.write_engine(url_of(tmp_path))
    migrate.upgrade(engine, "0014")
    with engine.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO audit (at, actor, kind, role, address, action, subject)
                VALUES ('2025-09-09 14:27:00', 'ada', 'user', 'admin', '', 'hook.saved', 'an old hook')
            """)
        )
    migrate.upgrade(engine)
    engine.dispose()
    store = SqlStore(url_of(tmp_path))
    await store.open()
    page = await store.audit(AuditQuery(text="old hook"))
    await store.close()

    assert [entry.subject for entry in page.items] == ["an old hook"]
