"""Carrying out changes, each set of them in one transaction; then whoever they concern is told."""

from collections.abc import Callable, Sequence
from datetime import datetime

from engine.model import Change, Effects
from engine.ports import EffectStore, Performed
from engine.process.announcer import Announcer


class Changes:
    def __init__(self, store: EffectStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._performed = Announcer[Performed]("what was performed")

    async def make(self, changes: Sequence[Change]) -> None:
        """Those that no action of an execution causes. Raises Conflict, StoreUnavailable."""
        self.tell(await self._store.make(changes, self._now()))

    async def perform(self, execution_id: str, action: int, effects: Effects) -> Performed:
        """Those of an action, once however often it is tried. Raises Conflict, StoreUnavailable."""
        performed = await self._store.perform(execution_id, action, effects, self._now())
        self.tell(performed)
        return performed

    def tell(self, performed: Performed) -> None:
        """After it is on disk."""
        self._performed.announce(performed)

    def subscribe(self, callback: Callable[[Performed], None]) -> Callable[[], None]:
        """Called with all that was performed; gives the way to leave."""
        return self._performed.subscribe(callback)
