"""What events look like: how many have which field, of which kind. Pure, and quick: every event of a source passes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final, cast

from engine.model import Json

MOST_FIELDS: Final = 200
EMPTY: Final = ""
"""The kind of null and of empty text."""

Item = tuple[str, str]
"""A path and the kind of what is there."""
Noted = list[tuple[str, type[Any]]]
"""Paths with Python's types, of several events: quicker to note than kinds."""

_NULL: Final = type(None)
_KINDS: Final[Mapping[type[Any], str]] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    list: "list",
    dict: "object",
}


def note(data: Mapping[str, Json], deep: Sequence[str], noted: Noted) -> None:
    """Adds the fields at the top, and the paths in `deep`, such as `raw.call.agent_id`; of very many, the first."""
    if len(data) > MOST_FIELDS:
        data = dict(islice(data.items(), MOST_FIELDS))
    values = data.values()
    if "" in values:
        noted.extend((name, _NULL if value == "" else value.__class__) for name, value in data.items())
    else:
        noted.extend(zip(data, map(type, values), strict=False))
    for path in deep:
        value = _at(data, path)
        noted.append((path, _NULL if value == "" else value.__class__))


def items_of(noted: Noted) -> Counter[Item]:
    items = Counter[Item]()
    for (path, type), times in Counter(noted).items():
        items[path, _KINDS.get(type, EMPTY)] += times
    return items


def _at(data: Json, path: str) -> Json:
    for key in path.split("."):
        if not isinstance(data, dict):
            return None
        data = cast("dict[str, Json]", data).get(key)
    return data
