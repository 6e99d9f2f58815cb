"""The nouns of metrics: named series of what was counted or measured, and the limits that are watched."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import with_config

MOST_SERIES = 500


class MetricKind(StrEnum):
    """A count is added up, a measure averaged, where nothing else is asked."""

    COUNT = "count"
    MEASURE = "measure"


class Aggregate(StrEnum):
    SUM = "sum"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One value for a series. `label` parts a metric, by agent or campaign; `label_name` is how people call it."""

    metric: str
    value: float
    kind: MetricKind
    at: datetime
    label: str = ""
    label_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    id: int
    metric: str
    label: str
    label_name: str
    kind: MetricKind
    created_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What was recorded in the minutes from `at` on."""

    at: datetime
    count: int
    sum: float
    min: float
    max: float

    @property
    def average(self) -> float:
        return self.sum / self.count

    def value(self, aggregate: Aggregate) -> float:
        return self.sum if aggregate is Aggregate.SUM else self.average


class Window(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def minutes(self) -> int:
        return {"hour": 60, "day": 1_440, "week": 10_080}[self]

    @property
    def step(self) -> int:
        """Minutes in a bucket."""
        return {"hour": 1, "day": 15, "week": 60}[self]


def steps(window: Window, until: datetime) -> list[datetime]:
    """Where the buckets of a window begin that ends at a moment; the last one is not over yet."""
    step = timedelta(minutes=window.step)
    last = until - (until - datetime(1970, 1, 1, tzinfo=UTC)) % step
    count = window.minutes // window.step
    return [last - step * (count - 1 - number) for number in range(count)]


class Comparison(StrEnum):
    ABOVE = "above"
    BELOW = "below"


class AlertEvent(StrEnum):
    """Which event tells of a crossing; the label is the id of the agent, or of the campaign."""

    AGENT = "agent.performance_threshold"
    CAMPAIGN = "campaign.performance_alert"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a person writes. `label` narrows it to one series of the metric; empty: each series by itself. `window` is
    in minutes; a campaign's alert bears the severity."""

    metric: str
    comparison: Comparison
    threshold: float
    window: int = 60
    aggregate: Aggregate = Aggregate.AVERAGE
    event: AlertEvent = AlertEvent.AGENT
    severity: Severity = Severity.MEDIUM
    label: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedLimit:
    id: int
    limit: Limit
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a series stands against a limit: `beyond` it since `since`, or not."""

    limit_id: int
    series_id: int
    beyond: bool
    value: float
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A standing that shall be stored, if the one before (`was`; None: there was none) is what it is still."""

    standing: Standing
    was: bool | None
