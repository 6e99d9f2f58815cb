"""For what must not stop what comes after it: a fault of ours is logged, and the rest goes on."""

import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


def shielded(work: Callable[[], T], otherwise: Callable[[], T], what: str) -> T:
    """What `work` gives; where it raises, what `otherwise` gives, and the log says that `what` failed."""
    try:
        return work()
    except Exception:
        log.exception("%s failed", what)
        return otherwise()
