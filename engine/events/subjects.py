"""Whom an event is about: in words for people, and as a key by which events about the same are found. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from engine.model import Json

NAMES: Final = ("first_name", "last_name")
NUMBERS: Final = ("phone_number", "from_number")
OTHERS: Final = ("lead_id", "title", "campaign_name", "agent_name", "call_id")
"""What shows whom an event is about: a name, or else the first of these that it has."""
ENTITIES: Final = ("lead_id", "call_id")
SUBJECTS: Final = ("lead_id", "call_id", "contact_id", "phone_number")
"""Whom a cooldown can be about: the first of these that an event names."""
LONGEST_ABOUT: Final = 80
LONGEST_KEY: Final = 200


def about_of(data: Mapping[str, Json]) -> str:
    """For people, in at most 80 characters: a name, else a number or an id; empty without any."""
    name = " ".join(str(data[part]) for part in NAMES if data.get(part))
    known = (str(data[field]) for field in (*NUMBERS, *OTHERS) if data.get(field))
    return (name or next(known, ""))[:LONGEST_ABOUT]


def entity_of(data: Mapping[str, Json]) -> str:
    """The lead or call, such as `lead_id:48213`, for chains and ordered hooks; empty without."""
    return _first_of(data, ENTITIES)


def subject_of(data: Mapping[str, Json]) -> str:
    """The lead, call, contact or number, such as `lead_id:lead_48213`, for cooldowns; empty without."""
    return _first_of(data, SUBJECTS)


def field_and_value(key: str) -> tuple[str, str]:
    """The parts of an entity or subject."""
    field, _, value = key.partition(":")
    return field, value


def _first_of(data: Mapping[str, Json], fields: Sequence[str]) -> str:
    known = (f"{field}:{data[field]}" for field in fields if data.get(field) not in (None, ""))
    return next(known, "")[:LONGEST_KEY]
