"""Running replays: live progress, and how they ended."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.clients import later, when_connected
from dashboard.components.basics.esm import SHARED
from engine import LABELS, Engine, Replay, ReplayOf, ReplayQuery, ReplayState, ReplayVersion, StoreUnavailable

GAP_SECONDS = 0.1

_WHAT = {
    ReplayOf.FAILED: "Failed executions",
    ReplayOf.CANCELLED: "Cancelled executions",
    ReplayOf.SUCCEEDED: "Delivered executions",
    ReplayOf.PARKED: "Parked executions",
    ReplayOf.SKIPPED: "Events skipped while the hook was off",
}
_VERSION = {ReplayVersion.NOW: "with the hook as it is now", ReplayVersion.THEN: "with the hook as it was then"}


class ReplayProgress(Element, component="replay_progress.js", esm=SHARED):
    """`stop` stops a replay by its id; None for users without permission."""

    def __init__(
        self, engine: Engine, replays: Sequence[Replay], stop: Callable[[int], Awaitable[object]] | None
    ) -> None:
        """`replays` are the newest, newest first."""
        super().__init__()
        self._engine, self._stop = engine, stop
        self._pending: dict[int, Replay] = {}
        self._flushing, self._was_here = False, False
        self.props["initial"] = [self._row(one) for one in replays if one.state is ReplayState.RUNNING]
        self.props["canStop"] = stop is not None
        self._leave = engine.replays.subscribe(self.put)
        when_connected(self.client, self._resync)
        self.on("stop", self._on_stop)

    def put(self, replay: Replay) -> None:
        """Shows the current state; at most ten times a second, since many steps may come in quick succession."""
        self._pending[replay.id] = replay
        if not self._flushing:
            self._flushing = True
            later(self._flush(), name="show how far the replays are")

    def release(self, replay_id: int) -> None:
        """It continues: stopping it was refused."""
        self.run_method("release", replay_id)

    async def _flush(self) -> None:
        try:
            while self._pending and not self.is_deleted:
                pending, self._pending = self._pending, {}
                self.run_method("put", [self._row(one) for one in pending.values()])
                await asyncio.sleep(GAP_SECONDS)
        finally:
            self._flushing = False

    async def _resync(self) -> None:
        """After a reconnect: the browser updates the replays it shows, and gets all that are running."""
        if self._was_here:
            try:
                replays = await self._engine.replays.newest()
            except StoreUnavailable:
                return
            self.run_method("reset", [self._row(one) for one in replays])
        self._was_here = True

    async def _on_stop(self, event: GenericEventArguments) -> None:
        if self._stop is not None:
            await self._stop(int(event.args))

    def _row(self, replay: Replay) -> dict[str, Any]:
        query = replay.query
        return {
            "id": replay.id,
            "state": str(replay.state),
            "word": LABELS[replay.state],
            "what": self._words(query),
            "from": query.since.isoformat() if query.since else None,
            "to": query.until.isoformat() if query.until else None,
            "by": replay.created_by,
            "at": replay.created_at.isoformat(),
            "total": replay.total,
            "done": replay.done,
            "left_out": replay.left_out,
        }

    def _words(self, query: ReplayQuery) -> str:
        """What it runs; the browser formats the time range, since it knows the zone."""
        parts = [_WHAT[query.status], f"of {self._title(query.hook_id)}" if query.hook_id else "of every hook"]
        if query.type:
            parts.append(f"of type {LABELS[query.type]}")
        parts.append(_VERSION[query.version])
        if query.again:
            parts.append("also where delivered already")
        return f"{' '.join(parts[:2])}, {', '.join(parts[2:])}"

    def _title(self, hook_id: int) -> str:
        titles = {one.id: one.definition.title for one in self._engine.hooks.all()}
        return f"“{titles[hook_id]}”" if hook_id in titles else f"hook {hook_id}"

    def _handle_delete(self) -> None:
        self._leave()
        super()._handle_delete()
