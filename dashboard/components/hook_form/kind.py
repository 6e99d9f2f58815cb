"""The hook's type, which sets its lane, and the role whose events it receives."""

from collections.abc import Callable, Mapping
from typing import Final

from nicegui import ui

from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField
from dashboard.components.hook_form.sections import Editing
from engine import LABELS, SCHEDULED, HookType, Role

_TYPES: Final[Mapping[HookType, str]] = {
    HookType.LEAD_PROCESSING: "Lead qualification and routing",
    HookType.CRM_INTEGRATION: "Customer relationship management",
    HookType.ANALYTICS: "Data analysis and reporting",
    HookType.NOTIFICATION: "Alerts and notifications",
    HookType.WORKFLOW: "Business process automation",
    HookType.OTHER: "Custom, or anything else",
}
_ROLES: Final[Mapping[Role, str]] = {
    Role.AGENT: "Events from AI agents",
    Role.ADMIN: "Events from admins",
    Role.MANAGER: "Events from managers and admins",
    Role.USER: "Events from any caller with a key or a sign-in, except the system",
    Role.SYSTEM: "Automatic events: the scheduler, and keys of this role",
}


class KindFields:
    """Type, Role."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        with ui.element("div").classes("th-form-columns"):
            self._type, _ = self._field("type", "Type", {str(one): (LABELS[one], _TYPES[one]) for one in HookType})
            self._role, self._roles = self._field(
                "role", "Role", {str(one): (LABELS[one], _ROLES[one]) for one in Role}
            )
        self.follow()

    def follow(self) -> None:
        """A scheduled hook runs for the clock: no other role is offered."""
        raw = self._editing.draft.raw
        offered = (Role.SYSTEM,) if raw["trigger"] == SCHEDULED else tuple(Role)
        self._roles.offer([Option(value=str(one), label=LABELS[one], detail=_ROLES[one]) for one in offered])
        self._roles.set(raw["role"])
        self._role.hint(_ROLES.get(raw["role"], ""))

    def show(self, problems: Mapping[str, str]) -> None:
        self._type.show(problems.get("type"))
        self._role.show(problems.get("role"))

    def _field(self, name: str, label: str, options: Mapping[str, tuple[str, str]]) -> tuple[FormField, Combobox]:
        def choose(chosen: str) -> None:
            self._editing.draft.raw[name] = chosen
            self._editing.changed()

        value = self._editing.draft.raw[name]
        return list_field(name, label, options, value, on_change=choose, read_only=self._editing.read_only)


def list_field(
    name: str,
    label: str,
    options: Mapping[str, tuple[str, str]],
    value: str,
    *,
    on_change: Callable[[str], None],
    read_only: bool,
) -> tuple[FormField, Combobox]:
    """A choice from a list; `options` maps each value to its label and its meaning, shown as the field's hint."""
    field = FormField(name, label)

    def choose(chosen: str) -> None:
        field.hint(options[chosen][1])
        on_change(chosen)

    field.hint(options[value][1] if value in options else "")
    with field.inside:
        chooser = Combobox(
            [Option(value=one, label=shown, detail=detail) for one, (shown, detail) in options.items()],
            value=value,
            label=label,
            on_change=choose,
            input_id=field.control_id,
            read_only=read_only,
        )
    return field, chooser
