"""Custom endpoints: those loaded from files, files with errors and their location, and a reload button."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.acting import ActorNow, act
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.text import Text
from engine import Actor, Engine, LoadProblem


class OwnEndpointsCard(Element):
    def __init__(self, engine: Engine, actor_now: ActorNow, *, back: str, read_only: bool) -> None:
        """`back` is the page to return to after signing in again."""
        super().__init__("section")
        self._engine, self._actor_now, self._back = engine, actor_now, back
        self.classes("th-card th-section th-own")
        with self:
            heading = Text("h2", "Endpoints of your own")
            self._box = ui.element("div")
            if not read_only and engine.own_endpoints.folder is not None:
                plain_button("Load again", self._load, "is-small")
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]
        self._show()

    def _show(self) -> None:
        own = self._engine.own_endpoints
        self._box.clear()
        with self._box:
            if own.loaded:
                with ui.element("ul").classes("th-own-list"):
                    for one in own.loaded:
                        with ui.element("li"):
                            Text("code", one.path)
                            Text("span", one.summary, "th-muted")
            for problem in own.problems:
                Text("p", _describe(problem), "th-problem").props["role"] = "alert"
            if not own.loaded and not own.problems:
                Text("p", "None. A hook can call a function of yours that lies in a Python file.", "th-muted")
            if own.folder is not None:
                Text("p", f"Python files in {own.folder}; docs/endpoints.md says how to write one.", "th-note")

    async def _load(self) -> None:
        async def load(actor: Actor) -> bool:
            await self._engine.own_endpoints.reload(actor=actor)
            return True

        if not await act(self._actor_now, load, within=self, back=self._back):
            return
        with self:
            self._show()
            own = self._engine.own_endpoints
            toast(f"{len(own.loaded)} loaded, {len(own.problems)} problems.", "bad" if own.problems else "good")


def _describe(problem: LoadProblem) -> str:
    line = "" if problem.line is None else f", line {problem.line}"
    return f"{problem.file}{line}: {problem.message}"
