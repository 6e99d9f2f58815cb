"""A mapping tried on a request, with what each expression gives and what none of them reads. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from engine.events.catalogue import Catalogue, Field
from engine.events.sources.fields import members
from engine.events.sources.platform import Incoming
from engine.expressions.condition import Condition
from engine.expressions.reaching import DATA, spelled
from engine.model import Json
from engine.model.sources import SourceMapping
from engine.rules.mapping.compiled import compiled
from engine.rules.mapping.reading import REQUEST, Part, id_of, mapped, parts_of, time_of, type_of
from engine.rules.mapping.values import fitted, misfit

MOST_LISTED: Final = 200
DEEPEST: Final = 6

_EVENT: Final = spelled(("event",))
"""Conditions have an `event` of ours; in a mapping it is the body's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedField:
    """`problem` says why there is no value, or why it is not as the catalogue has it."""

    name: str
    value: Json
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the first event of a request becomes: `theirs` is the sender's name for it, `type` ours, None where there is
    none. `events` counts those that the request becomes; `ignored` are the others.

    `document` is what its expressions read; `unmapped` are the paths that none of them reads, of `leaves` in all.
    `problems` are those of the mapping, by place.
    """

    theirs: str | None = None
    type: str | None = None
    id: str | None = None
    occurred_at: datetime | None = None
    fields: tuple[TriedField, ...] = ()
    events: int = 0
    ignored: tuple[str, ...] = ()
    document: Mapping[str, Json] = field(default_factory=dict[str, Json])
    unmapped: tuple[str, ...] = ()
    leaves: int = 0
    problems: Mapping[str, str]


def tried(incoming: Incoming, mapping: SourceMapping, catalogue: Catalogue, now: datetime) -> Trial:
    """Also for a mapping that may not be saved: what is wrong with it gives nothing."""
    made, problems = compiled(mapping, "source")
    reading, parts = mapped(incoming, made, catalogue, now), parts_of(incoming, made, now)
    if isinstance(parts, str):
        return Trial(ignored=reading.ignored, problems=problems)
    first, leaves = parts[0], list(leaves_of(parts[0].document))
    theirs, ours = type_of(first, made)
    known = catalogue.get(ours) if ours and catalogue.may_send(ours) else None
    read = {_in_document(way, first.document) for one in made.conditions for way in one.ways()}
    unread = [one for one in leaves if not any(_covers(way, one) for way in read)]
    return Trial(
        theirs=theirs,
        type=known.type if known else None,
        id=id_of(first, made),
        occurred_at=time_of(first, made),
        fields=tuple(
            _field(name, one, first, known.fields.get(name) if known else None) for name, one in made.fields.items()
        ),
        events=len(reading.drafts),
        ignored=reading.ignored,
        document=first.document,
        unmapped=tuple(written(one, leaves) for one in unread[:MOST_LISTED]),
        leaves=len(leaves),
        problems=problems,
    )


def leaves_of(document: Mapping[str, Json], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The keys to every value that is no object with members, in the order of the document; lists are values."""
    for name, value in document.items():
        keys = (*before, name)
        inner = members(value)
        if inner and len(keys) < DEEPEST:
            yield from leaves_of(inner, keys)
        else:
            yield keys


def written(keys: tuple[str, ...], among: Iterable[tuple[str, ...]]) -> str:
    """How an expression reads it: what is in an object called `data` plainly, unless the body has the name too."""
    if keys[0] != DATA or len(keys) == 1 or any(one[0] == keys[1] for one in among):
        return spelled(keys).replace(_EVENT, "event", 1) if keys[0] == "event" else spelled(keys)
    inner = spelled(keys[1:])
    return inner if inner.startswith(DATA) else f"{DATA}.{inner}"


def _field(name: str, expression: Condition, part: Part, field: Field | None) -> TriedField:
    value = fitted(name, expression.value(part.names), field)
    if value is None:
        return TriedField(name=name, value=None, problem=expression.explain(part.names).unknown or "This is null.")
    return TriedField(name=name, value=value, problem=misfit(value, field))


def _in_document(way: tuple[str, ...], document: Mapping[str, Json]) -> tuple[str, ...]:
    """Where a way leads: an object called `data` lends its members, and `request.body` is the document again."""
    if way[:2] == (REQUEST, "body"):
        return way[2:]
    inside = way[0] not in document and way[0] in members(document.get(DATA))
    return (DATA, *way) if inside else way


def _covers(way: tuple[str, ...], leaf: tuple[str, ...]) -> bool:
    shared = min(len(way), len(leaf))
    return way[:shared] == leaf[:shared]
