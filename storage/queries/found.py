"""Executions by the text of their events. They come in the order of the events, in which the index is read."""

from dataclasses import replace

from sqlmodel import Session, col

from engine.errors import InvalidQuery
from engine.model import Execution, Page
from engine.ports import ExecutionQuery
from storage.queries.executions import conditions, jobs, joined
from storage.queries.history import MATCHES, TEXT, match
from storage.tables import ExecutionRow


def page(session: Session, query: ExecutionQuery) -> Page[Execution]:
    """The newest events first, and of each the newest executions. Raises InvalidQuery."""
    statement = joined().join(TEXT, TEXT.c.rowid == col(ExecutionRow.event_seq)).where(MATCHES)
    for condition in conditions(session, replace(query, cursor=None)):
        statement = statement.where(condition)
    if query.cursor is not None:
        event, seq = _place(query.cursor)
        below = (TEXT.c.rowid < event) | (col(ExecutionRow.seq) < seq)
        statement = statement.where(TEXT.c.rowid <= event, below)
    statement = statement.order_by(TEXT.c.rowid.desc(), col(ExecutionRow.seq).desc()).limit(query.limit + 1)
    rows = session.exec(statement, params={"words": match(query.text.split(), None)}).all()
    kept = rows[: query.limit]
    more = len(rows) > query.limit
    return Page(
        items=tuple(job.execution for job in jobs(session, kept)),
        next=f"{kept[-1][0].event_seq}-{kept[-1][0].seq}" if more else None,
    )


def _place(cursor: str) -> tuple[int, int]:
    event, _, seq = cursor.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in (event, seq)):
        raise InvalidQuery("cursor", "Give what the page before named as `next`.")
    return int(event), int(seq)
