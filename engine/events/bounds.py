"""The size limits of an event. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast

from engine.model import Json

MAX_DEPTH: Final = 32
MOST_LIVE: Final = 10
"""A post with more events is bulk, and takes turns with live ones."""
MAX_CONTAINERS: Final = 100_000
MAX_VALUES: Final = 600_000
"""Of a whole body: nothing else runs while it is parsed, and each of these takes time."""
LARGE_BYTES: Final = 16_384
"""Larger bodies are parsed in a thread, so that the event loop stays free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Per event: the bytes of its data as JSON, and the fields of all its objects together.

    The defaults fit what a platform sends about an hour-long call, with several copies of every word's timestamp.
    """

    bytes: int = 4_194_304
    fields: int = 200_000


def parsing_problem(body: bytes, most_fields: int) -> dict[str, str]:
    """Why a body would take too long to parse, judged by its punctuation, also that in texts."""
    if body.count(b"{") + body.count(b"[") > MAX_CONTAINERS:
        if body.count(b'":') > most_fields:
            return {"data": too_many_fields(most_fields)}
        return {"body": f"Too many objects and lists: at most {MAX_CONTAINERS:,} in all."}
    return {"body": f"Too many values: at most {MAX_VALUES:,} in all."} if body.count(b",") > MAX_VALUES else {}


def too_many_fields(most: int) -> str:
    return f"Too many fields: at most {most:,} in all."


def shape_problem(value: Json, most_fields: int) -> str | None:
    """Why a document is too large or too deep, whatever its contents; None if it is fine."""
    fields, depth, layer = 0, 0, list(_containers((value,)))
    while layer:
        if depth == MAX_DEPTH:
            return f"Nested too deeply: at most {MAX_DEPTH} levels of objects and lists."
        fields += sum(len(cast("dict[str, Json]", one)) for one in layer if isinstance(one, dict))
        if fields > most_fields:
            return too_many_fields(most_fields)
        layer = [inner for one in layer for inner in _containers(_members(one))]
        depth += 1
    return None


def _members(value: Json) -> Iterable[Json]:
    return cast("dict[str, Json]", value).values() if isinstance(value, dict) else cast("list[Json]", value)


def _containers(values: Iterable[Json]) -> list[Json]:
    return [value for value in values if isinstance(value, dict | list)]
