"""The fields of what sources send, by hour, and those that have changed."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from engine.errors import NotFound
from engine.model.sources.drift import Drift, FieldHour
from storage.tables import DriftRow, FieldHourRow, SourceRow


def hours(session: Session, source_id: int, type: str, since: int) -> list[FieldHour]:
    statement = select(FieldHourRow).where(
        FieldHourRow.source_id == source_id, FieldHourRow.type == type, FieldHourRow.hour >= since
    )
    return [
        FieldHour(source_id=source_id, type=type, hour=row.hour, events=row.events, fields=json.loads(row.fields))
        for row in session.exec(statement.order_by(col(FieldHourRow.hour)))
    ]


def save_hours(session: Session, counted: Sequence[FieldHour], oldest: int) -> None:
    known = set(session.exec(select(SourceRow.id)))
    for one in counted:
        if one.source_id in known:
            values: dict[str, Any] = {**asdict(one), "fields": json.dumps(one.fields)}
            session.merge(FieldHourRow(**values))
    session.connection().execute(delete(FieldHourRow).where(col(FieldHourRow.hour) < oldest))


def ongoing(session: Session) -> list[Drift]:
    statement = select(DriftRow).where(col(DriftRow.ended_at).is_(None)).order_by(col(DriftRow.id).desc())
    return [_drift_of(row) for row in session.exec(statement)]


def add(session: Session, drift: Drift) -> Drift:
    if session.get(SourceRow, drift.source_id) is None:
        raise NotFound("source", drift.source_id)
    values: dict[str, Any] = {**asdict(drift), "id": None}
    row = DriftRow(**values)
    session.add(row)
    session.flush()
    return _drift_of(row)


def change(session: Session, drift: Drift) -> None:
    if row := session.get(DriftRow, drift.id):
        row.ended_at, row.successor = drift.ended_at, drift.successor


def remove_of(session: Session, source_id: int) -> None:
    """With a source."""
    for table in (FieldHourRow, DriftRow):
        session.connection().execute(delete(table).where(col(table.source_id) == source_id))


def _drift_of(row: DriftRow) -> Drift:
    return Drift(
        id=row.id or 0,
        source_id=row.source_id,
        type=row.type,
        path=row.path,
        kind=row.kind,
        before=row.before,
        came=row.came,
        events=row.events,
        since=row.since,
        became=row.became,
        successor=row.successor,
        found_at=row.found_at,
        ended_at=row.ended_at,
    )
