"""The hook table: one component; the server filters, sorts and paginates, and sends one page of rows."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED
from dashboard.components.basics.search_words import seal
from dashboard.components.basics.sentence import in_a_sentence
from dashboard.components.hook_table.query import HookQuery, Line, page_within, read_query, select
from engine import LABELS, Engine, HookStats, HookType, Sight, is_expired, limits_in_words

Act = Callable[[str, int, Any], Awaitable[None]]


class HookTable(Element, component="hook_table.js", esm=SHARED):
    def __init__(
        self, engine: Engine, query: HookQuery, stats: dict[int, HookStats], sight: Sight, *, manage: bool, act: Act
    ) -> None:
        """`sight` decides what is shown of addresses. `act` is called with `add`, `edit`, `delete`, `duplicate`,
        `test`, `enable`, `promote` or `unpark`, an id and a value."""
        super().__init__()
        self._engine, self._query, self._sight, self._act = engine, query, sight, act
        self.props["initial"] = self._view(stats)
        self.props["triggers"] = [
            {"label": group, "types": [{"value": known.type, "label": known.label} for known in members]}
            for group, members in engine.catalogue.all_groups.items()
        ]
        self.props["types"] = [{"value": str(one), "label": LABELS[one]} for one in HookType]
        self.props["canManage"] = manage
        self.on("query", self._on_query)
        self.on("act", self._on_act)

    async def refresh(self) -> None:
        self.run_method("show", self._view(await self._engine.hooks.stats()))

    def _view(self, stats: dict[int, HookStats]) -> dict[str, Any]:
        hooks = map(self._sight.hook, self._engine.hooks.all())
        lines = [Line(hook, stats.get(hook.id, HookStats())) for hook in hooks]
        found, total = select(lines, self._query, self._engine.catalogue)
        return {
            "rows": [self._row(line) for line in found],
            "total": total,
            "all": len(lines),
            "query": asdict(replace(self._query, page=page_within(self._query, total))),
        }

    def _row(self, line: Line) -> dict[str, Any]:
        hook, stats = line.hook, line.stats
        definition = hook.definition
        raw = self._engine.hooks.raw(definition)
        return {
            "id": hook.id,
            "title": definition.title,
            "enabled": definition.enabled,
            "shadow": definition.shadow,
            "trigger": self._engine.catalogue.label(definition.trigger),
            "type": LABELS[definition.type],
            "rule": in_a_sentence(raw, self._engine.catalogue),
            "limits": " ".join(limits_in_words(raw.get("limits", {}))),
            "expired": is_expired(definition.limits, datetime.now(UTC)),
            "hits": stats.hits,
            "succeeded": stats.succeeded,
            "failed": stats.failed,
            "parked": stats.parked,
            "last_hit_at": stats.last_hit_at.isoformat() if stats.last_hit_at else None,
            "updated_at": hook.updated_at.isoformat(),
            "created_at": hook.created_at.isoformat(),
        }

    async def _on_query(self, event: GenericEventArguments) -> None:
        self._query = read_query(event.args)
        self.run_method("keep", seal(self._engine, {"q": self._query.q}))
        await self.refresh()

    async def _on_act(self, event: GenericEventArguments) -> None:
        wanted = event.args
        await self._act(str(wanted.get("name")), int(wanted.get("id") or 0), wanted.get("value"))
