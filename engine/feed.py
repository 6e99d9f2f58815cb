"""In-process publish and subscribe. Nothing here waits: a slow reader misses updates, the engine is never held up."""

from collections.abc import Callable

from engine.model import Execution
from engine.model.listing import listed
from engine.process.announcer import Announcer

KEPT = 200


class Feed:
    """The recent executions, each in its latest state, as lists show them. Call only on the event loop."""

    def __init__(self) -> None:
        self._recent: dict[str, Execution] = {}
        self._published = Announcer[Execution]("the feed")

    def publish(self, execution: Execution) -> None:
        """A subscriber that raises is logged and skipped. When full, the oldest is dropped.

        Subscribers get the full execution; keeping those in memory would take megabytes each.
        """
        self._recent[execution.id] = listed(execution)
        if len(self._recent) > KEPT:
            del self._recent[next(iter(self._recent))]
        self._published.announce(execution)

    def recent(self) -> list[Execution]:
        """Oldest first."""
        return list(self._recent.values())

    def join(self, callback: Callable[[Execution], None]) -> tuple[list[Execution], Callable[[], None]]:
        """The recent executions, oldest first, and the unsubscribe function; no update is lost or duplicated in
        between."""
        return self.recent(), self._published.subscribe(callback)
