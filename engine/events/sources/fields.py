"""Values of platforms as the catalogue has them: types, units, cases, numbers. Pure.

Every reader returns None for what it cannot read, so that the field is left out.
"""

import math
from collections.abc import Mapping
from typing import Final, cast

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

from engine.model import Json

SENTIMENTS: Final = {word: word for word in ("positive", "neutral", "negative", "unknown")}
DIRECTIONS: Final = {
    "inbound": "inbound",
    "incoming": "inbound",
    "outbound": "outbound",
    "outgoing": "outbound",
    "outbound-api": "outbound",
    "outbound-dial": "outbound",
    "inboundphonecall": "inbound",
    "outboundphonecall": "outbound",
}
PASSED_THROUGH: Final = (
    "lead_id",
    "contact_id",
    "first_name",
    "last_name",
    "email",
    "city",
    "country",
    "timezone",
    "campaign_id",
)
"""Fields that a team itself passes through a platform, in its metadata or variables."""

_LARGEST: Final = 2**53
_LONGEST_NUMBER: Final = 40


def at(document: Json, path: str) -> Json:
    """What is at a dotted path, such as `to.0.status`; None if nothing is."""
    value = document
    for name in path.split("."):
        if isinstance(value, dict):
            value = cast("dict[str, Json]", value).get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(cast("list[Json]", value)):
            value = cast("list[Json]", value)[int(name)]
        else:
            return None
    return value


def members(value: Json) -> dict[str, Json]:
    """Those of an object; none of anything else."""
    return cast("dict[str, Json]", value) if isinstance(value, dict) else {}


def entries(value: Json) -> list[Json]:
    """Those of a list; none of anything else."""
    return cast("list[Json]", value) if isinstance(value, list) else []


def first(document: Json, *paths: str) -> Json:
    """The first of the paths with something other than an empty value."""
    found = (at(document, path) for path in paths)
    return next((value for value in found if value not in (None, "")), None)


def text(value: Json) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def number(value: Json) -> float | int | None:
    """A finite number, also as text."""
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value if abs(value) < _LARGEST else None


def whole(value: Json, factor: float = 1) -> int | None:
    """A whole number, after multiplication by `factor`, such as 60 for minutes to seconds."""
    found = number(value)
    return None if found is None else round(found * factor)


def count(value: Json, factor: float = 1) -> int | None:
    """As `whole`, but nothing below zero."""
    found = whole(value, factor)
    return found if found is not None and found >= 0 else None


def score(value: Json) -> int | None:
    found = whole(value)
    return found if found is not None and 0 <= found <= 100 else None


def flag(value: Json) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def choice(value: Json, words: Mapping[str, str]) -> str | None:
    """One of our words for one of theirs, in any case."""
    return words.get(value.strip().lower()) if isinstance(value, str) else None


def e164(value: Json, *, international: bool = True) -> str | None:
    """A number as `+14155550132`; text that is no number (`client:ann`, `anonymous`) as it is.

    `international`: digits without `+` begin with the country, as Vonage and Plivo write them.
    """
    written = text(value)
    if written is None or len(written) > _LONGEST_NUMBER or not (plain := _with_country(written, international)):
        return written
    try:
        parsed = parse(plain)
    except NumberParseException:
        return written
    return format_number(parsed, PhoneNumberFormat.E164) if is_possible_number(parsed) else written


def _with_country(written: str, international: bool) -> str | None:
    if written.startswith("+") or written.lower().startswith("tel:+"):
        return written
    if written.startswith("00"):
        return f"+{written[2:]}"
    return f"+{written}" if international and written[0].isdigit() else None


def parties(direction: Json, caller: Json, called: Json) -> dict[str, Json]:
    """Both numbers, and which is the person's: the called one of outbound calls, else the caller's."""
    way = choice(direction, DIRECTIONS)
    from_number, to_number = e164(caller), e164(called)
    person = to_number if way == "outbound" else from_number if way == "inbound" else None
    return {"direction": way, "from_number": from_number, "to_number": to_number, "phone_number": person}


def names(value: Json) -> dict[str, Json]:
    """First and last name of a full name."""
    given, _, family = (text(value) or "").partition(" ")
    return {"first_name": given or None, "last_name": family.strip() or None}


def passed_through(*sources: Json) -> dict[str, Json]:
    """What the team itself passed, under our names; the first source that has a name counts."""
    found: dict[str, Json] = {}
    for name in PASSED_THROUGH:
        values = (text(members(one).get(name)) for one in sources)
        found[name] = next((value for value in values if value), None)
    full = next((value for one in sources if (value := text(first(one, "customer_name", "name")))), None)
    if full and not found["first_name"] and not found["last_name"]:
        found |= names(full)
    return found


def results(*sources: Json) -> dict[str, Json]:
    """What a platform's analysis found of the fields of a call, under our names."""
    found: dict[str, Json] = {}
    readers = {"lead_score": score, "disposition": text, "appointment_booked": flag}
    for name, read in readers.items():
        values = (read(members(one).get(name)) for one in sources)
        found[name] = next((value for value in values if value is not None), None)
    moods = (choice(at(one, "sentiment"), SENTIMENTS) for one in sources)
    found["sentiment"] = next((value for value in moods if value), None)
    return found
