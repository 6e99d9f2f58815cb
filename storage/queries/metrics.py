"""Metrics, aggregated per minute and per hour so that a plot reads few rows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, func, select

from engine.errors import Conflict, NotFound
from engine.model.metrics import (
    Bucket,
    Limit,
    Measurement,
    MetricKind,
    SavedLimit,
    Series,
    Standing,
    Turn,
    Window,
    steps,
)
from storage.tables import MetricHourRow, MetricLimitRow, MetricMinuteRow, SeriesRow, StandingRow

MINUTES_KEPT = timedelta(days=2)

_LIMIT = TypeAdapter(Limit)
_Bucketed = type[MetricMinuteRow] | type[MetricHourRow]


def record(session: Session, one: Measurement) -> Series:
    """Returns the series, which is created with its first value."""
    row = session.exec(select(SeriesRow).where(SeriesRow.metric == one.metric, SeriesRow.label == one.label)).first()
    if row is None:
        row = _new_series(session, one)
    row.last_at = max(row.last_at, one.at)
    row.kind = one.kind.value
    row.label_name = one.label_name or row.label_name
    session.flush()
    series = series_of(row)
    minute = minute_of(one.at)
    _add(session, MetricMinuteRow, series.id, minute, one.value)
    _add(session, MetricHourRow, series.id, minute - minute % 60, one.value)
    return series


def all_series(session: Session) -> list[Series]:
    """By metric and label."""
    return [series_of(row) for row in session.exec(select(SeriesRow).order_by(SeriesRow.metric, SeriesRow.label))]


def buckets(session: Session, series_ids: Sequence[int], window: Window, now: datetime) -> dict[int, list[Bucket]]:
    """Non-empty buckets by series id, oldest first."""
    row: _Bucketed = MetricHourRow if window is Window.WEEK else MetricMinuteRow
    since = minute_of(steps(window, now)[0])
    start = col(row.minute) - col(row.minute) % window.step
    statement = (
        select_columns(col(row.series_id), start, *_sums(row))
        .where(col(row.series_id).in_(series_ids), col(row.minute) >= since)
        .group_by(col(row.series_id), start)
        .order_by(col(row.series_id), start)
    )
    found: dict[int, list[Bucket]] = {id: [] for id in series_ids}
    for series_id, minute, *sums in session.connection().execute(statement):
        found[series_id].append(_bucket(minute, sums))
    return found


def over(session: Session, metric: str, minutes: int, now: datetime) -> dict[int, Bucket]:
    """Totals of the last `minutes` by series id; empty series are left out."""
    row = MetricMinuteRow
    since = minute_of(now) - minutes + 1
    statement = (
        select_columns(col(row.series_id), func.min(col(row.minute)), *_sums(row))
        .join(SeriesRow, col(SeriesRow.id) == col(row.series_id))
        .where(col(SeriesRow.metric) == metric, col(row.minute) >= since)
        .group_by(col(row.series_id))
    )
    return {id: _bucket(minute, sums) for id, minute, *sums in session.connection().execute(statement)}


def limits(session: Session) -> list[SavedLimit]:
    return [limit_of(row) for row in session.exec(select(MetricLimitRow).order_by(col(MetricLimitRow.id)))]


def save_limit(session: Session, saved: SavedLimit) -> SavedLimit:
    """Creates a limit if the id is 0, else replaces it and resets its standings. Raises NotFound."""
    if saved.id:
        row = session.get(MetricLimitRow, saved.id)
        if row is None:
            raise NotFound("limit", saved.id)
        row.definition, row.saved_at, row.saved_by = _limit_json(saved.limit), saved.saved_at, saved.saved_by
        session.connection().execute(delete(StandingRow).where(col(StandingRow.limit_id) == saved.id))
    else:
        row = MetricLimitRow(definition=_limit_json(saved.limit), saved_at=saved.saved_at, saved_by=saved.saved_by)
        session.add(row)
    session.flush()
    return limit_of(row)


def delete_limit(session: Session, limit_id: int) -> None:
    """Raises NotFound."""
    row = session.get(MetricLimitRow, limit_id)
    if row is None:
        raise NotFound("limit", limit_id)
    session.connection().execute(delete(StandingRow).where(col(StandingRow.limit_id) == limit_id))
    session.delete(row)


def standings(session: Session) -> list[Standing]:
    return [
        Standing(limit_id=row.limit_id, series_id=row.series_id, beyond=row.beyond, value=row.value, since=row.since)
        for row in session.exec(select(StandingRow))
    ]


def turn(session: Session, change: Turn) -> None:
    """Raises Conflict if the standing has changed meanwhile or the limit is gone."""
    standing = change.standing
    row = session.get(StandingRow, (standing.limit_id, standing.series_id))
    if (row.beyond if row else None) != change.was or session.get(MetricLimitRow, standing.limit_id) is None:
        raise Conflict("limit", standing.limit_id, 0)
    session.merge(
        StandingRow(
            limit_id=standing.limit_id,
            series_id=standing.series_id,
            beyond=standing.beyond,
            value=standing.value,
            since=standing.since,
        )
    )
    session.flush()


def minute_of(at: datetime) -> int:
    return int(at.timestamp()) // 60


def series_of(row: SeriesRow) -> Series:
    return Series(
        id=row.id or 0,
        metric=row.metric,
        label=row.label,
        label_name=row.label_name,
        kind=MetricKind(row.kind),
        created_at=row.created_at,
        last_at=row.last_at,
    )


def limit_of(row: MetricLimitRow) -> SavedLimit:
    limit = _LIMIT.validate_json(row.definition)
    return SavedLimit(id=row.id or 0, limit=limit, saved_at=row.saved_at, saved_by=row.saved_by)


def _new_series(session: Session, one: Measurement) -> SeriesRow:
    row = SeriesRow(
        metric=one.metric,
        label=one.label,
        label_name=one.label_name,
        kind=one.kind.value,
        created_at=one.at,
        last_at=one.at,
    )
    session.add(row)
    session.flush()
    return row


def _add(session: Session, row: _Bucketed, series_id: int, minute: int, value: float) -> None:
    put = insert(row).values(series_id=series_id, minute=minute, count=1, sum=value, min=value, max=value)
    added = {
        "count": col(row.count) + 1,
        "sum": col(row.sum) + value,
        "min": func.min(col(row.min), value),
        "max": func.max(col(row.max), value),
    }
    session.connection().execute(put.on_conflict_do_update(index_elements=["series_id", "minute"], set_=added))


def _sums(row: _Bucketed) -> tuple[Any, ...]:
    return func.sum(col(row.count)), func.sum(col(row.sum)), func.min(col(row.min)), func.max(col(row.max))


def _bucket(minute: int, sums: Sequence[Any]) -> Bucket:
    count, total, least, most = sums
    return Bucket(at=datetime.fromtimestamp(minute * 60, UTC), count=count, sum=total, min=least, max=most)


def _limit_json(limit: Limit) -> str:
    return _LIMIT.dump_json(limit).decode()
