"""The audit log is only added to, whoever asks."""

import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from engine.model import AuditEntry, Role
from storage.store import SqlStore
from tests.storage.conftest import NOW

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
