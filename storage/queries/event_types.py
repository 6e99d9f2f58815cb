"""Event types that a team added."""

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from engine.model.event_types import OwnType, OwnTypeSettings
from storage.tables import EventTypeRow

_SETTINGS = TypeAdapter(OwnTypeSettings)


def every(session: Session) -> list[OwnType]:
    rows = session.exec(select(EventTypeRow).order_by(col(EventTypeRow.type)))
    return [
        OwnType(
            type=row.type,
            settings=_SETTINGS.validate_json(row.settings),
            created_at=row.created_at,
            created_by=row.created_by,
        )
        for row in rows
    ]


def save(session: Session, own: OwnType) -> None:
    session.merge(
        EventTypeRow(
            type=own.type,
            settings=_SETTINGS.dump_json(own.settings).decode(),
            created_at=own.created_at,
            created_by=own.created_by,
        )
    )


def remove(session: Session, name: str) -> None:
    if row := session.get(EventTypeRow, name):
        session.delete(row)
