"""Events, and the runs that they descend from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.model.access import Role
from engine.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Events that are decided in their order; flows take turns. `sender` is who posted them, such as `key:3`, and empty
    for Trigger Hooks itself; `bulk` if they came in a large array."""

    sender: str = ""
    bulk: bool = False


OWN = Flow()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `id` is unique among all events; `role` is the sender's.

    `chain` is the runs that it descends from, root first; empty for events from outside. `attributes` are those of a
    CloudEvent (`source`, `subject`, extensions), each a string, number or boolean. `entity` is the lead or call that it
    is about; empty if none. `inherited` are the sensitive values, by field, that it repeats of the event it was made
    from.
    """

    id: str
    type: str
    role: Role
    occurred_at: datetime
    received_at: datetime
    data: Mapping[str, Json]
    test: bool = False
    chain: tuple["Link", ...] = ()
    attributes: Mapping[str, Json] = field(default_factory=dict[str, Json])
    entity: str = ""
    flow: Flow = OWN
    inherited: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A run of a hook that an event descends from. `entity` is the lead or call that it was about; empty if none."""

    hook_id: int
    entity: str
    execution_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request comes from. `chain` is the runs that it descends from, root first; empty if it is from outside.
    `test` if the last of them is a test."""

    chain: tuple[Link, ...] = ()
    test: bool = False


OUTSIDE = Origin()

View = Callable[[Event], Event]
"""An event as somebody sees it. It can be pickled."""


def unchanged(event: Event) -> Event:
    """The view of those who see everything."""
    return event
