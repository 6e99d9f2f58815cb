"""Searches executions by the text of their events, newest events first.

Matching events are found in batches, then their executions are looked up. So the work is bounded, however many
events match and however few of their executions are wanted.
"""

from dataclasses import replace

from sqlmodel import Session, col

from engine.errors import InvalidQuery
from engine.model import Execution, Page
from engine.ports import ExecutionQuery
from storage.queries.executions.jobs import joined
from storage.queries.executions.listing import LIGHT, listed
from storage.queries.executions.pages import conditions
from storage.queries.finding import Budget, find
from storage.queries.text_search import events_with
from storage.tables import ExecutionRow
from storage.texts import Asked

STRETCH = 200
MOST_EVENTS = 1_000
_LAST = 10**17

Place = tuple[int, int, int]
"""The event, hook and seq of the last execution that was given."""


def page(session: Session, query: ExecutionQuery, asked: Asked) -> Page[Execution]:
    """May return fewer than the limit and still have a next page. Raises InvalidQuery."""
    after = _LAST, _LAST, _LAST
    if query.cursor is not None:
        after = _place(query.cursor)
    order = col(ExecutionRow.event_seq).desc(), col(ExecutionRow.hook_id), col(ExecutionRow.seq)
    statement = joined().where(*conditions(session, replace(query, cursor=None))).order_by(*order).options(LIGHT)
    read, budget = events_with(session, asked, 0, view=query.view), Budget(rows=MOST_EVENTS)
    given: list[Execution] = []
    while True:
        found = find(read, asked, after[0] + 1, STRETCH, budget)
        rows = session.exec(statement.where(col(ExecutionRow.event_seq).in_(found.seqs))).all()
        rows = [row for row in rows if _comes_after(row[0], after)][: query.limit - len(given)]
        given += listed(session, rows)
        if len(given) == query.limit:
            last = rows[-1][0]
            return Page(items=tuple(given), next=f"{last.event_seq}-{last.hook_id}-{last.seq}")
        if found.over:
            return Page(items=tuple(given))
        after = found.down_to - 1, 0, 0
        if budget.spent:
            return Page(items=tuple(given), next="-".join(map(str, after)))


def _comes_after(row: ExecutionRow, after: Place) -> bool:
    event, hook, seq = after
    return row.event_seq < event or (row.event_seq == event and (row.hook_id, row.seq or 0) > (hook, seq))


def _place(cursor: str) -> Place:
    parts = cursor.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        raise InvalidQuery("cursor", "Give what the page before named as `next`.")
    event, hook, seq = map(int, parts)
    return event, hook, seq
