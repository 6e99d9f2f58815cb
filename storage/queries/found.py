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
    """The newest events first. Raises InvalidQuery.

    Sorted by event alone, as the index gives them: for any more, the database would gather and sort all that it finds.
    Within an event they come by hook and seq, as the execution's own index has them.
    """
    statement = joined().join(TEXT, TEXT.c.rowid == col(ExecutionRow.event_seq)).where(MATCHES)
    for condition in conditions(session, replace(query, cursor=None)):
        statement = statement.where(condition)
    if query.cursor is not None:
        event, hook, seq = _place(query.cursor)
        of_event = (col(ExecutionRow.hook_id) > hook) | (
            (col(ExecutionRow.hook_id) == hook) & (col(ExecutionRow.seq) > seq)
        )
        statement = statement.where(TEXT.c.rowid <= event, (TEXT.c.rowid < event) | of_event)
    statement = statement.order_by(TEXT.c.rowid.desc()).limit(query.limit + 1)
    rows = session.exec(statement, params={"words": match(query.text.split(), None)}).all()
    kept = rows[: query.limit]
    last = kept[-1][0] if len(rows) > query.limit else None
    return Page(
        items=tuple(job.execution for job in jobs(session, kept)),
        next=f"{last.event_seq}-{last.hook_id}-{last.seq}" if last else None,
    )


def _place(cursor: str) -> tuple[int, int, int]:
    parts = cursor.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        raise InvalidQuery("cursor", "Give what the page before named as `next`.")
    event, hook, seq = map(int, parts)
    return event, hook, seq
