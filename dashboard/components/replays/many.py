"""Replay many: a dialog that asks which executions, previews them, and starts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.acting import ActorNow, refusals
from dashboard.components.basics.esm import SHARED
from engine import LABELS, Actor, Engine, HookType, Replay, ReplayPreview


class ReplayMany(Element, component="replay_many.js", esm=SHARED):
    """The button with its dialog. `on_begin` receives each replay started here.

    Every request has a number, so that an outdated response is recognized.
    """

    def __init__(self, engine: Engine, actor_now: ActorNow, on_begin: Callable[[Replay], object]) -> None:
        super().__init__()
        self._engine, self._actor_now, self._on_begin = engine, actor_now, on_begin
        self._busy = False
        self.props["hooks"] = [
            {"value": str(one.id), "label": f"{one.id} · {one.definition.title}"} for one in engine.hooks.all()
        ]
        self.props["types"] = [{"value": str(one), "label": LABELS[one]} for one in HookType]
        self.on("look", self._look)
        self.on("begin", self._start)

    async def _look(self, event: GenericEventArguments) -> None:
        """Counts without sending anything."""

        async def look(raw: Mapping[str, Any], actor: Actor) -> None:
            preview = await self._engine.replays.preview(raw, actor=actor)
            self.run_method("show", event.args["number"], self._view(preview))

        await self._act_as_current_user(event.args, look)

    async def _start(self, event: GenericEventArguments) -> None:
        """Starts once, however often it is clicked meanwhile."""

        async def begin(raw: Mapping[str, Any], actor: Actor) -> None:
            replay = await self._engine.replays.begin(raw, actor=actor)
            self.run_method("began", event.args["number"])
            self._on_begin(replay)

        if self._busy:
            return
        self._busy = True
        try:
            await self._act_as_current_user(event.args, begin)
        finally:
            self._busy = False

    async def _act_as_current_user(
        self, args: Mapping[str, Any], work: Callable[[Mapping[str, Any], Actor], Awaitable[None]]
    ) -> None:
        """Shows refusals beside the fields, or below them."""
        problems = await refusals(self._actor_now, lambda actor: work(args["raw"], actor))
        if problems:
            self.run_method("refuse", args["number"], problems)

    def _view(self, preview: ReplayPreview) -> dict[str, Any]:
        return {
            "total": preview.total,
            "first": [
                {
                    "event": self._engine.catalogue.label(one.event.type),
                    "about": one.about or one.event.id,
                    "at": one.event.received_at.isoformat(),
                    "hook": one.hook.definition.title,
                    "hook_id": one.hook.id,
                    "version": one.hook.version,
                }
                for one in preview.first
            ],
        }
