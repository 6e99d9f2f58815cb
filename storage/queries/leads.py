"""Leads: saved with optimistic locking, searched by text, paginated by keyset."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, tuple_, update
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from engine.errors import Conflict, InvalidQuery, NotFound
from engine.model import Page
from engine.model.leads import Lead, LeadChange, LeadQuery, LeadRules, LeadSort, SavedRules, SaveLead
from engine.ports import Recorded
from storage.queries.kept_text import ids_with, keep_text
from storage.queries.seqs import seq_of
from storage.rows.events import recorded_of
from storage.rows.leads import change_of, change_values, lead_of, lead_values, rules_of, write_rules
from storage.tables import EventRow, LeadChangeRow, LeadEventRow, LeadRow, LeadRulesRow
from storage.texts import Asked, asked

MOST_CHANGES = 200

_LARGEST = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WORDS_OF = ("lead_id", "contact_id", "phone_number", "email", "first_name", "last_name")
_TEXT = "lead_text"


def save(session: Session, order: SaveLead) -> Lead:
    """Returns the lead with its id. Raises Conflict if it is not at the expected version."""
    connection = session.connection()
    values = lead_values(order.lead)
    if order.expected == 0:
        put = insert(LeadRow).values(**values).on_conflict_do_nothing(index_elements=["key"]).returning(col(LeadRow.id))
    else:
        at = col(LeadRow.id) == order.lead.id, col(LeadRow.version) == order.expected
        put = update(LeadRow).where(*at).values(**values).returning(col(LeadRow.id))
    lead_id = connection.execute(put).scalar()
    if lead_id is None:
        found = session.exec(select(LeadRow.version).where(LeadRow.key == order.lead.key)).first()
        raise Conflict("lead", order.lead.key, found or 0)
    keep_text(session, _TEXT, lead_id, _values(order.lead))
    _add_changes(session, lead_id, order)
    if order.event_id:
        _add_event(session, lead_id, order.event_id)
    return replace(order.lead, id=lead_id)


def one(session: Session, lead_id: int) -> Lead:
    """Raises NotFound."""
    row = session.get(LeadRow, lead_id) if 0 < lead_id <= _LARGEST else None
    if row is None:
        raise NotFound("lead", lead_id)
    return lead_of(row)


def by_key(session: Session, key: str) -> Lead | None:
    row = session.exec(select(LeadRow).where(LeadRow.key == key)).first()
    return lead_of(row) if row else None


def page(session: Session, query: LeadQuery) -> Page[Lead]:
    """Paginated by keyset. Raises InvalidQuery."""
    wanted = asked(query.text)
    found = _by_text(session, query, wanted) if wanted else _plainly(session, query)
    kept = found[: query.limit]
    more = len(found) > query.limit
    return Page(items=tuple(lead_of(row) for row in kept), next=_cursor(kept[-1], query.sort) if more else None)


def changes(session: Session, lead_id: int) -> list[LeadChange]:
    """Newest first; the last two hundred are kept per lead."""
    rows = select(LeadChangeRow).where(LeadChangeRow.lead_id == lead_id).order_by(col(LeadChangeRow.seq).desc())
    return [change_of(row) for row in session.exec(rows)]


def events(session: Session, lead_id: int, limit: int, cursor: str | None) -> Page[Recorded]:
    """Newest first. Raises InvalidQuery."""
    seq = col(LeadEventRow.event_seq)
    statement = select(EventRow).join(LeadEventRow, seq == col(EventRow.seq)).where(LeadEventRow.lead_id == lead_id)
    if cursor is not None:
        statement = statement.where(seq < seq_of(cursor))
    found = [recorded_of(row) for row in session.exec(statement.order_by(seq.desc()).limit(limit + 1))]
    kept = found[:limit]
    return Page(items=tuple(kept), next=str(kept[-1].seq) if len(found) > limit else None)


def latest_events(session: Session, limit: int) -> list[Recorded]:
    seq = col(LeadEventRow.event_seq)
    newest = select(seq).distinct().order_by(seq.desc()).limit(limit)
    rows = select(EventRow).where(col(EventRow.seq).in_(newest)).order_by(col(EventRow.seq).desc())
    return [recorded_of(row) for row in session.exec(rows)]


def rules(session: Session) -> SavedRules | None:
    """The newest version."""
    row = session.exec(select(LeadRulesRow).order_by(col(LeadRulesRow.version).desc()).limit(1)).first()
    return rules_of(row) if row else None


def save_rules(session: Session, new_rules: LeadRules, expected: int | None, by: str, at: datetime) -> SavedRules:
    """Returns the rules with their version. Raises Conflict."""
    newest = rules(session)
    version = newest.version if newest else 0
    if expected is not None and expected != version:
        raise Conflict("the rules of", "leads", version)
    row = LeadRulesRow(version=version + 1, rules=write_rules(new_rules), saved_at=at, saved_by=by)
    session.add(row)
    session.flush()
    return rules_of(row)


def _plainly(session: Session, query: LeadQuery) -> list[LeadRow]:
    order = _order(query.sort)
    statement = select(LeadRow).order_by(*(part.desc() for part in order)).limit(query.limit + 1)
    if query.status is not None:
        statement = statement.where(LeadRow.status == query.status.value)
    if query.cursor is not None:
        statement = statement.where(tuple_(*order) < _place(query.cursor, query.sort))
    return list(session.exec(statement))


def _by_text(session: Session, query: LeadQuery, wanted: Asked) -> list[LeadRow]:
    """Matches are looked up and sorted here: using an index for the order would read all of it."""
    ids = ids_with(session, _TEXT, wanted, _shown(session, query.view))
    first, second = _order(query.sort)
    statement = select(first, second).where(second.in_(ids))
    if query.status is not None:
        statement = statement.where(LeadRow.status == query.status.value)
    places: list[tuple[Any, int]] = sorted(((key, id) for key, id in session.exec(statement)), reverse=True)
    if query.cursor is not None:
        after = _place(query.cursor, query.sort)
        places = [place for place in places if place < after]
    listed = [id for _, id in places[: query.limit + 1]]
    rows = {row.id: row for row in session.exec(select(LeadRow).where(second.in_(listed)))}
    return [rows[id] for id in listed]


def _shown(session: Session, view: Callable[[Lead], Lead] | None) -> Callable[[int], list[str]] | None:
    return None if view is None else lambda id: _values(view(lead_of(session.get_one(LeadRow, id))))


def _order(sort: LeadSort) -> tuple[Any, Any]:
    first = col(LeadRow.score) if sort is LeadSort.SCORE else col(LeadRow.last_seen_at)
    return first, col(LeadRow.id)


def _cursor(row: LeadRow, sort: LeadSort) -> str:
    first = str(row.score) if sort is LeadSort.SCORE else str(_micros(row.last_seen_at))
    return f"{first}-{row.id}"


def _place(cursor: str, sort: LeadSort) -> tuple[Any, int]:
    first, _, id = cursor.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in (first, id)):
        raise InvalidQuery("cursor", "Give what the page before named as `next`.")
    return (int(first) if sort is LeadSort.SCORE else _moment(int(first))), int(id)


def _add_changes(session: Session, lead_id: int, order: SaveLead) -> None:
    if not order.changes:
        return
    connection = session.connection()
    connection.execute(insert(LeadChangeRow), [change_values(lead_id, change) for change in order.changes])
    seq, of_lead = col(LeadChangeRow.seq), col(LeadChangeRow.lead_id) == lead_id
    last = session.exec(select(seq).where(of_lead).order_by(seq.desc()).offset(MOST_CHANGES).limit(1)).first()
    if last is not None:
        connection.execute(delete(LeadChangeRow).where(of_lead, seq <= last))


def _add_event(session: Session, lead_id: int, event_id: str) -> None:
    seq = session.exec(select(EventRow.seq).where(EventRow.id == event_id)).first()
    if seq is not None:
        put = insert(LeadEventRow).values(lead_id=lead_id, event_seq=seq).on_conflict_do_nothing()
        session.connection().execute(put)


def _values(lead: Lead) -> list[str]:
    found = (lead.fields.get(name) for name in _WORDS_OF)
    return [lead.key.partition(":")[2], *(str(value) for value in found if value)]


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _moment(micros: int) -> datetime:
    """Raises InvalidQuery."""
    try:
        return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        raise InvalidQuery("cursor", "Give what the page before named as `next`.") from None
