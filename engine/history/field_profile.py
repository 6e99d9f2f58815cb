"""Fields as they occur in traffic: their types, how often, and their most common values. Pure."""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from engine.expressions.condition import Condition
from engine.expressions.reaching import way_of
from engine.model import HookDefinition, Json, Operator

MOST_FIELDS = 300
MOST_VALUES = 50
LONGEST_VALUE = 80
DEEPEST = 4
FEW = 20
"""A field with at most this many distinct values has its values listed."""
ENOUGH = 20
"""With fewer events, nothing is reported as missing."""

_ASKS_FOR_EQUAL = frozenset({Operator.IS, Operator.IS_NOT, Operator.ONE_OF, Operator.NONE_OF})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProfile:
    """`types` and `values` are most common first, each with its count; `fill` is from 0 to 1.

    `values` is complete if `few`: the field has no other.
    """

    path: str
    seen: int
    fill: float
    types: tuple[tuple[str, int], ...]
    values: tuple[tuple[Json, int], ...]
    few: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The fields of a type's last `events` events."""

    type: str
    events: int
    fields: Mapping[str, FieldProfile]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldWarning:
    """`text` is the warning. `rename` is the unknown name and the similar name that traffic has, if there is one."""

    text: str
    rename: tuple[str, str] | None = None


@dataclass(slots=True)
class _Tally:
    types: Counter[str] = field(default_factory=Counter[str])
    values: Counter[Json] = field(default_factory=Counter[Json])
    many: bool = False


def profile_of(type: str, data: Iterable[Mapping[str, Json]]) -> Profile:
    tallies: dict[str, _Tally] = {}
    count = 0
    for one in data:
        count += 1
        _count(one, "", tallies, 1)
    fields = {path: _field(path, tally, count) for path, tally in sorted(tallies.items())}
    return Profile(type=type, events=count, fields=fields)


def doubts(
    definition: HookDefinition, condition: Condition, profile: Profile, label: str, aliases: Mapping[str, str]
) -> list[FieldWarning]:
    """What a hook reads that never occurred in traffic: field names, and values of fields with few distinct values."""
    if profile.events < ENOUGH:
        return []
    came = _as_it_came(profile, aliases)
    compared = [(came(path), value) for path, value in (*condition.compared_values(), *_values_of_filters(definition))]
    read = [*sorted(condition.paths), *(way_of(row.field).path for row in definition.filters.rows)]
    paths = dict.fromkeys(map(came, read))
    meant = {came(path): _in_brackets(path, condition, profile) for path in condition.paths}
    found = [
        _to_bracket(path, name, profile, label) if (name := meant.get(path)) else _unknown_name(path, profile, label)
        for path in paths
        if meant.get(path) or not _known(path, profile)
    ]
    found += [_unknown_value(path, value, profile) for path, value in compared if _never_occurred(path, value, profile)]
    found += [_changing_type(path, profile) for path in paths if _changes(path, profile)]
    return list(dict.fromkeys(found))


def _as_it_came(profile: Profile, aliases: Mapping[str, str]) -> Callable[[str], str]:
    """A field can be read by any of its names; returns the one that traffic uses."""
    others: dict[str, list[str]] = {}
    for alias, means in aliases.items():
        others.setdefault(alias, []).append(means)
        others.setdefault(means, []).append(alias)

    def came(path: str) -> str:
        first, dot, rest = path.partition(".")
        if first in profile.fields:
            return path
        known = next((name for name in others.get(first, ()) if name in profile.fields), first)
        return f"{known}{dot}{rest}"

    return came


def _count(value: Mapping[str, Json], prefix: str, tallies: dict[str, _Tally], depth: int) -> None:
    for name, member in value.items():
        path = f"{prefix}{name}"
        tally = tallies.get(path)
        if tally is None:
            if len(tallies) >= MOST_FIELDS:
                continue
            tally = tallies[path] = _Tally()
        tally.types[_kind(member)] += 1
        if isinstance(member, dict):
            if depth < DEEPEST:
                _count(cast("dict[str, Json]", member), f"{path}.", tallies, depth + 1)
        elif not isinstance(member, list) and member is not None:
            _note(member, tally)


