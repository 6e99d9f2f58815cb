"""The event types that the product knows, with fields and samples, read from `events.json` beside this file."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from engine.errors import NotFound
from engine.model import SCHEDULED, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`type` is one of string, number, integer, boolean, array. `sensitive`: personal data."""

    type: str
    meaning: str
    unit: str | None = None
    one_of: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """`aliases` maps another name to the field that it stands for; `other_labels` are further names to search by."""

    type: str
    label: str
    other_labels: tuple[str, ...]
    group: str
    meaning: str
    fields: Mapping[str, Field]
    sample: Mapping[str, Json]
    aliases: Mapping[str, str]


class Catalogue:
    """The types that are built in, and those that a team added: `types` are those that senders may send, `all` also
    those that only the clock emits."""

    def __init__(self, built_in: tuple[EventType, ...]) -> None:
        self.built_in = built_in
        self.add_own(())

    def add_own(self, own: Iterable[EventType]) -> None:
        """In place of those that were added before. Each attribute is replaced whole, as threads read them."""
        self.own = tuple(own)
        self.types = (*self.built_in, *self.own)
        self.all = (*self.types, ON_SCHEDULE)
        self.by_name: Mapping[str, EventType] = {known.type: known for known in self.all}
        self.groups, self.all_groups = _grouped(self.types), _grouped(self.all)
        self.sensitive = frozenset(
            name for known in self.types for name, field in known.fields.items() if field.sensitive
        )
        """The names of fields with personal data, such as a phone number."""

    def may_send(self, type_name: str) -> bool:
        """Whether senders may send it: it is known, and not the clock's alone."""
        return type_name != SCHEDULED and type_name in self.by_name

    def get(self, type_name: str) -> EventType:
        """Raises NotFound."""
        if found := self.by_name.get(type_name):
            return found
        raise NotFound("event type", type_name)

    def label(self, type_name: str) -> str:
        """The name itself if the catalogue lacks it: stored events may outlive their type."""
        found = self.by_name.get(type_name)
        return found.label if found else type_name

    def aliases_of(self, type_name: str) -> Mapping[str, str]:
        """Other names of the type's fields; none if the catalogue lacks it."""
        found = self.by_name.get(type_name)
        return found.aliases if found else {}

    def nearest(self, type_name: str) -> tuple[str, ...]:
        """Up to three known types that look or sound similar."""
        wanted = type_name[:100].lower()
        names = {known.type: known.type for known in self.types}
        for known in self.types:
            names |= {label.lower(): known.type for label in (known.label, *known.other_labels)}
        close = difflib.get_close_matches(wanted, names, n=5, cutoff=0.5)
        return tuple(dict.fromkeys(names[name] for name in close))[:3]

    def unknown(self, type_name: str) -> str:
        """That there is no such type, with those that look similar."""
        near = self.nearest(type_name)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        return f'No event type is called "{type_name[:100]}".{hint}'


def _grouped(types: Iterable[EventType]) -> Mapping[str, tuple[EventType, ...]]:
    found: dict[str, list[EventType]] = {}
    for known in types:
        found.setdefault(known.group, []).append(known)
    return {group: tuple(members) for group, members in found.items()}


ON_SCHEDULE = EventType(
    type=SCHEDULED,
    label="On a schedule",
    other_labels=("Cron", "Timer", "Every day", "Every hour"),
    group="Schedule",
    meaning="When the time has come that the hook's own schedule names",
    fields={
        "planned_at": Field(type="string", meaning="when it was to run", unit="RFC 3339"),
        "fired_at": Field(type="string", meaning="when it did", unit="RFC 3339"),
        "late_seconds": Field(type="integer", meaning="how much later that was", unit="s"),
        "schedule": Field(type="string", meaning="the schedule in words"),
    },
    sample={
        "planned_at": "2025-09-12T07:00:00Z",
        "fired_at": "2025-09-12T07:00:00Z",
        "late_seconds": 0,
        "schedule": "Every weekday at 09:00, Europe/Berlin",
    },
    aliases={},
)


def load_catalogue() -> Catalogue:
    return Catalogue(_built_in())


@cache
def _built_in() -> tuple[EventType, ...]:
    document = orjson.loads(files("engine.events").joinpath("events.json").read_bytes())
    aliases = document["field_aliases"]
    return tuple(_event_type(entry, aliases) for entry in document["event_types"])


def _event_type(entry: Mapping[str, Json], aliases: Mapping[str, Json]) -> EventType:
    name = entry["type"]
    return EventType(
        type=name,
        label=entry["label"],
        other_labels=tuple(entry["other_labels"]),
        group=entry["group"],
        meaning=entry["meaning"],
        fields={field: _field(described) for field, described in entry["fields"].items()},
        sample=entry["sample"],
        aliases={alias: rule["means"] for alias, rule in aliases.items() if name in rule["of"]},
    )


def _field(described: Mapping[str, Json]) -> Field:
    return Field(
        type=described["type"],
        meaning=described["meaning"],
        unit=described.get("unit"),
        one_of=tuple(described.get("one_of", ())),
        sensitive=described.get("sensitive", False),
    )
