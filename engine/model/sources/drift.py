"""Fields that a source has always sent and no longer does, and what its events looked like by hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHour:
    """The fields of a source's events of one type within an hour, counted since the Unix epoch: by path and kind, how
    many events had it."""

    source_id: int
    type: str
    hour: int
    events: int
    fields: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A field of a kind (text, number, …) came in the share `before` of events, and since then in `came` of `events`.

    `became` is the kind that it has now; empty if it does not come at all. `successor` is the path that probably took
    its place; empty if none. It ends when the field comes again.
    """

    id: int = 0
    source_id: int
    type: str
    path: str
    kind: str
    before: float
    came: int
    events: int
    since: datetime
    became: str = ""
    successor: str = ""
    found_at: datetime
    ended_at: datetime | None = None
