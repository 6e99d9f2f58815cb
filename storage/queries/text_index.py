"""The text index of events, which finds candidates for a search. It is filled shortly after the events arrive.

It contains the trigrams of an event's id and of every value in its data and attributes, but neither field names nor
positions, so a search must check the text itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlmodel import Session

from storage.texts import Asked, indexed, mark, searchable, values_in

STEP_BYTES = 131_072
"""Of events that are indexed in one transaction: the writer needs some ten milliseconds; one event may be longer."""
MOST_GRAMS = 6
"""As many, the rarest, narrow it down; the others would only have to be read."""
RARE = 4
"""Of one that narrows it down, at most every fourth text has it."""
MOST_PROBED = 24
_PROBE = 100

_LAST_INDEXED = text("SELECT coalesce(max(id), 0) FROM event_text_docsize")
_NEXT = text("SELECT seq, id, type, data, attributes FROM event WHERE seq > :last ORDER BY seq LIMIT :most")
_STORED = text("SELECT seq, id, type, data, attributes FROM event WHERE seq = :seq AND seq <= :last")
_INDEX = text("INSERT INTO event_text (rowid, text) VALUES (:seq, :text)")
_FORGET = text("INSERT INTO event_text (event_text, rowid, text) VALUES ('delete', :seq, :text)")


def index_text(session: Session, limit: int) -> tuple[int, bool]:
    """How many it took, up to `limit`, and whether there are more: these were many, or long enough for once."""
    rows: list[Mapping[str, Any]] = []
    size = 0
    connection = session.connection()
    for row in connection.execute(_NEXT, {"last": last_indexed(session), "most": limit}):
        rows.append(_entry(*row))
        size += len(row.data)
        if size > STEP_BYTES:
            break
    if rows:
        connection.execute(_INDEX, rows)
    return len(rows), size > STEP_BYTES or len(rows) == limit


def last_indexed(session: Session) -> int:
    return session.connection().execute(_LAST_INDEXED).scalar_one()


def forget_text(session: Session, seqs: Iterable[int]) -> None:
    """The index does not store text, so deleting an entry takes the original text."""
    connection = session.connection()
    last = last_indexed(session)
    rows = [_entry(*row) for seq in seqs for row in connection.execute(_STORED, {"seq": seq, "last": last})]
    if rows:
        connection.execute(_FORGET, rows)


def text_of(id: str, data: str, attributes: str | None) -> str:
    """`data` and `attributes` are JSON."""
    documents = [orjson.loads(one) for one in (data, attributes) if one is not None]
    return searchable((id, *values_in(documents)))


def match(session: Session, index: str, asked: Asked, kind: str | None = None) -> str | None:
    """An FTS5 query for the index of that name; None if the index cannot help."""
    ways = [" AND ".join(_quoted(gram) for gram in _rarest(session, index, way)) for way in asked.grams()]
    if not ways:
        return None
    wanted = " OR ".join(f"({way})" for way in ways)
    return f"({wanted}) AND {_quoted(mark(kind))}" if kind is not None else wanted


def _rarest(session: Session, index: str, grams: Sequence[str]) -> Sequence[str]:
    """Judged by how far back the newest hundred texts with a gram reach."""
    if len(grams) <= 2:
        return grams
    probe = text(
        f"SELECT count(*), min(rowid) FROM (SELECT rowid FROM {index} WHERE {index} MATCH :gram"  # noqa: S608 (our own words)
        " ORDER BY rowid DESC LIMIT :most)"
    )
    connection, found = session.connection(), list[tuple[int, int, str]]()
    for gram in grams[:: -(-len(grams) // MOST_PROBED)]:
        count, last = connection.execute(probe, {"gram": _quoted(gram), "most": _PROBE}).one()
        if count == 0:
            return [gram]
        found.append((count, last or 0, gram) if count < _PROBE else (_PROBE, last, gram))
    last = connection.execute(text(f"SELECT max(id) FROM {index}_docsize")).scalar_one()  # noqa: S608
    rarest, *others = sorted(found)[:MOST_GRAMS]
    rare = [one for one in others if one[0] < _PROBE or last - one[1] >= RARE * _PROBE]
    return [gram for _, _, gram in (rarest, *rare)]


def _quoted(gram: str) -> str:
    return '"' + gram.replace('"', '""') + '"'


def _entry(seq: int, id: str, type: str, data: str, attributes: str | None) -> dict[str, Any]:
    return {"seq": seq, "text": indexed(text_of(id, data, attributes), type)}
