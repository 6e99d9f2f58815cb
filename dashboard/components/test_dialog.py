"""Test: an event to edit at the left, what the hook says to it at the right, and a way to send it for real."""

from collections.abc import Awaitable, Callable, Mapping

from nicegui import background_tasks, ui

from dashboard.components.combobox import Combobox, Option
from dashboard.components.dialogs import ActorNow, actor_now, button, toast
from dashboard.components.hook_form_field import FormField
from dashboard.components.json_editor import JsonEditor
from dashboard.components.test_dialog_result import show_result, show_waiting
from dashboard.components.text import Text
from engine import (
    LABELS,
    Actor,
    Engine,
    HookDefinition,
    Json,
    NotFound,
    Permission,
    Role,
    TestResult,
    TriggerHooksError,
    acting_roles,
    may,
)


class TestDialog:
    """`actor` is who acts, or how to ask who acts now; it is asked again before every test."""

    __test__ = False

    def __init__(self, engine: Engine, actor: Actor | ActorNow) -> None:
        self._engine = engine
        self._actor = actor_now(actor)
        self._dialog = ui.dialog().classes("ti-wide")
        self._dialog.on("hide", self._hidden, [])

    def open(self, hook_id: int | None, draft: Mapping[str, Json] | None = None) -> Awaitable[None]:
        """On a hook, or on what is not saved of it yet."""
        return background_tasks.create(self._open(hook_id, draft), name="open the test dialog")

    async def _open(self, hook_id: int | None, draft: Mapping[str, Json] | None) -> None:
        actor = await self._actor()
        with self._dialog:
            if actor is None:
                toast("You are signed out. Sign in again to test.", "bad")
                return
            self._subject: Mapping[str, Json] | int = draft if draft is not None else hook_id or 0
            try:
                self._build(self._definition(), actor)
            except TriggerHooksError as error:
                toast(str(error), "bad")
                return
            self._dialog.open()
            if (result := await self._ask(send=False)) is not None:
                self._show(result, bring=False)

    async def dry_run(self) -> None:
        """Decides, and sends nothing."""
        if (result := await self._ask(send=False)) is not None:
            self._show(result)

    async def send(self) -> None:
        """Sends for real, where the hook would fire."""
        if self._busy or (result := await self._ask(send=False)) is None:
            return
        if not result.decision.fired:
            self._show(result, refused=True)
            return
        self._set_busy(True)
        try:
            if (result := await self._ask(send=True)) is not None:
                self._show(result)
        finally:
            self._set_busy(False)

    def _definition(self) -> HookDefinition:
        """Raises NotFound, InvalidHook."""
        hooks = self._engine.hooks
        return hooks.get(self._subject).definition if isinstance(self._subject, int) else hooks.read(self._subject)

    async def _ask(self, *, send: bool) -> TestResult | None:
        data, actor = self._editor.value, await self._actor()
        if data is None:
            self._editor.focus()
            return None
        if actor is None:
            return self._complain("You are signed out. Sign in again in another tab.")
        try:
            return await self._engine.test(self._subject, data=data, role=self._role, send=send, actor=actor)
        except NotFound:
            return self._complain("This hook is gone. Somebody deleted it.")
        except TriggerHooksError as error:
            return self._complain(str(error))

    def _build(self, definition: HookDefinition, actor: Actor) -> None:
        known = self._engine.catalogue.by_name.get(definition.trigger)
        self._sample = known.sample if known else {}
        roles = acting_roles(actor)
        self._role = definition.role if definition.role in roles else roles[0]
        self._busy = False
        is_saved, may_send = isinstance(self._subject, int), may(actor, Permission.MANAGE_HOOKS)
        self._dialog.clear()
        with self._dialog, ui.element("div").classes("ti-test"):
            self._header(definition, known.label if known else definition.trigger, is_saved=is_saved)
            with ui.element("div").classes("ti-test-panes"):
                with ui.element("div").classes("ti-test-left"):
                    self._event_pane(roles)
                    self._buttons(is_saved=is_saved, may_send=may_send)
                self._result = ui.element("div").classes("ti-test-right")
                self._result.props["aria-live"] = "polite"

    def _header(self, definition: HookDefinition, event: str, *, is_saved: bool) -> None:
        with ui.element("div").classes("ti-head"):
            title = Text("h2", f"Test: {definition.title}", "ti-title")
            title.props["id"] = f"ti-{title.id}"
            self._dialog.props["aria-labelledby"] = title.props["id"]
            Text("span", event, "ti-tag")
            if not is_saved:
                Text("span", "Unsaved changes", "ti-tag")
            close = ui.button(icon="close", on_click=self._dialog.close, color=None)
            close.props("flat round dense :ripple=false").classes("ti-close")
            close.props["aria-label"] = "Close"

    def _event_pane(self, roles: tuple[Role, ...]) -> None:
        with ui.element("div").classes("ti-caption"):
            Text("h3", "Event data", "ti-label")
            button("Format", self._format, "is-quiet is-small")
            button("Reset to sample", self._reset, "is-quiet is-small")
        self._editor = JsonEditor(
            self._sample, label="Event data as JSON", on_change=self._changed, on_run=self.dry_run
        )
        field = FormField("role", "Act as role", hint="The role that the event comes with.")
        with field.inside:
            Combobox(
                [Option(value=str(role), label=LABELS[role]) for role in roles],
                value=str(self._role),
                label="Act as role",
                on_change=self._act_as,
                input_id=field.control_id,
            )

    def _buttons(self, *, is_saved: bool, may_send: bool) -> None:
        with ui.element("div").classes("ti-test-buttons"):
            self._dry = button("Dry run", self.dry_run, "" if may_send and is_saved else "is-main")
            if may_send:
                self._send = button("Send", self.send, "is-main" if is_saved else "")
                self._send.set_enabled(is_saved)
        Text("p", _hint(is_saved=is_saved, may_send=may_send), "ti-hint")

    def _format(self) -> None:
        self._editor.format()

    def _reset(self) -> None:
        self._editor.write(self._sample)

    def _act_as(self, role: str) -> None:
        self._role = Role(role)
        self._changed()

    def _changed(self) -> None:
        """What stands at the right is about an older event now."""
        self._result.classes("is-old")
        self._dry.set_enabled(self._editor.value is not None)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._send.props(add="loading" if busy else "", remove="" if busy else "loading")
        self._dry.set_enabled(not busy)
        if busy:
            self._fill(show_waiting)

    def _show(self, result: TestResult, *, refused: bool = False, bring: bool = True) -> None:
        self._fill(lambda: show_result(result, refused=refused, bring=bring))

    def _complain(self, text: str) -> None:
        self._fill(lambda: Text("p", text, "ti-info is-bad"))

    def _fill(self, show: Callable[[], object]) -> None:
        self._result.clear()
        self._result.classes(remove="is-old")
        with self._result:
            show()

    def _hidden(self) -> None:
        if not self._dialog.value:
            self._dialog.clear()


def _hint(*, is_saved: bool, may_send: bool) -> str:
    if not may_send:
        return "A dry run sends nothing. Managers and admins may also send."
    if not is_saved:
        return "A dry run sends nothing. Save the hook to send."
    return "A dry run sends nothing. Send calls the real address, marked webhook-test:\u00a0true."
