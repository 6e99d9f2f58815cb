"""Values of senders as the catalogue has them: numbers, cases, times. Pure."""

from datetime import UTC, datetime
from typing import Final

from engine.events.catalogue import Field
from engine.events.sources.fields import e164, flag, number, text
from engine.model import Json

NUMBERS: Final = frozenset({"phone_number", "from_number", "to_number", "transfer_to"})


def fitted(name: str, value: Json, field: Field | None) -> Json:
    """The value in the field's type, as far as it can be read so; else as it is. Times are UTC, as RFC 3339."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value.tzinfo else value.isoformat()
    if name in NUMBERS:
        return e164(value, international=False) or value
    read = _READERS.get(field.type) if field else None
    found = read(value) if read else None
    found = value if found is None else found
    return _one_of(found, field) if field and field.one_of else found


def misfit(value: Json, field: Field | None) -> str | None:
    """Why a fitted value is not as the catalogue has it."""
    if field is None or value is None:
        return None
    if not isinstance(value, _TYPES[field.type]) or isinstance(value, bool) is not (field.type == "boolean"):
        return f"The catalogue has {_WORDS[field.type]} here."
    if field.one_of and value not in field.one_of:
        return f"The catalogue knows {', '.join(field.one_of)}."
    return None


def _whole(value: Json) -> int | float | None:
    found = number(value)
    return int(found) if found is not None and found == int(found) else found


def _one_of(value: Json, field: Field) -> Json:
    if not isinstance(value, str):
        return value
    wanted = value.strip().casefold().replace(" ", "_").replace("-", "_")
    return next((one for one in field.one_of if one.casefold() == wanted), value)


_READERS: Final = {"string": text, "number": number, "integer": _whole, "boolean": flag}
_TYPES: Final = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "array": list}
_WORDS: Final = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
}
