"""Candidate events for a text search, newest first: from the index, or one by one where it is not filled yet."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from engine.model import View
from storage.queries.finding import Read
from storage.queries.text_index import last_indexed, match, text_of
from storage.rows.events import event_of
from storage.tables import EventRow
from storage.texts import Asked, searchable, values_in

_WHAT = "seq, event.id, CASE WHEN :test IS NULL OR test = :test THEN data END AS data, attributes"
_PLAIN = f"SELECT {_WHAT} FROM event WHERE seq >= :low AND seq < :before ORDER BY seq DESC LIMIT :most"  # noqa: S608
_OF_TYPE = _PLAIN.replace("WHERE", "WHERE type = :type AND")
_BY_INDEX = f"""
    SELECT {_WHAT} FROM event_text JOIN event ON seq = event_text.rowid
    WHERE event_text MATCH :words AND event_text.rowid >= :low AND event_text.rowid < :before
    ORDER BY event_text.rowid DESC LIMIT :most
"""  # noqa: S608 (our own words)
_OF_TYPE_BY_INDEX = _BY_INDEX.replace("MATCH :words", "MATCH :words AND type = :type")


def events_with(
    session: Session,
    asked: Asked,
    low: int,
    *,
    type: str | None = None,
    test: bool | None = None,
    view: View | None = None,
) -> Read:
    """From `low` on; an event that does not match `test` gets an empty text, and one that does, with `view`, what is
    within reach of who sees it so."""
    last = last_indexed(session)
    words = match(session, "event_text", asked, type)
    plain, by_index = text(_PLAIN if type is None else _OF_TYPE), text(_BY_INDEX if type is None else _OF_TYPE_BY_INDEX)
    given = {"type": type, "test": test, "words": words}

    def rows(statement: Any, low: int, before: int, most: int) -> Iterator[tuple[int, str]]:
        where = given | {"low": low, "before": before, "most": most}
        for row in session.connection().execute(statement, where):
            found = "" if row.data is None else text_of(row.id, row.data, row.attributes)
            if view is not None and asked.is_in(found):
                found = asked.within_reach(found, _shown(session, row.seq, view))
            yield row.seq, found

    def read(before: int, most: int) -> Iterator[tuple[int, str]]:
        if words is None:
            yield from rows(plain, low, before, most)
            return
        for seq, found in rows(plain, max(low, last + 1), before, most):
            most -= 1
            yield seq, found
        if most:
            yield from rows(by_index, low, min(before, last + 1), most)

    return read


def _shown(session: Session, seq: int, view: View) -> str:
    event = view(event_of(session.get_one(EventRow, seq)))
    return searchable((event.id, *values_in([event.data, event.attributes])))
