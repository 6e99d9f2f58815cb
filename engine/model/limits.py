"""How often and when a hook runs."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import with_config

from engine.model.moments import Moment


class Day(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WORKDAYS = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI)


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From `opens` to `closes`, "HH:MM" in `zone` (such as "Europe/Berlin"), on those days.

    Hours that close before they open cross midnight, into a day that need not be among `days`; equal times are the
    whole day. With `contact_zone`, the zone is the event's own `timezone`, if it has one.
    """

    days: tuple[Day, ...] = WORKDAYS
    opens: str = "09:00"
    closes: str = "17:00"
    zone: str = "UTC"
    contact_zone: bool = False


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a hook may run, and how often; None: no such limit.

    `cooldown_minutes` is the minimum time between two runs, with `per_entity` between two for the same lead, call,
    contact or number; outside `hours`, what fires is held until they open; from `expires_at` on nothing fires.
    """

    cooldown_minutes: float | None = None
    per_entity: bool = False
    max_per_hour: int | None = None
    hours: Hours | None = None
    expires_at: Moment | None = None

    @property
    def counts(self) -> bool:
        """Whether earlier runs matter."""
        return self.cooldown_minutes is not None or self.max_per_hour is not None
