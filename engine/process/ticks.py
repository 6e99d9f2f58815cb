"""Ticks. What must survive a restart is rows with a due time; this only wakes those who look at them."""

from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs]


class Schedule:
    def __init__(self) -> None:
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
        self._ticks: list[tuple[float, Callable[[], Awaitable[None]]]] = []

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        self._ticks.append((seconds, work))
        self._scheduler.add_job(work, "interval", seconds=seconds)  # pyright: ignore[reportUnknownMemberType]

    def clock_went_back(self) -> None:
        """The next ticks were planned by the clock of before: they are planned anew."""
        self._scheduler.remove_all_jobs()  # pyright: ignore[reportUnknownMemberType]
        for seconds, work in self._ticks:
            self._scheduler.add_job(work, "interval", seconds=seconds)  # pyright: ignore[reportUnknownMemberType]

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
