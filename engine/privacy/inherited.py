"""What is made from an event inherits those of its sensitive values that it repeats, and so is masked as the event is:
notices, tasks, and the events that come of them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final, cast

from engine.model import Change, Event, Json, NewEvent, NewNotice, NewTask
from engine.privacy.masking import ANCHOR, Veil, named_values

MOST_VALUES: Final = 100
"""Of more, everything that was made is masked as a whole."""


def inheriting(changes: Iterable[Change], event: Event, fields: Set[str]) -> tuple[Change, ...]:
    """The same changes, with what they repeat of the event. `fields` are folded names of sensitive fields."""
    source = all_of(event)
    if not Veil(source, fields).hides:
        return tuple(changes)
    return tuple(_inheriting(change, source, fields) for change in changes)


def inherited(source: Mapping[str, Json], texts: Sequence[str], fields: Set[str]) -> dict[str, Json]:
    """The sensitive values that occur in the texts, by the names of their fields; the texts themselves if the values
    are too many to tell."""
    if not _change(source, texts, fields):
        return {}
    pairs = list(dict.fromkeys(named_values(source, fields)))
    most = max(map(len, texts)) + ANCHOR
    found: dict[str, list[str]] = {}
    for name, value in pairs if len(pairs) <= MOST_VALUES else ():
        if _change({name: value[:most]}, texts, fields):
            found.setdefault(name, []).append(value[:most])
    return {**found} or {pairs[0][0]: list(texts)}


def all_of(event: Event) -> dict[str, Json]:
    """Whatever an event has that may be sensitive, under names that no field can have."""
    return {"(data)": event.data, "(attributes)": event.attributes, "(inherited)": event.inherited}


def _inheriting(change: Change, source: Mapping[str, Json], fields: Set[str]) -> Change:
    match change:
        case NewNotice():
            return replace(change, inherited=inherited(source, (change.title, change.text, change.link), fields))
        case NewTask(task=task):
            definition = task.definition
            texts = definition.title, definition.notes, definition.assigned_to
            repeats = inherited(source, _beyond(definition.lead, texts, fields), fields)
            return replace(change, task=replace(task, inherited=repeats))
        case NewEvent(event=made):
            repeats = inherited(source, _beyond(made.data, (), fields), fields)
            return replace(change, event=replace(made, inherited=repeats))
        case _:
            return change


def _beyond(data: Mapping[str, Json], texts: Sequence[str], fields: Set[str]) -> list[str]:
    """The texts, and those of the data, as its own sensitive fields leave them."""
    veil = Veil(data, fields)
    return [*_texts(veil.data), *map(veil.text, texts)]


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in cast("dict[str, Json]", value).values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in cast("list[Json]", value):
            yield from _texts(one)
    elif isinstance(value, int | float):
        yield str(value)


def _change(source: Mapping[str, Json], texts: Sequence[str], fields: Set[str]) -> bool:
    veil = Veil(source, fields)
    return any(veil.text(text) != text for text in texts)
