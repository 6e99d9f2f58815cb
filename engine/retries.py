"""Whether a failed call is made again, and when. Pure: the moment and the draw are arguments."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from engine.model import Attempt, ErrorClass

STANDARD: tuple[float, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each further attempt: the example of Standard Webhooks, ten attempts over three days."""

SPREAD = 0.2
SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(hours=24)

_FINAL = frozenset({ErrorClass.ADDRESS_REFUSED, ErrorClass.TEMPLATE_ERROR})
_SAYS_WHEN = frozenset({429, 503})
GONE = 410


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


def verdict(attempt: Attempt, schedule: tuple[float, ...], now: datetime, draw: float) -> Verdict:
    """What follows an attempt. `draw`, from 0 to 1, spreads the pause by a fifth to either side."""
    if attempt.error is None:
        return Done()
    if attempt.status_code == GONE:
        return GiveUp(gone=True)
    if attempt.error.error_class in _FINAL or attempt.number > len(schedule):
        return GiveUp()
    pause = timedelta(seconds=schedule[attempt.number - 1] * (1 - SPREAD + 2 * SPREAD * draw))
    return RetryAt(now + (asked_pause(attempt, now) or pause))


def asked_pause(attempt: Attempt, now: datetime) -> timedelta | None:
    """The pause that a receiver asks for with Retry-After, within bounds; None without, or where it makes no sense."""
    response = attempt.response
    if response is None or response.status not in _SAYS_WHEN:
        return None
    headers = {name.lower(): value for name, value in response.headers.items()}
    pause = _read_pause(headers.get("retry-after", "").strip(), now)
    return None if pause is None else min(max(pause, SHORTEST), LONGEST)


def _read_pause(text: str, now: datetime) -> timedelta | None:
    """Seconds, or a date."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:12]), LONGEST.total_seconds()))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) - now if moment.tzinfo else None
