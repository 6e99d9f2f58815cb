"""The audit log: pages of it, and the index of its text, which a trigger fills with each entry."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import column, table, text
from sqlmodel import Session, col, select

from engine.model import AuditEntry, Page
from engine.ports import AuditQuery
from storage.queries.seqs import first_seq, seq_of
from storage.queries.text_index import match
from storage.rows.audit import audit_of, audit_row
from storage.tables import AuditRow

MOST_NAMES = 200
_TEXT = table("audit_text", column("rowid"))
_MATCHES = text("audit_text MATCH :words")


def add(session: Session, entry: AuditEntry) -> None:
    session.add(audit_row(entry))


def page(session: Session, query: AuditQuery) -> Page[AuditEntry]:
    """Newest first, by keyset. Raises InvalidQuery."""
    area, _, rest = query.action.partition(".")
    words = query.text.split()
    seq: Any = _TEXT.c.rowid if words else col(AuditRow.seq)
    statement = select(AuditRow).where(*_conditions(session, query, seq)).order_by(seq.desc()).limit(query.limit + 1)
    if area and not rest:
        statement = statement.where(col(AuditRow.area) == area)
    if words:
        statement = statement.select_from(_TEXT).join(AuditRow, col(AuditRow.seq) == _TEXT.c.rowid).where(_MATCHES)
    found = [audit_of(row) for row in session.exec(statement, params={"words": _match(words, query.actor)})]
    kept = found[: query.limit]
    return Page(items=tuple(kept), next=str(kept[-1].seq) if len(found) > query.limit else None)


def areas(session: Session) -> list[str]:
    return _distinct(session, "area")


def actors(session: Session) -> list[str]:
    """The first of them by name."""
    return _distinct(session, "actor")


def _distinct(session: Session, of: str) -> list[str]:
    """From one to the next by the index: as many looks as there are values, and not as there are entries."""
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


def _match(words: list[str], actor: str) -> str:
    """The actor's name stands in the text too, so that those of others are not looked at."""
    asked = [match(words, None)] if words else []
    return " AND ".join(asked + ([f'"{actor.replace(chr(34), "")}"'] if actor else []))


def _conditions(session: Session, query: AuditQuery, seq: Any) -> Iterable[Any]:
    """`seq` is the column that is read in order."""
    at = col(AuditRow.at)
    if query.cursor is not None:
        yield seq < seq_of(query.cursor)
    if query.action.partition(".")[2]:
        yield col(AuditRow.action) == query.action
    if query.actor:
        yield col(AuditRow.actor) == query.actor
    if query.since is not None:
        yield seq >= first_seq(session, col(AuditRow.seq), at, query.since)
        yield at >= query.since
    if query.until is not None:
        yield seq < first_seq(session, col(AuditRow.seq), at, query.until)
        yield at < query.until