def _note(value: Json, tally: _Tally) -> None:
    """Long strings are not counted as values: nobody would pick one."""
    short = not isinstance(value, str) or len(value) <= LONGEST_VALUE
    if short and (value in tally.values or len(tally.values) < MOST_VALUES):
        tally.values[value] += 1
    else:
        tally.many = True


def _field(path: str, tally: _Tally, events: int) -> FieldProfile:
    seen = sum(count for kind, count in tally.types.items() if kind != "null")
    return FieldProfile(
        path=path,
        seen=seen,
        fill=seen / events,
        types=tuple(tally.types.most_common()),
        values=tuple(sorted(tally.values.items(), key=lambda one: (-one[1], str(one[0])))[:FEW]),
        few=not tally.many and len(tally.values) <= FEW,
    )


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "number", float: "number", str: "text", list: "list", dict: "object"}
    return kinds[type(value)]


def _values_of_filters(definition: HookDefinition) -> Iterable[tuple[str, Json]]:
    for row in definition.filters.rows:
        if row.operator in _ASKS_FOR_EQUAL:
            value: Json = row.value
            values = cast("list[Json]", value) if isinstance(value, list) else [value]
            yield from ((way_of(row.field).path, one) for one in values)


def _known(path: str, profile: Profile) -> bool:
    """A path into a list, or deeper than the profile goes, counts as known."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        if found := profile.fields.get(".".join(parts[:length])):
            return length == len(parts) or any(kind == "list" for kind, _ in found.types) or length >= DEEPEST
    return False


def _in_brackets(path: str, condition: Condition, profile: Profile) -> str | None:
    """How to reach the field that was meant: one whose name is no plain name, such as `call-duration`."""
    if path.partition(".")[0] in profile.fields or (path in profile.fields and path not in condition.stepwise()):
        return None
    return condition.meant(path, profile.fields)


def _to_bracket(path: str, meant: str, profile: Profile, label: str) -> FieldWarning:
    return FieldWarning(text=f"`{path}` was never seen in {profile.events} {label} events; did you mean `{meant}`?")


def _unknown_name(path: str, profile: Profile, label: str) -> FieldWarning:
    near = difflib.get_close_matches(path, profile.fields, n=1)
    meant = f"; did you mean `{near[0]}`?" if near else "."
    text = f"`{path}` was never seen in {profile.events} {label} events{meant}"
    return FieldWarning(text=text, rename=(path, near[0]) if near else None)


def _never_occurred(path: str, value: Json, profile: Profile) -> bool:
    """Ignores case, and whether a number is text: a different spelling is no reason for a warning. The values of lists
    and objects are not known."""
    found = profile.fields.get(path)
    if found is None or not (found.few and found.values) or found.seen < ENOUGH:
        return False
    if not isinstance(value, str | int | float):
        return False
    return str(value).casefold() not in {str(known).casefold() for known, _ in found.values}


def _unknown_value(path: str, value: Json, profile: Profile) -> FieldWarning:
    had = ", ".join(str(known) for known, _ in profile.fields[path].values[:5])
    return FieldWarning(text=f"`{path}` has been {had}; never `{value}`.")


def _changes(path: str, profile: Profile) -> bool:
    found = profile.fields.get(path)
    return found is not None and len([kind for kind, _ in found.types if kind != "null"]) > 1


def _changing_type(path: str, profile: Profile) -> FieldWarning:
    kinds = " and ".join(f"{kind} ({count})" for kind, count in profile.fields[path].types if kind != "null")
    return FieldWarning(text=f"`{path}` changes its type in traffic: {kinds}.")
