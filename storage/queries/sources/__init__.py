"""Sources, their counts by hour, and their last bodies."""

import json
from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, func, select

from engine.errors import NotFound
from engine.model.sources import Outcome, Source, SourceBody, SourceCount
from storage.queries.sources import drift
from storage.rows.sources import body_of, body_row, count_of, source_of, source_values
from storage.tables import SourceBodyRow, SourceHourRow, SourceRow


def every(session: Session) -> list[Source]:
    return [source_of(row) for row in session.exec(select(SourceRow).order_by(col(SourceRow.id)))]


def add(session: Session, source: Source) -> Source:
    row = SourceRow(**source_values(source), created_at=source.created_at, created_by=source.created_by)
    session.add(row)
    session.flush()
    return source_of(row)


def change(session: Session, source: Source) -> None:
    row = _row(session, source.id)
    for name, value in source_values(source).items():
        setattr(row, name, value)


def remove(session: Session, source_id: int) -> None:
    row = _row(session, source_id)
    session.connection().execute(delete(SourceHourRow).where(col(SourceHourRow.source_id) == source_id))
    session.connection().execute(delete(SourceBodyRow).where(col(SourceBodyRow.source_id) == source_id))
    drift.remove_of(session, source_id)
    session.delete(row)


def note(session: Session, counts: Sequence[SourceCount], bodies: Sequence[SourceBody], most: int) -> None:
    known = {row.id: row for row in session.exec(select(SourceRow))}
    for one in counts:
        if one.source_id in known:
            _count(session, one)
    for body in bodies:
        if row := known.get(body.source_id):
            session.add(body_row(body))
            row.last_received_at = body.at
    session.flush()
    for source_id, outcome in {(body.source_id, body.outcome) for body in bodies}:
        _keep_newest(session, source_id, outcome, most)


def change_body(session: Session, body: SourceBody) -> None:
    """What became of it; nothing where it is gone."""
    if row := session.get(SourceBodyRow, body.id):
        row.outcome, row.reason = body.outcome.value, body.reason
        row.events = json.dumps(body.events)


def counts(session: Session, source_id: int, since: int) -> list[SourceCount]:
    statement = select(SourceHourRow).where(SourceHourRow.source_id == source_id, SourceHourRow.hour >= since)
    order = (col(SourceHourRow.hour), col(SourceHourRow.outcome), col(SourceHourRow.reason))
    return [count_of(row) for row in session.exec(statement.order_by(*order))]


def totals(session: Session, since: int) -> list[SourceCount]:
    columns = (col(SourceHourRow.source_id), col(SourceHourRow.outcome))
    statement = select(*columns, func.sum(SourceHourRow.count)).where(SourceHourRow.hour >= since).group_by(*columns)
    return [
        SourceCount(source_id=source_id, hour=since, outcome=Outcome(outcome), reason="", count=count)
        for source_id, outcome, count in session.exec(statement)
    ]


def bodies(session: Session, source_id: int) -> list[SourceBody]:
    statement = select(SourceBodyRow).where(SourceBodyRow.source_id == source_id).order_by(col(SourceBodyRow.id).desc())
    return [body_of(row) for row in session.exec(statement)]


def _count(session: Session, one: SourceCount) -> None:
    statement = insert(SourceHourRow).values(
        source_id=one.source_id, hour=one.hour, outcome=one.outcome.value, reason=one.reason, count=one.count
    )
    key = ["source_id", "hour", "outcome", "reason"]
    added = {"count": col(SourceHourRow.count) + one.count}
    session.connection().execute(statement.on_conflict_do_update(index_elements=key, set_=added))


def _keep_newest(session: Session, source_id: int, outcome: Outcome, most: int) -> None:
    """Of each outcome by itself: many that are accepted do not push out the one that was not."""
    of_these = (col(SourceBodyRow.source_id) == source_id, col(SourceBodyRow.outcome) == outcome.value)
    newest = select(SourceBodyRow.id).where(*of_these).order_by(col(SourceBodyRow.id).desc()).limit(most)
    session.connection().execute(delete(SourceBodyRow).where(*of_these, col(SourceBodyRow.id).not_in(newest)))


def _row(session: Session, source_id: int) -> SourceRow:
    row = session.get(SourceRow, source_id)
    if row is None:
        raise NotFound("source", source_id)
    return row
