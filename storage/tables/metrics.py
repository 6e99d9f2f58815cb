"""Metric tables. Minutes are counted since the Unix epoch."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN


class SeriesRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "metric_series"
    __table_args__ = (Index("metric_series_of", "metric", "label", unique=True), NEVER_AGAIN)

    id: int | None = Field(default=None, primary_key=True)
    metric: str
    label: str
    label_name: str
    kind: str
    created_at: datetime
    last_at: datetime


class MetricMinuteRow(SQLModel, table=True):
    """All values of a minute. Kept long enough for a day's plot and the longest window of a limit."""

    __tablename__: ClassVar[Any] = "metric_minute"
    __table_args__ = (Index("metric_minute_old", "minute"),)

    series_id: int = Field(primary_key=True, foreign_key="metric_series.id")
    minute: int = Field(primary_key=True)
    count: int
    sum: float
    min: float
    max: float


class MetricHourRow(SQLModel, table=True):
    """All values of an hour, keyed by its first minute. Kept as long as events."""

    __tablename__: ClassVar[Any] = "metric_hour"
    __table_args__ = (Index("metric_hour_old", "minute"),)

    series_id: int = Field(primary_key=True, foreign_key="metric_series.id")
    minute: int = Field(primary_key=True)
    count: int
    sum: float
    min: float
    max: float


class MetricLimitRow(SQLModel, table=True):
    """`definition` is JSON."""

    __tablename__: ClassVar[Any] = "metric_limit"
    __table_args__ = NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    definition: str = Field(sa_column=Column(Text, nullable=False))
    saved_at: datetime
    saved_by: str


class StandingRow(SQLModel, table=True):
    """The state of a series against a limit."""

    __tablename__: ClassVar[Any] = "metric_standing"

    limit_id: int = Field(primary_key=True, foreign_key="metric_limit.id")
    series_id: int = Field(primary_key=True, foreign_key="metric_series.id")
    beyond: bool
    value: float
    since: datetime
