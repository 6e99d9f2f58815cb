"""How often, and until when, a hook may run: in words, and why it may not now. Pure; hours are in `opening_hours`."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from engine.events.subjects import field_and_value
from engine.model import Hook, Json, Limits
from engine.ports import Runs, RunsQuery
from engine.rules import opening_hours as hours

MAX_COOLDOWN_MINUTES = 43_200
MAX_RUNS = 100_000

_HOUR = timedelta(hours=1)
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_LIMITS = TypeAdapter(Limits)
_INDEPENDENT = (("cooldown_minutes", "per_entity"), ("max_per_hour",), ("hours",), ("expires_at",))


def is_expired(limits: Limits, at: datetime) -> bool:
    return limits.expires_at is not None and at >= limits.expires_at


def queries(hook: Hook, subject: str, at: datetime) -> tuple[RunsQuery, ...]:
    """The runs to look up before one about a subject may count at a given time."""
    asked = (_cooldown_query(hook, subject, at), _rate_query(hook, at))
    return tuple(query for query in asked if query is not None)


def why_skipped(
    hook: Hook, subject: str, at: datetime, now: datetime, runs_of: Callable[[RunsQuery], Runs]
) -> str | None:
    """Why a run may not count at a given time (from `now` on); None if it may."""
    limits = hook.definition.limits
    query = _cooldown_query(hook, subject, at)
    if query and (newest := runs_of(query).newest):
        about = f" for {field_and_value(query.subject)[1]}" if query.subject else ""
        ran = f"ran {_ago(now - newest)}{about}" if newest <= now else f"one is held{about} already"
        return f"Cooldown: {ran}; at most once per {_span(limits.cooldown_minutes or 0)}."
    query = _rate_query(hook, at)
    if query and runs_of(query).count >= (most := limits.max_per_hour or 0):
        return f"Runs per hour: it ran {_times(most)} within the hour, and may no more often."
    return None


class Tally:
    """Runs in memory, by hook and subject."""

    def __init__(self) -> None:
        self._times: defaultdict[tuple[int, bool, str | None], list[datetime]] = defaultdict(list)

    def add(self, hook: Hook, subject: str, at: datetime) -> None:
        for about in (subject, None):
            insort(self._times[hook.id, hook.definition.shadow, about], at)

    def within(self, query: RunsQuery) -> Runs:
        times = self._times.get((query.hook_id, query.shadow, query.subject), [])
        first, behind = bisect_right(times, query.after), bisect_right(times, query.until)
        return Runs(count=behind - first, newest=times[behind - 1] if behind > first else None)


def expiry_in_words(limits: Limits, at: datetime) -> str:
    """Empty without an expiry."""
    if limits.expires_at is None:
        return ""
    verb = "expired" if is_expired(limits, at) else "expires"
    return f"The hook {verb} on {_moment(limits.expires_at)}."


def in_words(limits: Limits) -> tuple[str, ...]:
    """One sentence per limit that is set."""
    return tuple(_sentences(limits))


def raw_in_words(raw: Mapping[str, Json]) -> tuple[str, ...]:
    """For limits in the API's shape, also half-typed ones: what cannot be parsed yet is left out."""
    return tuple(sentence for names in _INDEPENDENT for sentence in _readable({name: raw.get(name) for name in names}))


def _readable(raw: Mapping[str, Json]) -> tuple[str, ...]:
    try:
        limits = _LIMITS.validate_python({name: value for name, value in raw.items() if value is not None})
    except ValidationError:
        return ()
    return () if dict(problems(limits)) else in_words(limits)


def problems(limits: Limits) -> Iterator[tuple[str, str]]:
    """By field."""
    cooldown, expires_at = limits.cooldown_minutes, limits.expires_at
    if cooldown is not None and not 1 / 60 <= cooldown <= MAX_COOLDOWN_MINUTES:
        yield "cooldown_minutes", f"From 1 second (0.0167) to 30 days ({MAX_COOLDOWN_MINUTES}), in minutes."
    if limits.max_per_hour is not None and not 1 <= limits.max_per_hour <= MAX_RUNS:
        yield "max_per_hour", f"From 1 to {MAX_RUNS}."
    if expires_at is not None and expires_at.tzinfo is None:
        yield "expires_at", 'Give the time with its zone, such as "2026-12-31T17:00:00Z".'
    elif expires_at is not None and not 2000 <= expires_at.year <= 2999:
        yield "expires_at", "A year from 2000 to 2999."
    if limits.hours is not None:
        yield from ((f"hours.{place}", message) for place, message in hours.problems(limits.hours))


def _cooldown_query(hook: Hook, subject: str, at: datetime) -> RunsQuery | None:
    """Runs that are too close, before it or (held until then) after it. Without a subject, nothing is too close."""
    limits = hook.definition.limits
    if limits.cooldown_minutes is None or (limits.per_entity and not subject):
        return None
    apart = timedelta(minutes=limits.cooldown_minutes)
    return RunsQuery(
        hook_id=hook.id,
        shadow=hook.definition.shadow,
        subject=subject if limits.per_entity else None,
        after=at - apart,
        until=at + apart - timedelta.resolution,
    )


def _rate_query(hook: Hook, at: datetime) -> RunsQuery | None:
    if hook.definition.limits.max_per_hour is None:
        return None
    shadow = hook.definition.shadow
    return RunsQuery(hook_id=hook.id, shadow=shadow, subject=None, after=at - _HOUR, until=at, all=True)


def _sentences(limits: Limits) -> Iterator[str]:
    if limits.cooldown_minutes is not None:
        same = " for the same lead, call or contact" if limits.per_entity else ""
        yield f"At most once per {_span(limits.cooldown_minutes)}{same}."
    if limits.max_per_hour is not None:
        yield f"At most {_times(limits.max_per_hour)} an hour."
    if limits.hours is not None:
        own = "the contact's own time zone, else " if limits.hours.contact_zone else ""
        yield f"Only {hours.in_words(limits.hours)} ({own}{limits.hours.zone}); what fires outside waits until then."
    if limits.expires_at is not None:
        yield f"Until {_moment(limits.expires_at)}."


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d at %H:%M} UTC"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _span(minutes: float) -> str:
    """ "hour", "10 minutes", "90 seconds"."""
    seconds = round(minutes * 60, 3)
    size, unit = next((size, unit) for size, unit in _UNITS if size == 1 or seconds % size == 0)
    count = seconds / size
    return unit if count == 1 else f"{count:,.10g} {unit}s"


def _ago(past: timedelta) -> str:
    seconds = past.total_seconds()
    if seconds < 1:
        return "just now"
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    count = int(seconds // size)
    return f"{count} {unit}{'' if count == 1 else 's'} ago"
