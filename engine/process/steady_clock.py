"""Time for spans on which something depends: a wall clock that is corrected, or set wrongly, does not stretch them."""

from collections.abc import Callable
from datetime import datetime, timedelta


class SteadyClock:
    """Begins with the wall clock as it is, and goes on by one that never jumps."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float]) -> None:
        """`steady` gives seconds, from anywhere."""
        self._now, self._steady = now, steady
        self._began = (now(), steady())

    def __call__(self) -> datetime:
        began, steady = self._began
        return began + timedelta(seconds=self._steady() - steady)
