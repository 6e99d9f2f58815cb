"""Whether a failed call is made again, and when. Pure: the moment and the draw are arguments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from engine.model import Attempt, ErrorClass, Preset, Retries

SCHEDULES: Mapping[Preset, tuple[float, ...]] = {
    Preset.STANDARD: (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400),
    Preset.SHORT: (1, 5, 30, 120),
    Preset.NONE: (),
}
"""Seconds before each further attempt. The standard is the example of Standard Webhooks: ten over three days."""

MOST_PAUSES = 20
LONGEST_PAUSE = 604_800.0
LONGEST_TIMEOUT = 30.0
SPREAD = 0.2
SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(hours=24)
SHORTEST_AFTER_FAULT = timedelta(seconds=5)
LONGEST_AFTER_FAULT = timedelta(hours=1)

_FINAL = frozenset({ErrorClass.ADDRESS_REFUSED, ErrorClass.TEMPLATE_ERROR})
_SAYS_WHEN = frozenset({429, 503})
GONE = 410
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class RetryAt:
    when: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """`gone`: the receiver said 410, that it never wants to be called again."""

    gone: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    pass


Verdict = RetryAt | GiveUp | Done


def schedule_of(retries: Retries) -> tuple[float, ...]:
    return SCHEDULES[retries] if isinstance(retries, Preset) else retries


def retries_problem(retries: Retries) -> str | None:
    """Why a list of one's own cannot be used; None where it can."""
    if isinstance(retries, Preset):
        return None
    if len(retries) > MOST_PAUSES:
        return f"At most {MOST_PAUSES} pauses; this has {len(retries)}."
    if not all(1 <= pause <= LONGEST_PAUSE for pause in retries):
        return f"Each pause is 1 to {LONGEST_PAUSE:.0f} seconds (a week)."
    return None


def timeout_problem(seconds: float) -> str | None:
    return None if 1 <= seconds <= LONGEST_TIMEOUT else f"From 1 to {LONGEST_TIMEOUT:.0f} seconds."


def verdict(
    attempt: Attempt, tries: int, schedule: tuple[float, ...], now: datetime, draw: float, *, final_4xx: bool = False
) -> Verdict:
    """What follows the last of so many tries. `draw`, from 0 to 1, spreads the pause by a fifth to either side."""
    if attempt.error is None:
        return Done()
    if attempt.status_code == GONE:
        return GiveUp(gone=True)
    if attempt.error.error_class in _FINAL or tries > len(schedule):
        return GiveUp()
    if final_4xx and 400 <= (attempt.status_code or 0) < 500 and attempt.status_code not in _WORTH_ANOTHER_TRY:
        return GiveUp()
    pause = timedelta(seconds=schedule[tries - 1] * (1 - SPREAD + 2 * SPREAD * draw))
    return RetryAt(now + max(pause, asked_pause(attempt, now) or pause))


def asked_pause(attempt: Attempt, now: datetime) -> timedelta | None:
    """The pause that a receiver asks for with Retry-After, within bounds; None without, or where it makes no sense."""
    response = attempt.response
    if response is None or response.status not in _SAYS_WHEN:
        return None
    headers = {name.lower(): value for name, value in response.headers.items()}
    pause = _read_pause(headers.get("retry-after", "").strip(), _read_date(headers.get("date", "")) or now)
    return None if pause is None else min(max(pause, SHORTEST), LONGEST)


def _read_pause(text: str, since: datetime) -> timedelta | None:
    """Seconds, or a date, which counts from `since`: the moment of the response by the receiver's clock."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:12]), LONGEST.total_seconds()))
    moment = _read_date(text)
    return moment - since if moment else None


def _read_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # no date, or one beyond the calendar
        return None
    return moment if moment.tzinfo else None


def after_fault(attempts: int, created_at: datetime, now: datetime) -> Verdict:
    """The verdict if a fault of ours prevents any other: the pause is as long as the execution is old, 5 seconds to an
    hour, and there are no more attempts than in the longest preset."""
    if attempts > len(SCHEDULES[Preset.STANDARD]):
        return GiveUp()
    return RetryAt(now + min(max(now - created_at, SHORTEST_AFTER_FAULT), LONGEST_AFTER_FAULT))
