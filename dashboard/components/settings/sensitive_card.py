"""Which event fields contain personal data: masked for the role User, and in shared links."""

from collections.abc import Mapping

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.acting import ActorNow, act
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.field import FormField, text_area
from dashboard.components.basics.text import Text
from dashboard.components.basics.unsaved import Unsaved
from engine import Actor, Engine

ABOUT = (
    "Users see these fields masked wherever they show, as +1•••••••21 or m•••@example.com. Managers and Admins see "
    "them as they are, and the audit log says who looked at which event or execution."
)


class SensitiveCard(Element):
    """`actor` is called for the current actor before each change; `back` is the page to return to after signing in."""

    def __init__(self, engine: Engine, actor: ActorNow, *, back: str, read_only: bool) -> None:
        super().__init__("section")
        self._engine, self._actor, self._back = engine, actor, back
        self.classes("th-card th-section th-sensitive")
        with self:
            self._unsaved = Unsaved()
            heading = Text("h2", "People's data")
            Text("p", ABOUT, "th-muted")
            hint = "Admins may change them." if read_only else "One a line; at any depth of an event."
            self._field = FormField("fields", "Sensitive fields", hint=hint)
            self._box = text_area(self._field, self._stored, placeholder="phone_number", read_only=read_only)
            self._box.props("spellcheck=false").classes("is-mono")
            self._box.on_value_change(self._changed)
            if not read_only:
                self._buttons()
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]

    async def save(self) -> None:
        async def save(actor: Actor) -> bool:
            await self._engine.sensitive.save(str(self._box.value or "").split(), actor=actor)
            return True

        def show(problems: Mapping[str, str]) -> None:
            self._field.show(problems["fields"])

        if await act(self._actor, save, within=self, back=self._back, problems=show):
            with self:
                self._box.value = self._stored
                self._field.show(None)
                toast("The sensitive fields are saved.", "good")

    @property
    def _stored(self) -> str:
        return "\n".join(sorted(self._engine.sensitive.fields))

    def _buttons(self) -> None:
        with ui.element("div").classes("th-sensitive-foot"):
            plain_button("Put back the usual ones", self._restore_defaults)
            plain_button("Save", self.save, "is-main")

    def _restore_defaults(self) -> None:
        self._box.value = "\n".join(sorted(self._engine.sensitive.usual))

    def _changed(self) -> None:
        self._field.show(None)
        self._unsaved.guard(str(self._box.value or "") != self._stored)
