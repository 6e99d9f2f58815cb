"""The audit log: its pages and its text index."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import column, table, text
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from engine.model import AuditEntry, Page
from engine.ports import AuditQuery
from storage.queries.finding import Budget, Read, find
from storage.queries.seqs import LAST_SEQ, first_seq, seq_of
from storage.queries.text_index import match
from storage.rows.audit import audit_of, audit_row
from storage.tables import AuditRow
from storage.texts import Asked, asked, folded, indexed, searchable, values_in

MOST_NAMES = 200
_TEXT = "audit_text"
_INDEX = text("INSERT INTO audit_text (rowid, text) VALUES (:seq, :text)")
_INDEXED = table(_TEXT, column("rowid"))
_ROWID: Any = _INDEXED.c.rowid
_MATCHES = text(f"{_TEXT} MATCH :words")
_PARTS: Any = tuple(
    col(part)
    for part in (AuditRow.actor, AuditRow.address, AuditRow.action, AuditRow.subject, AuditRow.before, AuditRow.after)
)


def add(session: Session, entry: AuditEntry) -> None:
    row = audit_row(entry)
    session.add(row)
    session.flush()
    searchable_text = _text_of(row.actor, row.address, row.action, row.subject, row.before, row.after)
    session.connection().execute(_INDEX, {"seq": row.seq, "text": indexed(searchable_text)})


def page(session: Session, query: AuditQuery) -> Page[AuditEntry]:
    """Newest first, paginated by keyset; a text search may return fewer than the limit and still have a next page.

    Raises InvalidQuery.
    """
    seq = col(AuditRow.seq)
    conditions = list(_conditions(session, query, seq))
    wanted = asked(query.text)
    if wanted is not None:
        return _by_text(session, query, wanted, conditions)
    statement = select(AuditRow).where(*conditions).order_by(seq.desc()).limit(query.limit + 1)
    found = [audit_of(row) for row in session.exec(statement)]
    kept = found[: query.limit]
    return Page(items=tuple(kept), next=str(kept[-1].seq) if len(found) > query.limit else None)


def _by_text(session: Session, query: AuditQuery, wanted: Asked, conditions: Sequence[Any]) -> Page[AuditEntry]:
    found = find(_entries(session, query, wanted, conditions), wanted, LAST_SEQ, query.limit + 1, Budget())
    kept = found.seqs[: query.limit]
    rows = session.exec(select(AuditRow).where(col(AuditRow.seq).in_(kept)).order_by(col(AuditRow.seq).desc()))
    return Page(items=tuple(map(audit_of, rows)), next=found.next(query.limit))


def _entries(session: Session, query: AuditQuery, wanted: Asked, conditions: Sequence[Any]) -> Read:
    """Adds the actor's name to the index query, so that other actors' entries are not read."""
    words = match(session, _TEXT, replace(wanted, words=(*wanted.words, *folded(query.actor).split())))
    seq: Any = col(AuditRow.seq) if words is None else _ROWID
    columns = select_columns(seq, *_PARTS).where(*conditions).order_by(seq.desc())
    if words is not None:
        columns = columns.select_from(_INDEXED).join(AuditRow, col(AuditRow.seq) == _ROWID).where(_MATCHES)

    def read(before: int, most: int) -> Iterator[tuple[int, str]]:
        given = {"words": words} if words else {}
        for seq_, *parts in session.connection().execute(columns.where(seq < before).limit(most), given):
            yield seq_, _text_of(*parts)

    return read


def _text_of(actor: str, address: str, action: str, subject: str, *changed: str | None) -> str:
    """`changed` values are JSON."""
    documents = [orjson.loads(one) for one in changed if one is not None]
    return searchable((actor, address, action, subject, *values_in(documents, names=True)))


def areas(session: Session) -> list[str]:
    return _distinct(session, "area")


def actors(session: Session) -> list[str]:
    """The first ones, by name."""
    return _distinct(session, "actor")


def _distinct(session: Session, of: str) -> list[str]:
    """Skips from one value to the next through the index, so the cost depends on distinct values, not on entries."""
    found = session.connection().execute(
        text(f"""
            WITH RECURSIVE value (name) AS (
                SELECT (SELECT {of} FROM audit ORDER BY {of} LIMIT 1)
                UNION ALL
                SELECT (SELECT {of} FROM audit WHERE {of} > name ORDER BY {of} LIMIT 1)
                FROM value WHERE name IS NOT NULL
            )
            SELECT name FROM value WHERE name IS NOT NULL LIMIT :most
        """),  # noqa: S608 (our own words)
        {"most": MOST_NAMES},
    )
    return [name for (name,) in found]


def _conditions(session: Session, query: AuditQuery, seq: Any) -> Iterable[Any]:
    """`seq` is the column that sets the order."""
    at = col(AuditRow.at)
    if query.cursor is not None:
        yield seq < seq_of(query.cursor)
    if query.action.partition(".")[2]:
        yield col(AuditRow.action) == query.action
    area, _, rest = query.action.partition(".")
    if area and not rest:
        yield col(AuditRow.area) == area
    if query.actor:
        yield col(AuditRow.actor) == query.actor
    if query.since is not None:
        yield seq >= first_seq(session, col(AuditRow.seq), at, query.since)
        yield at >= query.since
    if query.until is not None:
        yield seq < first_seq(session, col(AuditRow.seq), at, query.until)
        yield at < query.until
