"""The bridge from the engine's feed to the views: the first row immediately, then at most 10 batches a second."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from dashboard.clients import later
from engine import LABELS, Actor, Catalogue, Engine, Execution, ExecutionQuery, Sight, Status

GAP_SECONDS = 0.1
MOST_IN_A_BATCH = 100
KEPT = 200
_WITH_REASON = frozenset({Status.HELD, Status.SKIPPED, Status.PARKED})


class View(Protocol):
    actor: Actor
    """Who looks: what is not theirs to see comes masked."""

    def push(self, rows: Sequence[dict[str, Any]], folded: int) -> None: ...


class Hub:
    """Subscribed to the feed for the lifetime of the process; views come and go."""

    def __init__(self, engine: Engine) -> None:
        self._catalogue = engine.catalogue
        self._engine = engine
        self._views: set[View] = set()
        self._pending: dict[str, Execution] = {}
        self._flushing = False
        self._last = 0.0
        engine.feed.join(self._on_execution)

    def add(self, view: View) -> None:
        self._views.add(view)

    def remove(self, view: View) -> None:
        self._views.discard(view)

    def recent(self, actor: Actor) -> list[dict[str, Any]]:
        """Newest first, as far back as this process remembers."""
        return self._rows(self._engine.feed.recent()[::-1], self._engine.sensitive.sight(actor))

    async def history(self, actor: Actor) -> list[dict[str, Any]]:
        """Newest first: the recent ones, then those that are stored."""
        page = await self._engine.executions.page(ExecutionQuery(limit=50))
        rows = {row["id"]: row for row in self.recent(actor)}
        for row in self._rows(page.items, self._engine.sensitive.sight(actor)):
            rows.setdefault(row["id"], row)
        return list(rows.values())[:KEPT]

    def _rows(self, executions: Sequence[Execution], sight: Sight) -> list[dict[str, Any]]:
        return [row_of(execution, self._catalogue, sight) for execution in executions]

    def _on_execution(self, execution: Execution) -> None:
        if not self._views:
            return
        self._pending[execution.id] = execution
        if not self._flushing:
            self._flushing = True
            later(self._flush(), name="flush the feed")

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._pending:
                await asyncio.sleep(max(0.0, self._last + GAP_SECONDS - loop.time()))
                self._last = loop.time()
                pending, self._pending = list(self._pending.values()), {}
                batch = pending[-MOST_IN_A_BATCH:]
                seen: dict[Sight, list[dict[str, Any]]] = {}
                for view in tuple(self._views):
                    sight = self._engine.sensitive.sight(view.actor)
                    rows = seen.get(sight) or seen.setdefault(sight, self._rows(batch, sight))
                    view.push(rows, len(pending) - len(rows))
        finally:
            self._flushing = False


def row_of(execution: Execution, catalogue: Catalogue, sight: Sight) -> dict[str, Any]:
    """An execution for the feed: small, flat, JSON."""
    last = execution.attempts[-1] if execution.attempts else None
    return {
        "id": execution.id,
        "at": execution.created_at.isoformat(),
        "hook": execution.hook_title,
        "type": LABELS[execution.hook_type],
        "event": catalogue.label(execution.event_type),
        "about": sight.about(execution.about),
        "status": str(execution.status),
        "test": execution.test,
        "code": last.status_code if last else None,
        "ms": _milliseconds(last.latency_ms) if last else None,
        "attempt": last.number if last else 0,
        "reason": sight.reason(execution) if execution.status in _WITH_REASON else "",
        "error": LABELS[last.error.error_class] if last and last.error else None,
    }


def _milliseconds(latency: float) -> float:
    """Short durations get a decimal, so that a quick call does not show as zero."""
    return round(latency, 1) if latency < 10 else round(latency)
