"""A form for a new API key: name, role, scopes and limits. Errors appear beside their field."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from nicegui import ui
from nicegui.events import GenericEventArguments

from dashboard.components.basics.buttons import button
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from engine import LABELS, USUAL_RATE, Json, Role, Scope, scopes_of, usual_scopes_of

ROLES: Final[Mapping[Role, str]] = {
    Role.AGENT: "Sends the events of AI agents",
    Role.SYSTEM: "Sends the events of systems",
    Role.USER: "Sends events, looks, and tests without sending",
    Role.MANAGER: "And changes hooks, and replays",
    Role.ADMIN: "And everything else",
}
SCOPES: Final[Mapping[Scope, str]] = {
    Scope.INGEST: "Send events",
    Scope.READ: "Look at hooks, events and executions",
    Scope.MANAGE: "Change, replay and administer",
    Scope.PEOPLE: "Invite people, change their roles, reset their access",
}
ENDS: Final[Mapping[str, tuple[str, int]]] = {
    "": ("Never", 0),
    "30": ("In 30 days", 30),
    "90": ("In 90 days", 90),
    "365": ("In a year", 365),
}


class KeyForm(ui.dialog):
    """`make` takes the key in the API's format and returns problems by field, or None if it was created."""

    def __init__(self, make: Callable[[Mapping[str, Json]], Awaitable[Mapping[str, str] | None]]) -> None:
        super().__init__()
        self._make, self._making = make, False
        self._scopes: set[Scope] = set()
        self._ends = ""
        self._boxes: dict[Scope, ui.element] = {}
        self.props["aria-label"] = "New API key"
        with self, ui.element("div").classes("th-confirm th-key-form"), ui.element("form") as form:
            form.on("submit.prevent", self._submit, [])
            Text("h2", "New API key", "th-dialog-title")
            self._fields = self._build()
            self._notice = Text("p", "", "th-error")
            self._notice.props["role"] = "alert"
            with ui.element("div").classes("th-buttons"):
                button("Cancel", self.close).props("type=button")
                button("Make the key", lambda: None, "is-main").props("type=submit")
        self.on("hide", self.delete, [])
        self._choose_role(Role.AGENT)

    def _build(self) -> dict[str, FormField]:
        fields = [FormField("name", "Name", note="Required", hint="Who or what will use it, such as “Dialer”.")]
        self._name = text_input(fields[-1], "")
        self._name.props("maxlength=100 autofocus")
        fields.append(FormField("role", "Role", caption="span", hint="Its events have this role, whatever they say."))
        roles = [Option(value=str(role), label=LABELS[role], detail=words) for role, words in ROLES.items()]
        with fields[-1].inside:
            self._role = Combobox(roles, value=str(Role.AGENT), label="Role", on_change=self._choose_role)
        fields.append(FormField("scopes", "For", caption="span"))
        with fields[-1].inside, ui.element("div").classes("th-key-scopes") as group:
            group.props.update({"role": "group", "aria-label": "For"})
            for scope, words in SCOPES.items():
                self._boxes[scope] = self._box(scope, words)
        fields.append(FormField("types", "Event types", hint="Such as call.ended, lead.generated; empty: all."))
        self._types = text_input(fields[-1], "", placeholder="All")
        fields.append(FormField("rate", "Rate", hint="Events and other calls a minute."))
        self._rate = text_input(fields[-1], "", placeholder=f"{USUAL_RATE:,} a minute")
        self._rate.props("inputmode=numeric")
        fields.append(FormField("expires_at", "Ends", caption="span"))
        ends = [Option(value=value, label=label) for value, (label, _) in ENDS.items()]
        with fields[-1].inside:
            Combobox(ends, value="", label="Ends", on_change=self._choose_end)
        return {field.name: field for field in fields}

    def _box(self, scope: Scope, words: str) -> ui.element:
        with ui.element("label").classes("th-check") as label:
            box = ui.element("input")
            box.props.update({"type": "checkbox", "aria-label": words})
            Text("span", words)

        def changed(event: GenericEventArguments) -> None:
            (self._scopes.add if event.args is True else self._scopes.discard)(scope)

        box.on("change", changed, js_handler="(event) => emit(event.target.checked)")
        box.mark(f"scope-{scope}")
        label.mark(f"for-{scope}")
        return box

    def _choose_role(self, value: str) -> None:
        """Starts with what the role usually has; what it cannot use is not offered."""
        usable, usual = scopes_of(Role(value)), usual_scopes_of(Role(value))
        self._scopes = set(usual)
        for scope, box in self._boxes.items():
            box.props["disabled"] = scope not in usable
            box.props["checked"] = scope in usual
            box.update()

    def _choose_end(self, value: str) -> None:
        self._ends = value

    @property
    def raw(self) -> dict[str, Json]:
        """In the API's format. An invalid rate becomes 0, which the engine rejects."""
        rate = "".join((self._rate.value or "").split()).replace(",", "")
        days = ENDS[self._ends][1] if self._ends in ENDS else 0
        return {
            "name": self._name.value,
            "role": self._role.value,
            "scopes": sorted(self._scopes),
            "types": (self._types.value or "").replace(",", " ").split(),
            "rate": (int(rate) if rate.isascii() and rate.isdigit() and len(rate) < 12 else 0) if rate else None,
            "expires_at": (datetime.now(UTC) + timedelta(days=days)).isoformat() if days else None,
        }

    async def _submit(self) -> None:
        if self._making:
            return
        self._making = True
        try:
            problems = await self._make(self.raw)
        finally:
            self._making = False
        if problems is None:
            self.close()
            return
        for name, field in self._fields.items():
            field.show(problems.get(name))
        self._notice.text = "; ".join(words for name, words in problems.items() if name not in self._fields)
