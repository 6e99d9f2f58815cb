"""Save as test case: the tested event, with a name and the decision expected of the hook."""

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
    """What was tested: a saved hook, or an edit of it."""

    hook_id: int
    subject: Mapping[str, Json] | int
    role: Role
    data: Mapping[str, Json]


class CaseKeeper:
    """A button that is replaced by the form when clicked."""

    def __init__(self, engine: Engine, actor: ActorNow, tested: Tested) -> None:
        self._engine, self._actor, self._tested = engine, actor, tested
        self._box = ui.element("div").classes("th-case-box")
        self._offer()

    def _offer(self) -> None:
        self._box.clear()
        with self._box:
            button("Keep as a case", self._open_form, "is-small")

    async def _open_form(self) -> None:
        """Defaults to the hook's current decision with every gate enabled, as test cases run."""
        fires: bool | None = None

        async def decide(actor: Actor) -> None:
            nonlocal fires
            one = self._tested
            result = await self._engine.testing.test(
                one.subject, data=one.data, role=one.role, send=False, actor=actor, without=frozenset({Gate.STATUS})
            )
            fires = result.decision.fired

        if (problem := await self._act_as_current_user(decide)) or fires is None:
            self._show_message(problem or "", bad=True)
            return
        self._show_form(fires=fires)

    def _show_form(self, *, fires: bool) -> None:
        self._box.clear()
        with self._box, ui.element("section").classes("th-keep") as form:
            form.props["aria-label"] = "Keep as a case"
            self._name = FormField("name", "Name of the case", note="Required")
            self._input = text_input(self._name, "", placeholder="A long call from Spain")
            self._input.props("autofocus maxlength=255").on("keydown.enter", self._save, [])
            with FormField("fires", "Expected answer", hint=_EVERY_GATE, caption="span").inside:
                self._answer = Choice(
                    _ANSWERS,
                    value="fires" if fires else "not",
                    label="Expected answer",
                    on_change=lambda _: None,
                )
            with ui.element("div").classes("th-buttons"):
                self._save_button = button("Keep", self._save, "is-main")
                button("Cancel", self._offer, "is-quiet")
            Text("p", _ABOUT, "th-hint")

    async def _save(self) -> None:
        name = str(self._input.value or "")
        one, fires = self._tested, self._answer.value == "fires"
        self._save_button.set_enabled(False)

        async def keep(actor: Actor) -> None:
            await self._engine.cases.keep(
                one.hook_id, name=name, role=one.role, data=one.data, fires=fires, actor=actor
            )

        try:
            problem = await self._act_as_current_user(keep)
        finally:
            self._save_button.set_enabled(True)
        if problem:
            self._name.show(problem)
        else:
            self._show_message(f"Kept as “{name.strip()}”: {_ANSWERS[self._answer.value].lower()}. {_ABOUT}")

    async def _act_as_current_user(self, act: Callable[[Actor], Awaitable[None]]) -> str | None:
        """The problem, in words."""
        return " ".join((await refusals(self._actor, act)).values()) or None

    def _show_message(self, text: str, *, bad: bool = False) -> None:
        self._box.clear()
        with self._box:
            Text("p", text, "th-panel-info is-bad" if bad else "th-panel-info").props["role"] = (
                "alert" if bad else "status"
            )
