"""A form for a new source: platform, name, secret, how it signs, and what it may send."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui import ui

from dashboard.components.basics.buttons import button
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from dashboard.components.sources.signing import SigningFields
from engine import GUIDES, LABELS, Json, Role

FIRST = next(iter(GUIDES))


class SourceForm(ui.dialog):
    """`make` takes the source in the API's format and returns problems by field, or None if it was made.

    `roles` are those that its events may have.
    """

    def __init__(
        self, roles: Sequence[Role], make: Callable[[Mapping[str, Json]], Awaitable[Mapping[str, str] | None]]
    ) -> None:
        super().__init__()
        self._make, self._making = make, False
        self._platform, self._role = FIRST, str(Role.AGENT)
        self.props["aria-label"] = "New source"
        with self, ui.element("div").classes("th-confirm th-source-form"), ui.element("form") as form:
            form.on("submit.prevent", self._submit, [])
            Text("h2", "New source", "th-dialog-title")
            self._fields = {field.name: field for field in self._build(roles)}
            self._notice = Text("p", "", "th-error")
            self._notice.props["role"] = "alert"
            with ui.element("div").classes("th-buttons"):
                button("Cancel", self.close).props("type=button")
                button("Make the source", lambda: None, "is-main").props("type=submit")
        self.on("hide", self.delete, [])
        self._choose_platform(FIRST)

    def _build(self, roles: Sequence[Role]) -> list[FormField]:
        platform = FormField("platform", "Platform", caption="span")
        with platform.inside:
            options = [Option(value=key, label=guide.label) for key, guide in GUIDES.items()]
            Combobox(options, value=FIRST, label="Platform", on_change=self._choose_platform, search=True)
        name = FormField("name", "Name", note="Required", hint="Which account or team it is, such as “Main account”.")
        self._name = text_input(name, "")
        self._name.props("maxlength=100 autofocus")
        self._signing = SigningFields()
        secret = FormField("secret", "Secret", hint=" ")
        self._secret = text_input(secret, "")
        self._secret.props("type=password autocomplete=new-password")
        types = FormField("types", "Event types", hint="Such as call.ended, lead.generated; empty: all.")
        self._types = text_input(types, "", placeholder="All")
        role = FormField("role", "Role of its events", caption="span", hint="Hooks that listen to this role hear them.")
        with role.inside:
            offered = [Option(value=str(one), label=LABELS[one]) for one in roles]
            Combobox(offered, value=self._role, label="Role of its events", on_change=self._choose_role)
        return [platform, name, self._signing.field, secret, types, role]

    def _choose_platform(self, value: str) -> None:
        self._platform = value
        self._signing.offer(value)
        self._fields["secret"].hint(f"{GUIDES[value].label} calls it: {GUIDES[value].signed_by}.")

    def _choose_role(self, value: str) -> None:
        self._role = value

    @property
    def raw(self) -> dict[str, Json]:
        """In the API's format."""
        return {
            "platform": self._platform,
            "name": self._name.value or "",
            "secret": self._secret.value or None,
            "types": (self._types.value or "").replace(",", " ").split(),
            "role": self._role,
            "verify": self._signing.raw,
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
