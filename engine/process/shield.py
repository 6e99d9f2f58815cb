"""For steps that must not stop the ones after them: a fault of ours is logged, and the rest continues."""

import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


def shielded(work: Callable[[], T], otherwise: Callable[[], T], what: str) -> T:
    """Returns what `work` returns; if it raises, logs that `what` failed and returns what `otherwise` returns."""
    try:
        return work()
    except Exception:
        log.exception("%s failed", what)
        return otherwise()
