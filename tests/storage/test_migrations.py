"""A database of every version before becomes one of this version, and nothing in it is lost.

Each revision is built as it was, with a row in every table that it had; later columns of a row are left out.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from engine.errors import StoreUnavailable
from engine.events.subjects import entity_of
from engine.model import Json, Role
from engine.model.leads import LeadQuery
from engine.ports import AuditQuery, DecidedEvent, EventQuery, ExecutionQuery, TaskQuery
from engine.secrets.headers import turned
from storage import migrate, sqlite
from storage.store import SqlStore
from storage.tables import SQLModel
from tests.storage.conftest import NOW, event, execution, url_of

REVISIONS: Final = sorted(
    script.revision for script in ScriptDirectory(str(files("storage") / "migrations")).walk_revisions()
)

pytestmark = pytest.mark.migrations
AT: Final = "2025-09-09 14:27:00.123456"
LATER: Final = "2025-09-09 15:00:00.000000"
INDEXES_OF_TEXT: Final = ("event_text", "task_text", "lead_text", "audit_text")

Row = dict[str, Any]


def definition(title: str) -> str:
    action = {"url": "https://example.com/", "headers": {"Authorization": "Bearer k", "X-Team": "Größe"}}
    return json.dumps({"title": title, "trigger": "call.ended", "actions": [action]}, separators=(",", ":"))


TASK: Final = json.dumps({"title": "Call Zoë back", "due_at": "2025-09-10T09:00:00Z"})
LINE: Final = json.dumps([{"hook_id": 1, "entity": "lead 7", "execution_id": "exe_1"}])
SCORE: Final = json.dumps({"value": 40, "start": 40, "threshold": 60, "rows": []})
MINUTE: Final = {"series_id": 1, "minute": 29_290_000, "count": 2, "sum": 5.5, "min": 1.5, "max": 4.0}

ROWS: Final[dict[str, list[Row]]] = {
    "user": [
        {"id": 1, "email": "Ada@example.com", "email_folded": "ada@example.com", "role": "admin", "password_hash": "h",
         "created_at": AT, "disabled_at": None, "last_sign_in_at": AT, "totp_secret": "sealed", "totp_step": 5},
        {"id": 2, "email": "bo@example.com", "email_folded": "bo@example.com", "role": "user", "password_hash": "h",
         "created_at": AT, "disabled_at": LATER},
    ],
    "session": [
        {"token_hash": b"t", "user_id": 1, "created_at": AT, "expires_at": LATER, "last_seen_at": AT,
         "address": "127.0.0.1", "device": "Firefox", "external": 1},
    ],
    "identity": [{"issuer": "https://login.example", "subject": "s", "user_id": 1, "created_at": AT}],
    "one_time_link": [{"user_id": 2, "token_hash": b"l", "expires_at": LATER, "drops_second_factor": 1}],
    "recovery_code": [{"user_id": 1, "code_hash": b"c"}],
    "api_key": [
        {"id": 1, "name": "dialer", "role": "agent", "prefix": "th_a", "key_hash": b"k", "created_at": AT,
         "revoked_at": None, "last_used_at": LATER, "scopes": "ingest", "types": "call.ended", "rate": 60,
         "expires_at": None, "created_by": "ada", "owner_id": None, "last_used_from": "127.0.0.1"},
    ],
    "hook": [
        {"id": 1, "key": "a", "version": 2, "definition": definition("Leads"), "created_at": AT, "updated_at": LATER,
         "deleted_at": None, "hits": 3, "last_hit_at": AT},
        {"id": 2, "key": "b", "version": 2, "definition": definition("Gone"), "created_at": AT, "updated_at": AT,
         "deleted_at": LATER, "hits": 0, "last_hit_at": None},
    ],
    "hook_secret": [{"hook_id": 1, "current": "whsec_eA==", "previous": "whsec_eQ==", "rotated_at": AT}],
    "hook_version": [
        {"revision": number, "hook_id": hook, "version": version, "definition": definition(title), "deleted": deleted,
         "saved_at": AT, "saved_by": "ada", "saved_by_kind": "user", "saved_by_id": 1}
        for number, hook, version, title, deleted in (
            (1, 1, 1, "Calls", 0), (2, 1, 2, "Leads", 0), (3, 2, 1, "Gone", 0), (4, 2, 2, "Gone", 1),
        )
    ],
    "hook_health": [{"hook_id": 1, "attempts": 2, "executions": 1, "failing_since": AT, "warned": 50}],
    "hook_hour": [{"hook_id": 1, "hour": 488_174, "succeeded": 3, "failed": 1}],
    "hook_case": [
        {"id": 1, "hook_id": 1, "name": "long call", "role": "agent", "data": '{"call_duration":187}', "fires": 1,
         "created_at": AT, "created_by": "ada"},
    ],
    "timer": [{"hook_id": 1, "due_at": LATER}],
    "event": [
        {"seq": 1, "id": "evt_1", "type": "call.ended", "role": "agent", "occurred_at": AT, "received_at": AT,
         "data": '{"name":"Zoë"}', "test": 0, "revision": 2, "decided_at": AT, "chain": None, "cause": None,
         "attributes": '{"source":"/dialer"}', "sender": "key:1", "entity": "lead_id:l", "bulk": 1,
         "inherited": None},
        {"seq": 2, "id": "evt_2", "type": "call.ended", "role": "agent", "occurred_at": AT, "received_at": LATER,
         "data": "{}", "test": 0, "revision": None, "decided_at": None, "chain": LINE, "cause": "exe_1",
         "attributes": None, "sender": "", "entity": "", "bulk": 0,
         "inherited": '{"email":["bo@x.y"]}'},
    ],
    "execution": [
        {"seq": number, "id": f"exe_{number}", "event_seq": 1, "hook_id": 1, "hook_version": version, "type": "other",
         "status": status, "test": 0, "about": "Zoë", "entity": "", "created_at": AT, "finished_at": ended,
         "next_attempt_at": due, "reason": "", "subject": "", "counts_at": None,
         "bulk": 0}
        for number, version, status, ended, due in (
            (1, 1, "succeeded", LATER, None), (2, 2, "pending", None, None), (3, 2, "retrying", None, LATER),
        )
    ],
    "attempt": [
        {"seq": number, "execution_id": f"exe_{number}", "number": 1, "action": 0, "started_at": AT, "latency_ms": 12.5,
         "status_code": status, "error_class": error, "error_message": error,
         "request": '{"method":"POST","url":"https://example.com/","headers":{},"body":null}',
         "response": '{"status":200,"headers":{},"body":"ok","truncated":false}' if status else None}
        for number, status, error in ((1, 200, None), (3, None, "timeout"))
    ],
    "effect": [{"execution_id": "exe_1", "action": 0, "answer": '{"ok":true}', "performed_at": AT}],
    "lane": [{"type": "other", "settings": '{"concurrency":8,"timeout":5.0,"retries":"short"}'}],
    "setting": [{"name": "organisation", "value": '"Acme"'}],
    "replay": [
        {"id": 1, "query": '{"status":"failed"}', "state": "done", "total": 2, "done": 1, "left_out": 1, "cursor": 3,
         "last": 3, "created_at": AT, "created_by": "ada", "finished_at": LATER},
    ],
    "notice": [
        {"seq": 1, "at": AT, "tone": "bad", "title": "Hook fails", "text": "It does", "link": "/", "role": "admin",
         "user_id": 1, "inherited": None},
    ],
    "notices_read": [{"user_id": 1, "seq": 1}],
    "mail": [
        {"seq": 1, "address": "bo@x.y", "subject": "S", "text": "T", "created_at": AT, "due_at": AT, "tries": 2},
    ],
    "audit": [
        {"seq": 1, "at": AT, "actor": "ada", "kind": "user", "role": "admin", "address": "", "action": "hook.saved",
         "subject": "an old hook", "before": None, "after": '{"enabled":true}'},
    ],
    "task": [
        {"seq": 1, "id": "tsk_1", "definition": TASK, "due_at": LATER, "assigned_to": "bo", "created_at": AT,
         "created_by": "ada", "updated_at": AT, "done_at": None, "done_by": None, "deleted_at": None, "chain": LINE,
         "test": 0, "inherited": None},
    ],
    "task_text": [{"rowid": 1, "text": "call zoe back bo"}],
    "plan": [{"seq": 1, "kind": "follow_up", "task_id": "tsk_1", "due_at": LATER, "fired_at": None}],
    "lead": [
        {"id": 1, "key": "lead_id:7", "version": 1, "name": "Zoë", "status": "new", "status_by": "", "score": 40,
         "scored": SCORE, "fields": '{"name":"Zoë"}', "first_seen_at": AT, "last_seen_at": LATER,
         "last_event_type": "call.ended"},
    ],
    "lead_text": [{"rowid": 1, "text": "zoe"}],
    "lead_change": [
        {"seq": 1, "lead_id": 1, "at": AT, "what": "score", "before": "", "after": "40", "reason": "r", "by": "",
         "event_id": "evt_1", "execution_id": "exe_1"},
    ],
    "lead_event": [{"lead_id": 1, "event_seq": 1}],
    "lead_rules": [{"version": 1, "rules": '{"start":40,"threshold":60,"rows":[]}', "saved_at": AT, "saved_by": "ada"}],
    "metric_series": [
        {"id": 1, "metric": "talk", "label": "7", "label_name": "Zoë", "kind": "measure", "created_at": AT,
         "last_at": LATER},
    ],
    "metric_minute": [MINUTE],
    "metric_hour": [MINUTE],
    "metric_limit": [
        {"id": 1, "definition": '{"metric":"talk","comparison":"above","threshold":3.0}', "saved_at": AT,
         "saved_by": "ada"},
    ],
    "source": [
        {"id": 1, "platform": "retell", "name": "Main", "role": "agent", "types": "call.ended", "enabled": 1,
         "verify": None, "token": "sealed:t", "token_hash": b"s", "secret": "sealed:s", "previous_secret": "sealed:p",
         "previous_until": LATER, "created_at": AT, "created_by": "ada", "last_received_at": LATER,
         "mapping": '{"type":"event"}', "mapping_version": 1,
         "previous_token_hash": b"o", "previous_token_until": LATER},
    ],
    "source_hour": [{"source_id": 1, "hour": 488_174, "outcome": "accepted", "reason": "call.ended", "count": 3}],
    "source_body": [
        {"id": 1, "source_id": 1, "at": AT, "outcome": "accepted", "reason": "", "media_type": "application/json",
         "body": "{}", "events": '["evt_1"]', "headers": "{}", "query": ""},
    ],
    "field_hour": [{"source_id": 1, "type": "call.ended", "hour": 488_174, "events": 3, "fields": '{"x":{"text":3}}'}],
    "drift": [
        {"id": 1, "source_id": 1, "type": "call.ended", "path": "x", "kind": "text", "before": 0.98, "came": 0,
         "events": 16, "since": AT, "became": "", "successor": "y", "found_at": LATER, "ended_at": None},
    ],
    "event_type": [{"type": "invoice.paid", "settings": '{"label":"Invoice"}', "created_at": AT, "created_by": "ada"}],
    "metric_standing": [{"limit_id": 1, "series_id": 1, "beyond": 1, "value": 4.5, "since": AT}],
}  # fmt: skip
"""By table, those that others point at first."""


def upgrade(folder: Path, to: str = "head") -> None:
    engine = sqlite.write_engine(url_of(folder))
    migrate.upgrade(engine, to)
    engine.dispose()


def connect(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "test.db")
    connection.row_factory = sqlite3.Row
    return connection


def columns_of(connection: sqlite3.Connection, table: str) -> set[str]:
    """Empty where there is no such table. Those that are computed are left out."""
    columns = {row["name"] for row in connection.execute(f'PRAGMA table_info("{table}")')}
    return columns | {"rowid"} if columns and table in INDEXES_OF_TEXT else columns


def fill(folder: Path) -> dict[str, list[Row]]:
    """Gives what it stored."""
    stored: dict[str, list[Row]] = {}
    with closing(connect(folder)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for table, rows in ROWS.items():
            if columns := columns_of(connection, table):
                stored[table] = [{name: row[name] for name in row if name in columns} for row in rows]
            for row in stored.get(table, ()):
                insert(connection, table, row)
        if columns_of(connection, "audit_text") and not _has(connection, "audit_indexed"):
            connection.execute("INSERT INTO audit_text (rowid, text) VALUES (1, 'an old hook')")
    return stored


def insert(connection: sqlite3.Connection, table: str, row: Row) -> None:
    """What the table has no column for is left out."""
    known = {name: row[name] for name in row if name in columns_of(connection, table)}
    names, places = ", ".join(f'"{name}"' for name in known), ", ".join("?" * len(known))
    connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({places})', tuple(known.values()))


def _has(connection: sqlite3.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is not None


def read(folder: Path, stored: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The same columns of the same tables as there are now."""
    found: dict[str, list[Row]] = {}
    with closing(connect(folder)) as connection:
        for table, rows in stored.items():
            names = ", ".join(f'"{name}"' for name in rows[0])
            order = "" if table == "effect" else "ORDER BY rowid"
            now = [dict(row) for row in connection.execute(f'SELECT {names} FROM "{table}" {order}')]
            found[table] = [{name: row[name] for name in before} for before, row in zip(rows, now, strict=False)]
            found[table] += now[len(rows) :]
    return found


