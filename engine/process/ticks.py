"""Ticks. What must survive a restart is rows with a due time; this only wakes those who look at them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs]

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True, eq=False)
class _Tick:
    name: str
    seconds: float
    work: Callable[[], Awaitable[None]]
    after: float
    timer: asyncio.TimerHandle | None = field(default=None, init=False)


class Schedule:
    """Times are counted by the loop's clock, which never jumps. The scheduler, which goes by the wall clock, and lists
    all runs that it has missed, is only ever asked for one run, at once.
    """

    def __init__(self) -> None:
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
        self._ticks: list[_Tick] = []

    def every(self, seconds: float, work: Callable[[], Awaitable[None]], *, after: float | None = None) -> None:
        """For the first time after so many seconds, or `after` others."""
        self._ticks.append(_Tick(f"tick {len(self._ticks)}", seconds, work, seconds if after is None else after))

    def start(self) -> None:
        self._scheduler.start()
        for tick in self._ticks:
            self._arm(tick, tick.after)

    def stop(self) -> None:
        for tick in self._ticks:
            if tick.timer:
                tick.timer.cancel()
        self._scheduler.shutdown(wait=False)

    def _arm(self, tick: _Tick, seconds: float) -> None:
        tick.timer = asyncio.get_running_loop().call_later(seconds, self._run, tick)

    def _run(self, tick: _Tick) -> None:
        """Planned for long ago, so that it is due whatever the wall clock shows."""
        self._arm(tick, tick.seconds)
        self._scheduler.add_job(  # pyright: ignore[reportUnknownMemberType]
            tick.work, "date", run_date=_LONG_AGO, id=tick.name, replace_existing=True
        )
