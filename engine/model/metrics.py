"""Metrics: named series of counts or measurements, and their alert limits."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import with_config

MOST_SERIES = 500


class MetricKind(StrEnum):
    """By default, counts are summed and measurements averaged."""

    COUNT = "count"
    MEASURE = "measure"


class Aggregate(StrEnum):
    SUM = "sum"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One value of a series. `label` splits a metric by agent or campaign; `label_name` is its display name."""

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
    """The values recorded in the minutes starting at `at`."""

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
        """Minutes per bucket."""
        return {"hour": 1, "day": 15, "week": 60}[self]


def steps(window: Window, until: datetime) -> list[datetime]:
    """The start of each bucket in a window that ends at the given time; the last one is still open."""
    step = timedelta(minutes=window.step)
    last = until - (until - datetime(1970, 1, 1, tzinfo=UTC)) % step
    count = window.minutes // window.step
    return [last - step * (count - 1 - number) for number in range(count)]


class Comparison(StrEnum):
    ABOVE = "above"
    BELOW = "below"


class AlertEvent(StrEnum):
    """The event that reports a crossing; the label is the id of the agent or campaign."""

    AGENT = "agent.performance_threshold"
    CAMPAIGN = "campaign.performance_alert"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What the user defines. `label` restricts it to one series of the metric; empty: each series on its own. `window`
    is in minutes; a campaign's alert has the severity."""

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
    """The state of a series against a limit: `beyond` it since `since`, or not."""

    limit_id: int
    series_id: int
    beyond: bool
    value: float
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A state to store, if the previous one (`was`; None: there was none) is still current."""

    standing: Standing
    was: bool | None
