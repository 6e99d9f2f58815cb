"""Subscribe, be told, leave: within the process, and at once. A subscriber that fails is logged and passed over."""

import logging
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")

log = logging.getLogger(__name__)


class Announcer(Generic[P]):
    """All calls belong on the event loop."""

    def __init__(self, topic: str) -> None:
        """`topic` names in the log what is subscribed to, such as "the hooks"."""
        self._topic = topic
        self._callbacks: dict[int, Callable[P, None]] = {}
        self._next = 0

    def announce(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """In the order in which they subscribed; one that leaves meanwhile may still be told."""
        for callback in tuple(self._callbacks.values()):
            try:
                callback(*args, **kwargs)
            except Exception:
                log.exception("a subscriber of %s failed", self._topic)

    def subscribe(self, callback: Callable[P, None]) -> Callable[[], None]:
        """Gives the way to leave."""
        number, self._next = self._next, self._next + 1
        self._callbacks[number] = callback

        def leave() -> None:
            self._callbacks.pop(number, None)

        return leave
