"""Executions by the text of their events, newest events first.

The index of the text is read a stretch at a time, and the executions of those events looked up: so the work is bounded
however many events hold the words, and however few of their executions are asked for.
"""

from dataclasses import replace

from sqlmodel import Session, col, select

from engine.errors import InvalidQuery
from engine.model import Execution, Page
from engine.ports import ExecutionQuery
from storage.queries.execution_pages import conditions
from storage.queries.jobs import joined
from storage.queries.listing import LIGHT, listed
from storage.queries.text_index import MATCHES, TEXT, match
from storage.tables import ExecutionRow

STRETCH = 500
MOST_STRETCHES = 10
_LAST = 10**17

Place = tuple[int, int, int]
"""The event, hook and seq of the last execution that was given."""


def page(session: Session, query: ExecutionQuery) -> Page[Execution]:
    """May hold fewer than asked for, and still have a next one. Raises InvalidQuery."""
    after = _LAST, _LAST, _LAST
    if query.cursor is not None:
        after = _place(query.cursor)
    order = col(ExecutionRow.event_seq).desc(), col(ExecutionRow.hook_id), col(ExecutionRow.seq)
    statement = joined().where(*conditions(session, replace(query, cursor=None))).order_by(*order).options(LIGHT)
    found: list[Execution] = []
    for _ in range(MOST_STRETCHES):
        events = _events(session, query, after[0])
        rows = session.exec(statement.where(col(ExecutionRow.event_seq).in_(events))).all()
        rows = [row for row in rows if _comes_after(row[0], after)][: query.limit - len(found)]
        found += listed(session, rows)
        if len(found) == query.limit:
            last = rows[-1][0]
            return Page(items=tuple(found), next=f"{last.event_seq}-{last.hook_id}-{last.seq}")
        if len(events) < STRETCH:
            return Page(items=tuple(found))
        after = events[-1], _LAST, _LAST
    return Page(items=tuple(found), next="-".join(map(str, after)))


def _events(session: Session, query: ExecutionQuery, last: int) -> list[int]:
    """The seqs of events that hold the words, newest first, down from `last`."""
    words = match(query.text.split(), None, whole=query.whole_words)
    statement = select(TEXT.c.rowid).where(MATCHES, TEXT.c.rowid <= last).order_by(TEXT.c.rowid.desc()).limit(STRETCH)
    return list(session.exec(statement, params={"words": words}))


def _comes_after(row: ExecutionRow, after: Place) -> bool:
    event, hook, seq = after
    return row.event_seq < event or (row.event_seq == event and (row.hook_id, row.seq or 0) > (hook, seq))


def _place(cursor: str) -> Place:
    parts = cursor.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        raise InvalidQuery("cursor", "Give what the page before named as `next`.")
    event, hook, seq = map(int, parts)
    return event, hook, seq
