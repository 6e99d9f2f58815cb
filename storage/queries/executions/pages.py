"""Looking up executions: one, or pages of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from engine.errors import NotFound
from engine.model import Execution, Job, Page, Status
from engine.ports import ExecutionQuery
from storage.queries.executions.jobs import jobs, joined
from storage.queries.executions.listing import LIGHT, listed
from storage.queries.executions.path import SENT_NOTHING
from storage.queries.seqs import first_seq, seq_of
from storage.tables import NOT_DELIVERED, NOT_SENT, PARKED, TEST, UNFINISHED, EventRow, ExecutionRow


def newest(session: Session) -> tuple[str, datetime] | None:
    order = col(ExecutionRow.seq).desc()
    return session.exec(select(ExecutionRow.id, ExecutionRow.created_at).order_by(order).limit(1)).first()


def one(session: Session, execution_id: str) -> Job:
    """Raises NotFound."""
    rows = session.exec(joined().where(col(ExecutionRow.id) == execution_id)).all()
    if not rows:
        raise NotFound("execution", execution_id)
    return jobs(session, rows)[0]


def page(session: Session, query: ExecutionQuery) -> Page[Execution]:
    """Newest first, paginated by keyset. Raises InvalidQuery."""
    statement = joined()
    for condition in conditions(session, query):
        statement = statement.where(condition)
    statement = statement.order_by(col(ExecutionRow.seq).desc()).limit(query.limit + 1)
    rows = session.exec(statement.options(LIGHT)).all()
    kept = rows[: query.limit]
    more = len(rows) > query.limit
    return Page(items=tuple(listed(session, kept)), next=str(kept[-1][0].seq) if more else None)


def conditions(session: Session, query: ExecutionQuery) -> Iterable[Any]:
    if query.cursor is not None:
        yield col(ExecutionRow.seq) < seq_of(query.cursor)
    if query.hook_id is not None:
        yield col(ExecutionRow.hook_id) == query.hook_id
    if query.event_id is not None:
        yield col(EventRow.id) == query.event_id
    if query.status is not None:
        yield from status_is(query.status)
    if query.type is not None:
        yield col(ExecutionRow.type) == query.type.value
    if query.test is not None:
        yield text(f"execution.{TEST}") if query.test else col(ExecutionRow.test).is_(False)
    yield from created_within(session, query.since, query.until)


def status_is(status: Status) -> Iterable[Any]:
    """Repeats the wording of the partial index for this status, if there is one, so that SQLite uses it."""
    if status in {Status.FAILED, Status.CANCELLED}:
        yield text(f"execution.{NOT_DELIVERED}")
    elif status in SENT_NOTHING:
        yield text(f"execution.{NOT_SENT}")
    elif status is Status.PARKED:
        yield text(f"execution.{PARKED}")
    elif status is not Status.SUCCEEDED:
        yield text(f"execution.{UNFINISHED}")
    yield col(ExecutionRow.status) == status.value


def created_within(session: Session, since: datetime | None, until: datetime | None) -> Iterable[Any]:
    seq, at = col(ExecutionRow.seq), col(ExecutionRow.created_at)
    if since is not None:
        yield seq >= first_seq(session, seq, at, since)
        yield at >= since
    if until is not None:
        yield seq < first_seq(session, seq, at, until)
        yield at < until
