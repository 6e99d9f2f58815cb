"""Which fields of events hold people's data: masked for the role User, and in links that are shared."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.dialogs import ActorNow, toast
from dashboard.components.basics.field import FormField, text_area
from dashboard.components.basics.text import Text
from dashboard.components.basics.unsaved import Unsaved
from dashboard.entrance.session import to_the_door
from engine import Engine, InvalidHook, TriggerHooksError

ABOUT = (
    "Users see these fields masked wherever they show, as +1•••••••21 or m•••@example.com. Managers and Admins see "
    "them as they are, and the audit log says who looked at which event or execution."
)


class SensitiveCard(Element):
    """`actor` is asked who acts, anew before each change; `back` is where one is after signing in again."""

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
        actor = await self._actor()
        with self:
            if actor is None:
                to_the_door(self._back)
                return
            try:
                await self._engine.sensitive.save(str(self._box.value or "").split(), actor=actor)
            except InvalidHook as error:
                self._field.show(error.problems["fields"])
            except TriggerHooksError as error:
                toast(str(error), "bad")
            else:
                self._box.value = self._stored
                self._field.show(None)
                toast("The sensitive fields are saved.", "good")

    @property
    def _stored(self) -> str:
        return "\n".join(sorted(self._engine.sensitive.fields))

    def _buttons(self) -> None:
        with ui.element("div").classes("th-sensitive-foot"):
            usual = Text("button", "Put back the usual ones", "th-button")
            usual.props["type"] = "button"
            usual.on("click", self._put_back, [])
            save = Text("button", "Save", "th-button is-main")
            save.props["type"] = "button"
            save.on("click", self.save, [])

    def _put_back(self) -> None:
        self._box.value = "\n".join(sorted(self._engine.sensitive.usual))

    def _changed(self) -> None:
        self._field.show(None)
        self._unsaved.guard(str(self._box.value or "") != self._stored)
