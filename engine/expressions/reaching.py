"""How fields are addressed: by name, by a dotted path, or as `data["First Name"]`. Pure."""

import ast
import json
import keyword
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, takewhile
from typing import Final, TypeGuard, cast

from engine.expressions.grammar import key_of
from engine.expressions.values import MISSING, entry, is_list, is_object
from engine.model import Json
from engine.model.text.normalization import normalized

DATA: Final = "data"
OWN: Final = "data[]"
"""The name for all of an event's own fields; only `data` before a step means that."""
CONTEXT: Final = frozenset({"event", "now"})

_TAKEN: Final = frozenset({DATA, "event", "now", "steps", "true", "false", "null"})
"""Names with a meaning of ours; a field of that name can only be reached in brackets."""
_OF_FILTERS: Final = CONTEXT | {DATA}


@dataclass(frozen=True, slots=True)
class Way:
    """The keys to a field, or to an entry of a list by its index; `own` if the event's field is meant, although our
    context has the same name."""

    keys: tuple[str | int, ...]
    own: bool = False

    @property
    def path(self) -> str:
        """Ends before the first index."""
        return ".".join(key for key in takewhile(_is_name, self.keys) if _is_name(key))

    @property
    def names(self) -> tuple[str, ...]:
        """All keys but the indexes."""
        return tuple(filter(_is_name, self.keys))


def own_fields(data: Mapping[str, Json]) -> Mapping[str, Json]:
    """What `data` stands for: the fields, merged with an object that is itself called `data`."""
    inner = data.get(DATA)
    return {**inner, **data} if is_object(inner) else data


@lru_cache(10_000)
def way_of(field: str) -> Way:
    """The keys of a filter's attribute: `lead.score`, `data["First Name"]`, `data.event`, `tags[0]`."""
    keys = _in_brackets(field) if "[" in field else tuple(field.split("."))
    if keys is None:
        return Way((field,))
    own = keys[0] == DATA and len(keys) > 1 and _is_name(keys[1])
    return Way(keys[1:], own=True) if own else Way(keys)


def find(names: Mapping[str, Json], field: str) -> Json:
    """The attribute's value, or MISSING. A name with dots is tried as one key before it is tried as a path."""
    value = names.get(field, MISSING)
    if "." not in field and "[" not in field:
        return entry(names, field) if value is MISSING else value
    way = way_of(field)
    if way.own:
        return _walk(names.get(OWN, names), way.keys)
    if way.keys[0] in CONTEXT:  # no key of the event may shadow our context
        return _step_by_step(names, way.keys)
    return _walk(names, way.keys) if value is MISSING else value


def spelled(keys: Sequence[str]) -> str:
    """As conditions, templates and filters read it: `lead.score`, `data["First Name"]`, `lead["first name"]`."""
    first, rest = keys[0], keys[1:]
    start = first if is_plain(first) and first not in _TAKEN else f"{DATA}[{_quoted(first)}]"
    return start + "".join(f".{key}" if is_plain(key) else f"[{_quoted(key)}]" for key in rest)


def spelled_path(path: str, known: Container[str] = ()) -> str:
    """The same for a dotted path from traffic; `known` includes the paths of objects on the way."""
    parts, keys, begun = path.split("."), list[str](), 0
    for end in range(1, len(parts) + 1):
        if end == len(parts) or ".".join(parts[:end]) in known:
            keys.append(".".join(parts[begun:end]))
            begun = end
    return spelled(keys)


def attribute(path: str, known: Container[str] = ()) -> str:
    """A path from traffic as a filter attribute: unchanged, except if its name is one of ours."""
    return spelled_path(path, known) if path.split(".", maxsplit=1)[0] in _OF_FILTERS else path


def is_plain(name: str) -> bool:
    """Whether it can be written as a plain name: no keyword, space, dot or leading underscore, and in normalized
    form."""
    plain = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    return plain and normalized("NFKC", name) == name


def _is_name(key: str | int) -> TypeGuard[str]:
    return isinstance(key, str)


def _walk(names: Mapping[str, Json], keys: Sequence[str | int]) -> Json:
    found: Json = names
    for named, run in groupby(keys, _is_name):
        steps = list(run)
        if named:
            found = _through_names(found, cast("list[str]", steps)) if found is names or is_object(found) else MISSING
        else:
            found = _through_lists(found, cast("list[int]", steps))
    return found


def _through_names(names: Mapping[str, Json], keys: Sequence[str]) -> Json:
    found: Json = names
    for place, key in enumerate(keys):
        if found is not names and not is_object(found):
            return MISSING
        whole = entry(found, ".".join(keys[place:]))
        if whole is not MISSING:
            return whole
        found = entry(found, key)
    return found


def _through_lists(found: Json, indexes: Sequence[int]) -> Json:
    for index in indexes:
        inside = is_list(found) and -len(found) <= index < len(found)
        found = found[index] if inside else MISSING
    return found


def _step_by_step(names: Mapping[str, Json], keys: Sequence[str | int]) -> Json:
    found: Json = names
    for key in keys:
        if isinstance(key, int):
            found = _through_lists(found, (key,))
        else:
            found = entry(found, key) if is_object(found) else MISSING
    return found


def _in_brackets(field: str) -> tuple[str | int, ...] | None:
    """The keys of `a["b"].c[0]["d"]`, including the leading name; None if it is not such text."""
    try:
        node = ast.parse(field, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    keys: list[str | int] = []
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=base, attr=key):
                keys.append(key)
            case ast.Subscript(value=base) if (place := key_of(node)) is not None:
                keys.append(place)
            case _:
                return None
        node = base
    return (node.id, *reversed(keys))


def _quoted(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)
