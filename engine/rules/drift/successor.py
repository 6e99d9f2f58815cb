"""Which field probably took the place of one that no longer comes. Pure."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from engine.events.sources.fields import members
from engine.model import Json

MOST_PATHS: Final = 2_000
DEEPEST: Final = 6
LIKELY: Final = 0.7

Paths = Mapping[str, Json]


def successor_of(path: str, before: Sequence[Mapping[str, Json]], after: Sequence[Mapping[str, Json]]) -> str:
    """A path that came in no event before and in at least half since, with much the same values or name; empty if there
    is none."""
    old, new = [_paths(one) for one in before], [_paths(one) for one in after]
    known = {one for paths in old for one in paths}
    count = Counter(one for paths in new for one in paths)
    fresh = [one for one, times in count.items() if one not in known and times * 2 >= len(new)]
    values = _values(path, old)
    scored = [(_score(path, one, values, _values(one, new)), one) for one in fresh]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= LIKELY else ""


def _score(path: str, other: str, before: Counter[str], after: Counter[str]) -> float:
    """Values that are the same in any case count most; a name that is much alike may do alone."""
    shared = sum(count for value, count in after.items() if value in before) / max(1, sum(after.values()))
    names = [one.rpartition(".")[2].casefold().replace("_", "") for one in (path, other)]
    alike = difflib.SequenceMatcher(None, names[0], names[1]).ratio()
    contained = names[0] in names[1] or names[1] in names[0]
    return shared + max(alike, 0.8 * contained) * 0.9 if before else max(alike, 0.8 * contained)


def _values(path: str, events: Sequence[Paths]) -> Counter[str]:
    found = (one.get(path) for one in events)
    return Counter(str(value).casefold() for value in found if value not in (None, "") and not isinstance(value, list))


def _paths(data: Mapping[str, Json]) -> Paths:
    return {path: value for _, (path, value) in zip(range(MOST_PATHS), _walk(data, ""), strict=False)}


def _walk(data: Mapping[str, Json], before: str, depth: int = 1) -> Iterator[tuple[str, Json]]:
    for name, value in data.items():
        path = f"{before}{name}"
        inner = members(value)
        if inner and depth < DEEPEST:
            yield from _walk(inner, f"{path}.", depth + 1)
        elif value not in (None, ""):
            yield path, value
