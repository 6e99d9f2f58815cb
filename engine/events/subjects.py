"""Who an event is about: as text for people, and as a key to find events about the same subject. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from engine.model import Json

NAMES: Final = ("first_name", "last_name")
NUMBERS: Final = ("phone_number", "from_number")
OTHERS: Final = ("lead_id", "title", "campaign_name", "agent_name", "call_id")
"""Fields that show who an event is about, after its name; the first one present counts."""
ENTITIES: Final = ("lead_id", "call_id")
SUBJECTS: Final = ("lead_id", "call_id", "contact_id", "phone_number")
"""What a cooldown can apply to; the first field present counts."""
LONGEST_ABOUT: Final = 80
LONGEST_KEY: Final = 200


def about_of(data: Mapping[str, Json]) -> str:
    """For people, at most 80 characters: a name, else a number or an id; empty without any."""
    name = " ".join(str(data[part]) for part in NAMES if data.get(part))
    known = (str(data[field]) for field in (*NUMBERS, *OTHERS) if data.get(field))
    return (name or next(known, ""))[:LONGEST_ABOUT]


def entity_of(data: Mapping[str, Json]) -> str:
    """The lead or call, such as `lead_id:48213`, for chains and ordered hooks; empty without one."""
    return _first_of(data, ENTITIES)


def subject_of(data: Mapping[str, Json]) -> str:
    """The lead, call, contact or number, such as `lead_id:lead_48213`, for cooldowns; empty without one."""
    return _first_of(data, SUBJECTS)


def field_and_value(key: str) -> tuple[str, str]:
    """The parts of an entity or subject."""
    field, _, value = key.partition(":")
    return field, value


def _first_of(data: Mapping[str, Json], fields: Sequence[str]) -> str:
    known = (f"{field}:{data[field]}" for field in fields if data.get(field) not in (None, ""))
    return next(known, "")[:LONGEST_KEY]
