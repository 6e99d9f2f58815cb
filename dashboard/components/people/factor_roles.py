"""Which roles require a second factor, for Admins to choose."""

from collections.abc import Awaitable, Callable, Set
from typing import Final

from nicegui import ui
from nicegui.events import GenericEventArguments

from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.section_card import section_card
from dashboard.components.basics.text import Text
from dashboard.components.basics.unsaved import Unsaved
from engine import LABELS, Role

ABOUT: Final = (
    "Required of these roles. People who have none yet can only set one up, until they have. API keys are not affected."
)
ROLES: Final = (Role.ADMIN, Role.MANAGER, Role.USER)


class FactorRoles:
    """`save` takes the chosen roles, and gives those that are stored."""

    def __init__(self, stored: Set[Role], save: Callable[[frozenset[Role]], Awaitable[frozenset[Role]]]) -> None:
        self._stored, self._chosen, self._save = set(stored), set(stored), save
        with section_card("Second factor", ABOUT), ui.element("div").classes("th-factor-roles"):
            self._unsaved = Unsaved()
            for role in ROLES:
                self._box(role)
            plain_button("Save", self._on_save, "is-main", name="Save the roles that require a second factor")

    def _box(self, role: Role) -> None:
        words = f"{LABELS[role]}s"
        with ui.element("label").classes("th-check"):
            box = ui.element("input").mark(f"requires-{role}")
            box.props.update({"type": "checkbox", "checked": role in self._chosen, "aria-label": words})
            Text("span", words)

        def changed(event: GenericEventArguments) -> None:
            (self._chosen.add if event.args is True else self._chosen.discard)(role)
            self._unsaved.guard(self._chosen != self._stored)

        box.on("change", changed, js_handler="(event) => emit(event.target.checked)")

    async def _on_save(self) -> None:
        self._stored = set(await self._save(frozenset(self._chosen)))
        self._unsaved.guard(self._chosen != self._stored)
