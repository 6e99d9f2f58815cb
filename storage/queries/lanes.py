"""Lane settings."""

from sqlmodel import Session, select

from engine.model import HookType, LaneSettings
from storage.rows.settings import read_lane, write_lane
from storage.tables import LaneRow


def lane_settings(session: Session) -> dict[HookType, LaneSettings]:
    return {HookType(row.type): read_lane(row.settings) for row in session.exec(select(LaneRow))}


def save_lane(session: Session, type: HookType, settings: LaneSettings) -> None:
    session.merge(LaneRow(type=type.value, settings=write_lane(settings)))
