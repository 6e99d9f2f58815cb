"""CloudEvents 1.0 over HTTP: binary, structured and batched. Pure.

In every mode, an event is read into the fields of structured mode, with its data as plain JSON.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Final, cast
from urllib.parse import unquote_to_bytes

from engine.events.json_text import InvalidJson, contains_nul, read_json
from engine.model import Json

MOST_ATTRIBUTES: Final = 100
LONGEST_ATTRIBUTE: Final = 2_000

_STRUCTURED: Final = "application/cloudevents"
_BATCH: Final = "application/cloudevents-batch"
_READ_ELSEWHERE: Final = frozenset(
    {"specversion", "type", "id", "time", "occurred_at", "datacontenttype", "data", "data_base64"}
)
_NAME: Final = re.compile(r"\w{1,64}", re.ASCII)


def is_binary(headers: Mapping[str, str]) -> bool:
    return "ce-specversion" in headers and not headers.get("content-type", "").lower().startswith(_STRUCTURED)


def is_batch(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").lower().startswith(_BATCH)


def from_headers(headers: Mapping[str, str], data: Json) -> dict[str, Json]:
    """The fields of an event in binary mode."""
    attributes = {name[3:]: header_text(value) for name, value in headers.items() if name.startswith("ce-")}
    return {**attributes, "data": data}


def header_text(value: str) -> str:
    """Decodes a header; `value` is its bytes as Latin-1. They may be UTF-8, percent-encoded, or quoted.

    What is not UTF-8 is read as Latin-1, never replaced: two different ids must not become the same text.
    """
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    raw = unquote_to_bytes(value.encode("latin-1"))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def data_of(document: Mapping[str, Json], problems: dict[str, str]) -> Json:
    """The data, or an empty object without any. Problems with `data_base64` are added to `problems`."""
    encoded, data = document.get("data_base64"), document.get("data")
    if encoded is None:
        return {} if data is None else data
    if data is not None:
        problems["data_base64"] = "An event has data or data_base64, not both."
        return {}
    try:
        body = b64decode(cast("str", encoded), validate=True)
        data = read_json(body)
        if not contains_nul(body, data):
            return data
        problems["data_base64"] = "Text may not hold the character NUL (\\u0000); leave it out."
    except InvalidJson as error:
        within = f" (in {error.place})" if error.place else ""
        problems["data_base64"] = f"This is base64 of what cannot be read as JSON{within}. {error.message}"
    except (TypeError, ValueError):
        problems["data_base64"] = "This is not base64 text."
    return {}


def attributes_of(document: Mapping[str, Json], problems: dict[str, str]) -> dict[str, Json]:
    """`source`, `subject`, `dataschema` and the extensions: strings, numbers and booleans, as conditions can read them.

    Leaves out values (lists, objects, null) and names that CloudEvents does not allow.
    """
    known = {
        name: value
        for name, value in document.items()
        if name not in _READ_ELSEWHERE and isinstance(value, str | int | float) and _NAME.fullmatch(name)
    }
    if len(known) > MOST_ATTRIBUTES:
        problems["attributes"] = f"A CloudEvent has at most {MOST_ATTRIBUTES} attributes; this one has {len(known)}."
        return {}
    for name, value in known.items():
        if isinstance(value, str) and (len(value) > LONGEST_ATTRIBUTE or "\0" in value):
            problems[name] = f"An attribute has at most {LONGEST_ATTRIBUTE:,} characters, none of them NUL."
    return known
