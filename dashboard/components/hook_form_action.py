"""The form's last section: where to call and how, with what headers, as which type, for whose events."""

from collections.abc import Mapping
from typing import Final

from nicegui import ui

from dashboard.components.combobox import Combobox, Option
from dashboard.components.hook_form_field import FormField, text_input
from dashboard.components.hook_form_headers import HeaderRows
from dashboard.components.hook_form_sections import Editing, section
from dashboard.components.text import Text
from engine import LABELS, USUALLY_SECRET, HookType, Method, Role

_METHODS: Final[Mapping[str, str]] = {
    Method.GET: "Asks for something. Carries no body.",
    Method.POST: "Creates. The event goes in the body.",
    Method.PUT: "Replaces. The event goes in the body.",
    Method.DELETE: "Removes. Carries no body.",
    Method.PATCH: "Changes a part. The event goes in the body.",
}
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


class ActionSection:
    """Hook URL, Hook Method, headers, Type, Role."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        action, read_only = editing.draft.action, editing.read_only
        with section("Action configuration", "What happens when an event gets through."):
            with ui.element("div").classes("ti-columns is-wide-left"):
                self._url = FormField("actions[0].url", "Hook URL", note="Required")
                box = text_input(
                    self._url, action["url"], placeholder="https://api.example.com/leads", read_only=read_only
                )
                box.props("inputmode=url spellcheck=false").classes("is-mono")
                box.on_value_change(lambda event: self._write_url(event.value or ""))
                box.on("blur", lambda: editing.left("actions[0].url"), [])
                self._method = self._choice(
                    "actions[0].method",
                    "Hook Method",
                    [Option(value=str(one), label=str(one), detail=_METHODS[one]) for one in Method],
                    action["method"],
                )
            with FormField("actions[0].headers", "Headers", note="Optional", caption="span").inside:
                self._headers = HeaderRows(
                    action["headers"],
                    on_change=self._write_headers,
                    on_leave=lambda: editing.left("actions[0].headers"),
                    read_only=read_only,
                )
            if others := len(editing.draft.raw["actions"]) - 1:
                told = "1 further action" if others == 1 else f"{others} further actions"
                Text("p", f"This hook has {told}, made over the API. They stay as they are.", "ti-info")
            with ui.element("div").classes("ti-columns"):
                self._type = self._choice(
                    "type",
                    "Type",
                    [Option(value=str(one), label=LABELS[one], detail=_TYPES[one]) for one in HookType],
                    editing.draft.raw["type"],
                )
                self._role = self._choice(
                    "role",
                    "Role",
                    [Option(value=str(one), label=LABELS[one], detail=_ROLES[one]) for one in Role],
                    editing.draft.raw["role"],
                )
        self._hint_at_target()
        self._hint_at_method()

    def own_problems(self) -> dict[str, str]:
        return self._headers.own_problems()

    def show(self, problems: Mapping[str, str], every: Mapping[str, str], *, tries: int) -> None:
        self._url.show(problems.get("actions[0].url"))
        self._method.show(problems.get("actions[0].method"))
        self._headers.show_problems(every, tries=tries)
        self._type.show(problems.get("type"))
        self._role.show(problems.get("role"))

    def places(self) -> list[str]:
        return self._headers.places()

    def _choice(self, name: str, label: str, options: list[Option], value: str) -> FormField:
        field = FormField(name, label)
        details = {option.get("value"): option.get("detail", "") for option in options}
        field.hint(details.get(value))

        def choose(chosen: str) -> None:
            target = self._editing.draft.action if name == "actions[0].method" else self._editing.draft.raw
            target[name.rpartition(".")[2]] = chosen
            field.hint(details[chosen])
            self._hint_at_method()
            self._editing.changed()

        with field.inside:
            Combobox(
                options,
                value=value,
                label=label,
                on_change=choose,
                input_id=field.control_id,
                read_only=self._editing.read_only,
            )
        return field

    def _write_url(self, url: str) -> None:
        self._editing.draft.action["url"] = url.strip()
        self._hint_at_target()
        self._editing.changed()

    def _write_headers(self, headers: dict[str, str]) -> None:
        """A header that is called like one that usually bears a secret is one, when it is newly written."""
        action, before = self._editing.draft.action, set(self._editing.draft.action["headers"])
        marked = {name.lower() for name in action["secret_headers"]}
        action["headers"] = headers
        action["secret_headers"] = [
            name
            for name in headers
            if name.lower() in marked or (name not in before and name.lower() in USUALLY_SECRET)
        ]
        self._editing.changed()

    def _hint_at_target(self) -> None:
        warning = self._editing.engine.describe_target(self._editing.draft.action["url"])
        self._url.hint(warning, warning=warning is not None)

    def _hint_at_method(self) -> None:
        bodyless = self._editing.draft.action["method"] in {Method.GET, Method.DELETE}
        self._method.hint("Carries no body." if bodyless else "The event goes in the body.")
