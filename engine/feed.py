"""Publish and subscribe within the process. Nothing here waits: a reader that is slow misses, the engine never does."""

from collections.abc import Callable

from engine.model import Execution
from engine.model.listing import listed
from engine.process.announcer import Announcer

KEPT = 200


class Feed:
    """The recent executions, each at its newest state, as lists show them. All calls belong on the event loop."""

    def __init__(self) -> None:
        self._recent: dict[str, Execution] = {}
        self._published = Announcer[Execution]("the feed")

    def publish(self, execution: Execution) -> None:
        """A subscriber that fails is logged and passed over. When full, the oldest goes.

        Who is subscribed gets the whole of it; what is remembered would else be megabytes each.
        """
        self._recent[execution.id] = listed(execution)
        if len(self._recent) > KEPT:
            del self._recent[next(iter(self._recent))]
        self._published.announce(execution)

    def recent(self) -> list[Execution]:
        """Oldest first."""
        return list(self._recent.values())

    def join(self, callback: Callable[[Execution], None]) -> tuple[list[Execution], Callable[[], None]]:
        """The recent ones, oldest first, and the way to leave; no update is lost or doubled in between."""
        return self.recent(), self._published.subscribe(callback)
