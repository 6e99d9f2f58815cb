"""Changing your own password."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from dashboard.components.basics.buttons import button
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.section_card import section_card
from engine import InvalidAccount, TriggerHooksError

Change = Callable[[str, str], Awaitable[None]]


class PasswordCard:
    """`change` takes the current password and the new one."""

    def __init__(self, change: Change) -> None:
        self._change = change
        with section_card("Password", "When you change it, you are signed out everywhere else."):
            with ui.element("div").classes("th-fields"):
                self._present, self._now = _password("present", "Present password", "current-password")
                hint = "At least 12 characters; a few words do well."
                self._new, self._next = _password("password", "New password", "new-password", hint)
            button("Change the password", self.save)

    async def save(self) -> None:
        problems: dict[str, str] = {}
        try:
            await self._change(str(self._now.value or ""), str(self._next.value or ""))
        except InvalidAccount as error:
            problems = dict(error.problems)
        except TriggerHooksError as error:
            toast(str(error), "bad")
            return
        self._present.show(problems.get("present"))
        self._new.show(problems.get("password"))
        if not problems:
            self._now.value = self._next.value = ""
            toast("Your password is changed.", "good")


def _password(name: str, label: str, complete: str, hint: str = "") -> tuple[FormField, ui.input]:
    field = FormField(name, label, hint=hint)
    box = text_input(field, "")
    box.props["type"], box.props["autocomplete"] = "password", complete
    return field, box
