"""The live feed: one component that shows what the hub pushes, and reloads everything after a reconnect."""

from collections.abc import Sequence
from typing import Any

from nicegui.element import Element

from dashboard.clients import when_connected
from dashboard.components.basics.esm import SHARED
from dashboard.live import Hub
from engine import Actor

MOST_WAITING = 50


class ExecutionFeed(Element, component="execution_feed.js", esm=SHARED):
    def __init__(self, hub: Hub, rows: Sequence[dict[str, Any]], actor: Actor) -> None:
        super().__init__()
        self.actor = actor
        self.props["initial"] = list(rows)
        self._hub = hub
        hub.add(self)
        self._missed = False
        when_connected(self.client, self._resync)

    def push(self, rows: Sequence[dict[str, Any]], folded: int) -> None:
        """Browsers that are slow or offline miss this, and catch up when they reconnect."""
        if len(self.client.outbox.messages) <= MOST_WAITING:
            self.run_method("push", list(rows), folded)
        else:
            self._missed = True

    def _resync(self) -> None:
        """On the first connect, pushes are still queued; on later ones they may have been lost."""
        if self._missed:
            self.run_method("reset", self._hub.recent(self.actor))
        self._missed = True

    def _handle_delete(self) -> None:
        self._hub.remove(self)
        super()._handle_delete()
