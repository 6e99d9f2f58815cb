"""`/executions`: all executions, by hook, status and type; and bulk replay."""

from collections.abc import Awaitable, Sequence

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.basics.acting import act
from dashboard.components.basics.search_words import sealed_address, words_of
from dashboard.components.basics.text import Text
from dashboard.components.execution.list import ExecutionList, Filters
from dashboard.components.replays.many import ReplayMany
from dashboard.components.replays.progress import ReplayProgress
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.page import frame
from engine import Actor, Engine, Execution, Page, Permission, Replay, may


def executions_page(engine: Engine, style_url: str) -> None:
    @ui.page("/executions", title="Executions · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if elsewhere := sealed_address(engine, request):
            return elsewhere
        filters = Filters.read(words_of(engine, request))
        stored = await engine.executions.page(filters.query(engine.sensitive.sight(who.actor)))
        # Read last: nothing is awaited between here and the subscription, so no step of a replay is missed.
        replays = await engine.replays.newest()
        with frame(who, style_url, "Executions", "/executions"):
            _ExecutionsPage(engine, who).build(filters, stored, replays)
        return None


class _ExecutionsPage:
    def __init__(self, engine: Engine, who: Visitor) -> None:
        self._engine, self._who = engine, who
        self._client = ui.context.client

    def build(self, filters: Filters, stored: Page[Execution], replays: Sequence[Replay]) -> None:
        may_replay = may(self._who.actor, Permission.REPLAY)
        with ui.element("div").classes("th-head"):
            with ui.element("div"):
                Text("h1", "Executions")
                Text("p", "Every run of every hook, newest first.", "th-muted")
            if may_replay:
                with ui.element("div").classes("th-head-buttons"):
                    ReplayMany(self._engine, self._who.now, self._on_replay_started)
        self._progress = ReplayProgress(self._engine, replays, self._stop if may_replay else None)
        ExecutionList(self._engine, filters, stored, self._who.actor)

    def _on_replay_started(self, replay: Replay) -> None:
        self._progress.put(replay)

    async def _stop(self, replay_id: int) -> None:
        def stop(actor: Actor) -> Awaitable[Replay]:
            return self._engine.replays.stop(replay_id, actor=actor)

        if await act(self._who.now, stop, within=self._client, back="/executions") is None:
            self._progress.release(replay_id)
