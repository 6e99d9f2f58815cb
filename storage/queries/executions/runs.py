"""Runs of rate-limited hooks, and the reasons for skipping."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import orjson
from sqlalchemy import TextClause, text
from sqlmodel import Session, col, select

from engine.model import Status
from engine.ports import Runs, RunsQuery
from storage.queries.executions.pages import created_within
from storage.tables import EventRow, ExecutionRow

STORED: Final = "%Y-%m-%d %H:%M:%S.%f"
"""As times are stored: text, in UTC."""
_ASKED: Final = """
WITH asked AS (
    SELECT key, value ->> 0 AS hook, value ->> 1 AS shadow, value ->> 2 AS subject, value ->> 3 AS since,
        value ->> 4 AS until, value ->> 5 AS every
    FROM json_each(:asked)
), found AS (
    SELECT asked.*,
        (SELECT run.counts_at FROM execution AS run WHERE {which} ORDER BY run.counts_at DESC LIMIT 1) AS newest
    FROM asked
)
SELECT key, newest, CASE WHEN every THEN (SELECT count(*) FROM execution AS run WHERE {which_of_found}) ELSE 1 END
FROM found WHERE newest IS NOT NULL
"""
_WHICH: Final = (
    "run.hook_id = asked.hook {about}AND run.counts_at > asked.since AND run.counts_at <= asked.until"
    " AND (run.status = 'shadowed') = asked.shadow"
)


def _statement(about: str) -> TextClause:
    which = _WHICH.format(about=about)
    return text(_ASKED.format(which=which, which_of_found=which.replace("asked.", "found.")))


RUNS: Final = _statement("")
RUNS_OF: Final = _statement("AND run.subject = asked.subject ")


def runs(session: Session, queries: Sequence[RunsQuery]) -> list[Runs]:
    """Returns one answer per query."""
    found: dict[int, Runs] = {}
    for statement, of_a_subject in ((RUNS, False), (RUNS_OF, True)):
        numbers = [number for number, query in enumerate(queries) if (query.subject is not None) == of_a_subject]
        if not numbers:
            continue
        asked = orjson.dumps([_values(queries[number]) for number in numbers]).decode()
        for place, newest, count in session.connection().execute(statement, {"asked": asked}):
            at = datetime.strptime(newest, STORED).replace(tzinfo=UTC)
            found[numbers[place]] = Runs(count=count, newest=at)
    return [found.get(number, Runs()) for number in range(len(queries))]


def reasons(session: Session, event_id: str) -> dict[int, tuple[Status, str]]:
    """By hook id. Replays have none."""
    rows = session.exec(
        select(ExecutionRow.hook_id, ExecutionRow.status, ExecutionRow.reason)
        .join(EventRow, col(EventRow.seq) == col(ExecutionRow.event_seq))
        .where(col(EventRow.id) == event_id, col(ExecutionRow.reason) != "")
    )
    return {hook_id: (Status(status), reason) for hook_id, status, reason in rows}


def skipped_since(session: Session, hook_id: int, since: datetime) -> bool:
    statement = select(ExecutionRow.seq).where(
        col(ExecutionRow.hook_id) == hook_id,
        col(ExecutionRow.status) == Status.SKIPPED.value,
        *created_within(session, since, None),
    )
    return session.exec(statement.limit(1)).first() is not None


def _values(query: RunsQuery) -> list[object]:
    times = (query.after.astimezone(UTC).strftime(STORED), query.until.astimezone(UTC).strftime(STORED))
    return [query.hook_id, query.shadow, query.subject, *times, query.all]
