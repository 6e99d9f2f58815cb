"""Taking away what is old: found beside the writer in slices of a table, and taken away by the numbers of the rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import TextClause, bindparam, text
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from engine.model import Status
from engine.ports import Bounds, Old
from storage.queries.hook_stats import hour_of
from storage.queries.metrics import MINUTES_KEPT, minute_of
from storage.queries.seqs import first_seq
from storage.queries.text_index import forget_text
from storage.tables import EventRow, ExecutionRow

SLICE: Final = 5_000
"""So many row numbers are looked at in one step, whether old or not."""
_MOMENT: Final = UTCDateTime()
_GO_FIRST: Final = ", ".join(
    f"'{one}'" for one in (Status.SUCCEEDED, Status.CANCELLED, Status.SHADOWED, Status.SKIPPED)
)
_GO_LATER: Final = ", ".join(f"'{one}'" for one in (Status.FAILED, Status.PARKED))


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a slice that are old, and where the next slice begins."""

    rows: Sequence[int]
    place: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """`old` is what a row of `table` is asked, each for itself; `with_it` takes away what belongs to such rows.

    `grows` is the column that usually grows with the row's number, where there is one; `forget` takes the rows out of
    an index before they go.
    """

    table: str
    old: str
    with_it: tuple[TextClause, ...] = ()
    grows: tuple[Any, Any] | None = None
    forget: Callable[[Session, Iterable[int]], None] | None = None


def _of_rows(statement: str) -> TextClause:
    return text(statement).bindparams(bindparam("rows", expanding=True))


_KINDS: Final = {
    Old.HOOK_HOURS: _Kind("hook_hour", "hour < :failed_hour"),
    Old.SOURCE_HOURS: _Kind("source_hour", "hour < :failed_hour"),
    Old.SOURCE_BODIES: _Kind("source_body", "at < :before"),
    Old.NOTICES: _Kind("notice", "at < :failed_before"),
    Old.TASKS: _Kind(
        "task",
        "deleted_at < :failed_before OR (deleted_at IS NULL AND done_at < :failed_before)",
        (
            _of_rows("DELETE FROM task_text WHERE rowid IN :rows"),
            _of_rows("DELETE FROM plan WHERE task_id IN (SELECT id FROM task WHERE seq IN :rows)"),
        ),
    ),
    Old.SESSIONS: _Kind("session", "expires_at < :now"),
    Old.METRIC_MINUTES: _Kind("metric_minute", "minute < :minutes_before"),
    Old.METRIC_HOURS: _Kind("metric_hour", "minute < :hours_before"),
    Old.METRIC_SERIES: _Kind(
        "metric_series",
        """last_at < :series_before
        AND NOT EXISTS (SELECT 1 FROM metric_minute WHERE series_id = metric_series.id)
        AND NOT EXISTS (SELECT 1 FROM metric_hour WHERE series_id = metric_series.id)""",
        (_of_rows("DELETE FROM metric_standing WHERE series_id IN :rows"),),
    ),
    Old.EXECUTIONS: _Kind(
        "execution",
        f"""created_at < :before AND (status IN ({_GO_FIRST})
        OR (status IN ({_GO_LATER}) AND created_at < :failed_before))""",
        (
            _of_rows("DELETE FROM attempt WHERE execution_id IN (SELECT id FROM execution WHERE seq IN :rows)"),
            _of_rows("DELETE FROM effect WHERE execution_id IN (SELECT id FROM execution WHERE seq IN :rows)"),
        ),
        (col(ExecutionRow.seq), col(ExecutionRow.created_at)),
    ),
    Old.EVENTS: _Kind(
        "event",
        """received_at < :before AND revision IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM execution WHERE event_seq = event.seq)""",
        (_of_rows("DELETE FROM lead_event WHERE event_seq IN :rows"),),
        (col(EventRow.seq), col(EventRow.received_at)),
        forget_text,
    ),
}


def find(session: Session, kind: Old, bounds: Bounds, after: int, limit: int) -> Found | None:
    """Up to `limit` rows of the next slice; None behind the last one."""
    of = _KINDS[kind]
    first, last = session.connection().execute(text(f"SELECT min(rowid), max(rowid) FROM {of.table}")).one()  # noqa: S608
    if first is None:
        return None
    if of.grows is not None and not bounds.thorough:
        last = min(last, first_seq(session, *of.grows, bounds.before) - 1)
    begin = max(after, first - 1)
    if begin >= last:
        return None
    end = min(begin + SLICE, last)
    asked = _asked(of, f"rowid > :begin AND rowid <= :end AND ({of.old}) ORDER BY rowid LIMIT :limit")
    params = {**_params(bounds), "begin": begin, "end": end, "limit": limit}
    rows = session.connection().execute(asked, params).scalars().all()
    return Found(rows, rows[-1] if len(rows) == limit else end)


def take_away(session: Session, kind: Old, bounds: Bounds, rows: Sequence[int]) -> int:
    """Gives how many went: what has changed since it was found is asked once more."""
    of, connection = _KINDS[kind], session.connection()
    asked = _asked(of, f"rowid IN :rows AND ({of.old})").bindparams(bindparam("rows", expanding=True))
    going = connection.execute(asked, {**_params(bounds), "rows": rows}).scalars().all()
    if going:
        if of.forget is not None:
            of.forget(session, going)
        for statement in (*of.with_it, _of_rows(f"DELETE FROM {of.table} WHERE rowid IN :rows")):  # noqa: S608
            connection.execute(statement, {"rows": going})
    return len(going)


def _asked(of: _Kind, where: str) -> TextClause:
    statement = text(f"SELECT rowid FROM {of.table} WHERE {where}")  # noqa: S608 (our own words)
    moments = ("now", "before", "failed_before", "series_before")
    return statement.bindparams(*(bindparam(name, type_=_MOMENT) for name in moments if f":{name}" in where))


def _params(bounds: Bounds) -> dict[str, Any]:
    return {
        "now": bounds.now,
        "before": bounds.before,
        "failed_before": bounds.failed_before,
        "failed_hour": hour_of(bounds.failed_before),
        "minutes_before": minute_of(bounds.now - MINUTES_KEPT),
        "hours_before": minute_of(bounds.before),
        "series_before": bounds.before - timedelta(hours=1),
    }