def schema(folder: Path) -> list[tuple[Any, ...]]:
    with closing(connect(folder)) as connection:
        asked = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
        return [tuple(row) for row in connection.execute(asked)]


def secret_header_marked(row: Row) -> Row:
    marked = json.loads(row["definition"])
    marked["actions"][0]["secret_headers"] = ["Authorization"]
    return row | {"definition": json.dumps(marked, separators=(",", ":"), ensure_ascii=False)}


def expected(stored: dict[str, list[Row]], revision: str) -> dict[str, list[Row]]:
    """What is stored, save for what a migration changes on purpose."""
    changed = dict(stored)
    if revision < "0005":  # who was signed in signs in again
        changed["session"] = []
    if revision < "0022":  # headers whose names say that they are secret are known as such
        for table in ("hook", "hook_version"):
            changed[table] = [secret_header_marked(row) for row in stored[table]]
    return changed


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A database of this version, and what the version of `revision` stored in it."""

    folder: Path
    revision: str
    stored: dict[str, list[Row]]


@pytest.fixture(scope="module", params=REVISIONS)
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    folder = tmp_path_factory.mktemp(f"from-{request.param}")
    upgrade(folder, request.param)
    stored = fill(folder)
    upgrade(folder)
    return Upgraded(folder, request.param, stored)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    folder = tmp_path_factory.mktemp("fresh")
    upgrade(folder)
    return schema(folder)


def test_every_table_has_a_row_here(tmp_path: Path) -> None:
    upgrade(tmp_path)
    with closing(connect(tmp_path)) as connection:
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        tables = {row["name"] for row in connection.execute(asked) if _is_a_plain_table(row["name"])}
        missing = {table: columns_of(connection, table) - set(rows[0]) for table, rows in ROWS.items()}

    assert tables - {"alembic_version"} == {table for table in ROWS if _is_a_plain_table(table)}
    assert {table for table, columns in missing.items() if columns} == set()


def test_nothing_is_lost_and_the_schema_is_that_of_a_fresh_database(
    upgraded: Upgraded, fresh: list[tuple[Any, ...]]
) -> None:
    assert read(upgraded.folder, upgraded.stored) == expected(upgraded.stored, upgraded.revision)
    assert schema(upgraded.folder) == fresh
    with closing(connect(upgraded.folder)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert [row[0] for row in connection.execute("PRAGMA integrity_check")] == ["ok"]


async def test_what_was_stored_is_read_and_found_and_work_goes_on(tmp_path: Path, upgraded: Upgraded) -> None:
    stored = upgraded.stored
    shutil.copy(upgraded.folder / "test.db", tmp_path)
    store = SqlStore(url_of(tmp_path))
    await store.open()
    hooks = await store.hook_set()
    executions = (await store.executions(ExecutionQuery(until=NOW.replace(day=10)))).items
    found = (await store.events(EventQuery(text="Zoë"))).items
    waiting = [one.event.id for one in await store.undecided(10, set())]
    (accepted,) = await store.append([event("evt_new")])
    assert accepted is not None
    run = execution("exe_new", hooks.hooks[0], "evt_new")
    await store.decide([DecidedEvent(seq=accepted.seq, revision=hooks.revision, at=NOW, executions=(run,))])
    pending = [job.execution.id for job in await store.pending(1, 10, set())]
    versions = await store.hook_versions(2)
    user = await store.user_by_email("ada@example.com")
    key = await store.key(1)
    tasks = (await store.tasks(TaskQuery(text="call zoe"))).items
    leads = (await store.leads(LeadQuery(text="zoe"))).items
    audit = (await store.audit(AuditQuery(text="old"))).items
    await store.close()

    assert (hooks.revision, [hook.definition.title for hook in hooks.hooks]) == (4, ["Leads"])
    assert hooks.secrets[1].previous == "whsec_eQ=="
    assert [version.deleted for version in versions] == [True, False]
    assert [one.id for one in executions] == ["exe_3", "exe_2", "exe_1"]
    assert [len(one.attempts) for one in executions] == [1, 0, 1]
    assert [one.event.id for one in found] == ["evt_1"]
    assert (waiting, pending) == (["evt_2"], ["exe_2", "exe_new"])
    assert user is not None
    assert (user[0].role, user[1], key.settings.name) == (Role.ADMIN, "h", "dialer")
    assert [(one.id, one.chain[0].execution_id) for one in tasks] == ([("tsk_1", "exe_1")] if "task" in stored else [])
    assert [(one.key, one.score.value) for one in leads] == ([("lead_id:7", 40)] if "lead" in stored else [])
    assert [one.subject for one in audit] == (["an old hook"] if "audit" in stored else [])


async def test_text_of_before_is_found_within_words(tmp_path: Path) -> None:
    upgrade(tmp_path, "0015")
    fill(tmp_path)
    with closing(connect(tmp_path)) as before, before:
        before.execute("UPDATE task_text SET text = 'Call Zoë back bo'")
        before.execute("UPDATE lead_text SET text = 'Zoë +1 (415) 555-0132'")
    store = SqlStore(url_of(tmp_path))
    await store.open()
    found = (
        [one.id for one in (await store.tasks(TaskQuery(text="oë bac"))).items],
        [one.id for one in (await store.leads(LeadQuery(text="4155550132"))).items],
        [one.seq for one in (await store.audit(AuditQuery(text="LD HOO"))).items],
        [one.event.id for one in (await store.events(EventQuery(text="oe"))).items],
    )
    await store.close()

    assert found == (["tsk_1"], [1], [1], ["evt_1"])


def lead(id: int, key: str, seen: str, **changes: Any) -> Row:
    known = ROWS["lead"][0] | {"id": id, "key": key, "last_seen_at": seen, "fields": "{}"}
    return known | changes


async def test_leads_with_one_number_become_one(tmp_path: Path) -> None:
    upgrade(tmp_path, "0019")
    rows = [
        lead(1, "phone_number:14155550132", AT, name="Zoë", status="won", status_by="mia", fields='{"city":"Lyon"}'),
        lead(2, "phone_number:+14155550132", LATER, name="", version=4, fields='{"city":"Paris"}'),
        lead(3, "phone_number:0014155550132", AT, fields='{"tags":["a"]}'),
        lead(4, "phone_number:4155550132", AT),
        lead(5, "phone_number:004930123456", AT),
        lead(6, "phone_number:anonymous", AT),
        lead(7, "phone_number:+1", AT),
        lead(8, "lead_id:14155550132", AT),
    ]
    changes = [ROWS["lead_change"][0] | {"seq": number, "lead_id": number} for number in (1, 2)]
    with closing(connect(tmp_path)) as before, before:
        for table, some in (("lead", rows), ("lead_change", changes), ("event", ROWS["event"])):
            for row in some:
                insert(before, table, row)
        before.execute("INSERT INTO lead_event (lead_id, event_seq) VALUES (1, 1), (2, 1), (3, 2)")
    store = SqlStore(url_of(tmp_path))
    await store.open()
    merged = await store.lead(2)
    found = [one.id for one in (await store.leads(LeadQuery(text="14155550132"))).items]
    events = [one.event.id for one in (await store.lead_events(2, 10, None)).items]
    history = await store.lead_changes(2)
    keys = {one.id: one.key for one in (await store.leads(LeadQuery(limit=50))).items}
    await store.close()

    assert (merged.key, merged.name, merged.status, merged.status_by) == (
        "phone_number:+14155550132", "Zoë", "won", "mia",
    )  # fmt: skip
    assert merged.fields == {"city": "Paris", "tags": ["a"]}
    assert (sorted(events), len(history), found) == (["evt_1", "evt_2"], 2, [2])
    assert keys == {
        2: "phone_number:+14155550132",
        4: "phone_number:4155550132",
        5: "phone_number:+4930123456",
        6: "phone_number:anonymous",
        7: "phone_number:+1",
        8: "lead_id:14155550132",
    }


@pytest.mark.parametrize(
    "data", [{"lead_id": "l"}, {"lead_id": 7, "call_id": "c"}, {"lead_id": "", "call_id": "c" * 300}, {"agent": "a"}]
)
async def test_what_is_undecided_keeps_its_order_with_what_comes(tmp_path: Path, data: dict[str, Json]) -> None:
    upgrade(tmp_path, "0020")
    fill(tmp_path)
    with closing(connect(tmp_path)) as before, before:
        before.execute("UPDATE event SET data = ? WHERE revision IS NULL", (json.dumps(data),))
    store = SqlStore(url_of(tmp_path))
    await store.open()
    (found,) = await store.undecided(10, set())
    await store.close()

    assert found.event.entity == entity_of(data)


def test_a_migration_that_was_cut_off_leaves_nothing_and_starts_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sqlite.write_engine(url_of(tmp_path))

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", cut)
        with pytest.raises(KeyboardInterrupt):
            migrate.upgrade(engine)
    with closing(sqlite3.connect(tmp_path / "test.db")) as left:
        assert left.execute("SELECT name FROM sqlite_master").fetchall() == []

    migrate.upgrade(engine)
    engine.dispose()


async def test_a_database_of_the_version_before_is_brought_to_this_one(tmp_path: Path) -> None:
    engine = sqlite.write_engine(url_of(tmp_path))
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO hook (id, key, version, definition, created_at, updated_at, hits) VALUES"
            """ (1, 'a', 1, '{"title": "Ä", "trigger": "call.ended", "actions": [{"url": "https://example.com/"},"""
            """ {"url": "https://example.com/", "headers": {"x-api-key": "k", "X-Team": "sales"}}]}',"""
            " '2025-09-09 12:00:00.000000', '2025-09-09 12:00:00.000000', 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO hook_version (revision, hook_id, version, definition, deleted, saved_at, saved_by,"
            " saved_by_kind, saved_by_id) SELECT 1, id, 1, definition, 0, created_at, 'ada', 'user', 1 FROM hook"
        )
        connection.exec_driver_sql(
            "INSERT INTO event (seq, id, type, role, occurred_at, received_at, data, test, revision) VALUES"
            " (1, 'evt_1', 'call.ended', 'agent', '2025-09-09 12:00:00', '2025-09-09 12:00:00', '{}', 0, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO execution (seq, id, event_seq, hook_id, hook_version, type, status, test, about, created_at)"
            " VALUES (1, 'exe_1', 1, 1, 1, 'other', 'pending', 0, '', '2025-09-09 12:00:00.000000')"
        )
    engine.dispose()

    store = SqlStore(url_of(tmp_path))
    await store.open()
    (job,) = await store.pending(1, 10, set())
    seen: list[str] = []

    def seal(secret: str) -> str:
        seen.append(secret)
        return f"sealed {secret}"

    await store.reseal(seal, lambda definition: turned(definition, seal))
    (version,) = await store.hook_versions(1)
    await store.close()

    assert (job.execution.id, job.execution.entity, job.hook.definition.delivery.retries) == ("exe_1", "", None)
    assert seen == ["k", "k"]
    assert version.definition.title == "Ä"
    assert version.definition.actions[1].headers == {"x-api-key": "sealed k", "X-Team": "sales"}


async def test_the_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    engine = sqlite.write_engine(url_of(tmp_path))
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_a_plain_table})
        difference = compare_metadata(context, SQLModel.metadata)
    engine.dispose()

    assert difference == []


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    engine = sqlite.write_engine(url_of(tmp_path))
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="newer version"):
        migrate.upgrade(engine)
    engine.dispose()


def _is_a_plain_table(name: str | None, *_: object) -> bool:
    """The indexes of text, and what they consist of, are none."""
    return not (name or "").startswith(INDEXES_OF_TEXT)
