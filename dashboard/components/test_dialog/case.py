"""Keep as a case: the event that was tested, with a name and the answer that is expected of the hook."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from nicegui import ui

from dashboard.components.basics.acting import ActorNow, refusals
from dashboard.components.basics.buttons import button
from dashboard.components.basics.choice import Choice
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from engine import Actor, Engine, Gate, Json, Role

_ANSWERS: Final = {"fires": "Fires", "not": "Does not fire"}
_ABOUT: Final = "The hook's form runs its cases at every edit, and shows those that the edit would break."
_EVERY_GATE: Final = "A case asks every gate, as if the hook were enabled."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What was tested: a hook that is saved, or an edit of it."""

    hook_id: int
    subject: Mapping[str, Json] | int
    role: Role
    data: Mapping[str, Json]


class CaseKeeper:
    """A button that opens the question in its place."""

    def __init__(self, engine: Engine, actor: ActorNow, tested: Tested) -> None:
        self._engine, self._actor, self._tested = engine, actor, tested
        self._box = ui.element("div").classes("th-case-box")
        self._offer()

    def _offer(self) -> None:
        self._box.clear()
        with self._box:
            button("Keep as a case", self._ask, "is-small")

    async def _ask(self) -> None:
        """Preset to what the hook says now with every gate asked, as a case asks them."""
        fires: bool | None = None

        async def decide(actor: Actor) -> None:
            nonlocal fires
            one = self._tested
            result = await self._engine.testing.test(
                one.subject, data=one.data, role=one.role, send=False, actor=actor, without=frozenset({Gate.STATUS})
            )
            fires = result.decision.fired

        if (problem := await self._as_somebody(decide)) or fires is None:
            self._tell(problem or "", bad=True)
            return
        self._show_form(fires=fires)

    def _show_form(self, *, fires: bool) -> None:
        self._box.clear()
        with self._box, ui.element("section").classes("th-keep") as form:
            form.props["aria-label"] = "Keep as a case"
            self._name = FormField("name", "Name of the case", note="Required")
            self._input = text_input(self._name, "", placeholder="A long call from Spain")
            self._input.props("autofocus maxlength=255").on("keydown.enter", self._keep, [])
            with FormField("fires", "Expected answer", hint=_EVERY_GATE, caption="span").inside:
                self._answer = Choice(
                    _ANSWERS,
                    value="fires" if fires else "not",
                    label="Expected answer",
                    on_change=lambda _: None,
                )
            with ui.element("div").classes("th-buttons"):
                self._keep_button = button("Keep", self._keep, "is-main")
                button("Cancel", self._offer, "is-quiet")
            Text("p", _ABOUT, "th-hint")

    async def _keep(self) -> None:
        name = str(self._input.value or "")
        one, fires = self._tested, self._answer.value == "fires"
        self._keep_button.set_enabled(False)

        async def keep(actor: Actor) -> None:
            await self._engine.cases.keep(
                one.hook_id, name=name, role=one.role, data=one.data, fires=fires, actor=actor
            )

        try:
            problem = await self._as_somebody(keep)
        finally:
            self._keep_button.set_enabled(True)
        if problem:
            self._name.show(problem)
        else:
            self._tell(f"Kept as “{name.strip()}”: {_ANSWERS[self._answer.value].lower()}. {_ABOUT}")

    async def _as_somebody(self, act: Callable[[Actor], Awaitable[None]]) -> str | None:
        """What was in the way, in words."""
        return " ".join((await refusals(self._actor, act)).values()) or None

    def _tell(self, text: str, *, bad: bool = False) -> None:
        self._box.clear()
        with self._box:
            Text("p", text, "th-panel-info is-bad" if bad else "th-panel-info").props["role"] = (
                "alert" if bad else "status"
            )
