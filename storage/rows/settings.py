"""Converts lane settings to rows and back."""

from pydantic import TypeAdapter

from engine.model import LaneSettings

_LANE = TypeAdapter(LaneSettings)


def write_lane(settings: LaneSettings) -> str:
    return _LANE.dump_json(settings).decode()


def read_lane(text: str) -> LaneSettings:
    return _LANE.validate_json(text)
