"""The ledger: what came in is what went out, failed, was skipped, or still waits. Read from the database itself."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ledger:
    """Of one database, once the server has stopped. `skipped` are events that no hook fired for."""

    accepted: set[str]
    undecided: set[str]
    skipped: set[str]
    statuses: dict[str, str]
    """Of executions, by id."""


def read_ledger(data_dir: Path) -> Ledger:
    with closing(sqlite3.connect(f"file:{data_dir / 'trigger-hooks.db'}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        events = database.execute("SELECT id, seq, revision FROM event WHERE NOT test").fetchall()
        executions = database.execute("SELECT id, event_seq, status FROM execution").fetchall()
        holes = database.execute(
            "SELECT execution_id FROM attempt GROUP BY execution_id HAVING max(number) <> count(*) OR min(number) <> 1"
        ).fetchall()
    assert holes == [], "attempts are numbered without holes"
    fired = {seq for _, seq, _ in executions}
    return Ledger(
        accepted={id for id, _, _ in events},
        undecided={id for id, _, revision in events if revision is None},
        skipped={id for id, seq, revision in events if revision is not None and seq not in fired},
        statuses={id: status for id, _, status in executions},
    )


def balance(ledger: Ledger, answered: set[str], called: Iterable[str]) -> None:
    """`answered` are the ids of events that were answered with 202, `called` the webhook ids that a sink saw."""
    assert answered <= ledger.accepted, "nothing that was accepted is missing"
    ends = {"succeeded", "failed", "cancelled", "shadowed", "skipped"}
    waits = {id for id, status in ledger.statuses.items() if status not in ends}
    ended = {id for id, status in ledger.statuses.items() if status in ends}
    fired = len(ledger.accepted) - len(ledger.skipped) - len(ledger.undecided)
    assert fired == len(ended) + len(waits), "each event that fired has exactly one execution of the one hook"
    delivered = {id for id, status in ledger.statuses.items() if status == "succeeded"}
    assert delivered <= set(called) <= set(ledger.statuses), "what is called is known, and what is delivered was called"
