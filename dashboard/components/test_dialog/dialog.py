"""Test: an editable event on the left, the hook's decision on the right, and a way to send it for real."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui import ui

from dashboard.clients import later
from dashboard.components.basics.acting import ActorNow, actor_now
from dashboard.components.basics.buttons import button, icon_button
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.text import Text
from dashboard.components.test_dialog.case import CaseKeeper, Tested
from dashboard.components.test_dialog.event import EventPane
from dashboard.components.test_dialog.result import show_result, show_waiting
from engine import (
    LABELS,
    Actor,
    Engine,
    Gate,
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
    """`actor` is the actor or a function that returns the current one; it is called before every test."""

    __test__ = False

    def __init__(self, engine: Engine, actor: Actor | ActorNow) -> None:
        self._engine = engine
        self._actor = actor_now(actor)
        self._dialog = ui.dialog().classes("th-wide-dialog")
        self._dialog.on("hide", self._hidden, [])

    def open(self, hook_id: int | None, draft: Mapping[str, Json] | None = None) -> Awaitable[None]:
        """Tests a saved hook, or unsaved changes."""
        return later(self._open(hook_id, draft), name="open the test dialog")

    async def _open(self, hook_id: int | None, draft: Mapping[str, Json] | None) -> None:
        actor = await self._actor()
        with self._dialog:
            if actor is None:
                toast("You are signed out. Sign in again to test.", "bad")
                return
            self._hook_id = hook_id
            self._subject: Mapping[str, Json] | int = draft if draft is not None else hook_id or 0
            try:
                self._build(self._definition(), actor)
            except TriggerHooksError as error:
                toast(str(error), "bad")
                return
            self._dialog.open()
            await self._decide(bring=False)

    async def dry_run(self) -> None:
        """Decides without sending anything."""
        await self._decide(bring=True)

    async def send(self) -> None:
        """Sends for real, if the hook would fire."""
        if self._busy or (result := await self._run_test(send=False)) is None:
            return
        if not result.decision.fired and result.decision.gate is not Gate.LIMITS:
            self._show(result, refused=True)
            return
        self._set_busy(True)
        try:
            if (result := await self._run_test(send=True)) is not None:
                self._show(result)
        finally:
            self._set_busy(False)

    async def _decide(self, *, bring: bool) -> None:
        if (result := await self._run_test(send=False)) is not None:
            self._show(result, bring=bring)

    def _definition(self) -> HookDefinition:
        """Raises NotFound, InvalidHook."""
        hooks = self._engine.hooks
        return hooks.get(self._subject).definition if isinstance(self._subject, int) else hooks.read(self._subject)

    async def _run_test(self, *, send: bool) -> TestResult | None:
        pane, actor = self._event, await self._actor()
        data, self._without = pane.data, pane.without
        if data is None:
            pane.focus()
            return None
        if actor is None:
            return self._show_error("You are signed out. Sign in again in another tab.")
        self._tested = Tested(hook_id=self._hook_id or 0, subject=self._subject, role=pane.role, data=data)
        self._may_keep = self._hook_id is not None and may(actor, Permission.MANAGE_HOOKS)
        try:
            result = await self._engine.testing.test(
                self._subject, data=data, role=pane.role, send=send, actor=actor, without=self._without
            )
            return self._engine.sensitive.sight(actor).tested(result)
        except NotFound:
            return self._show_error("This hook is gone. Somebody deleted it.")
        except TriggerHooksError as error:
            return self._show_error(str(error))

    def _build(self, definition: HookDefinition, actor: Actor) -> None:
        known = self._engine.catalogue.by_name.get(definition.trigger)
        self._busy = False
        self._is_saved = is_saved = isinstance(self._subject, int)
        self._sends_as = acting_roles(actor) if may(actor, Permission.MANAGE_HOOKS) else ()
        self._dialog.clear()
        with self._dialog, ui.element("div").classes("th-test"):
            self._header(definition, known.label if known else definition.trigger, is_saved=is_saved)
            with ui.element("div").classes("th-test-panes"):
                with ui.element("div").classes("th-test-left"):
                    self._event = EventPane(
                        self._engine,
                        definition,
                        actor,
                        on_change=self._changed,
                        on_take=self._take,
                        on_run=self.dry_run,
                    )
                    self._buttons()
                    self._offer_send()
                self._result = ui.element("div").classes("th-test-right")
                self._result.props["aria-live"] = "polite"

    def _header(self, definition: HookDefinition, event: str, *, is_saved: bool) -> None:
        with ui.element("div").classes("th-panel-head"):
            title = Text("h2", f"Test: {definition.title}", "th-dialog-title")
            title.props["id"] = f"th-{title.id}"
            self._dialog.props["aria-labelledby"] = title.props["id"]
            Text("span", event, "th-tag")
            if not is_saved:
                Text("span", "Unsaved changes", "th-tag")
            icon_button("close", "Close", self._dialog.close, "th-close")

    def _buttons(self) -> None:
        sends = self._is_saved and bool(self._sends_as)
        with ui.element("div").classes("th-test-buttons"):
            self._dry = button("Dry run", self.dry_run, "" if sends else "is-main")
            if self._sends_as:
                self._send = button("Send", self.send, "is-main" if sends else "")
        self._hint = Text("p", "", "th-hint")
        self._hint.props["role"] = "status"

    def _offer_send(self) -> None:
        """A dry run may act as any role, but not everybody may send as it."""
        role = self._event.role
        self._hint.text = _hint(role, self._sends_as, is_saved=self._is_saved)
        if self._sends_as:
            self._send.set_enabled(self._is_saved and role in self._sends_as)

    def _take(self) -> None:
        """A newly chosen event is decided immediately."""
        later(self._decide(bring=False), name="decide a chosen event")

    def _changed(self) -> None:
        """Marks the result on the right as outdated."""
        self._result.classes("is-old")
        self._offer_send()
        self._dry.set_enabled(self._event.data is not None)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._send.props(add="loading" if busy else "", remove="" if busy else "loading")
        self._dry.set_enabled(not busy)
        if busy:
            self._fill(show_waiting)

    def _show(self, result: TestResult, *, refused: bool = False, bring: bool = True) -> None:
        def show() -> None:
            show_result(result, without=self._without, refused=refused, bring=bring, below=self._offer_case)

        self._fill(show)

    def _offer_case(self) -> None:
        if self._may_keep:
            CaseKeeper(self._engine, self._actor, self._tested)

    def _show_error(self, text: str) -> None:
        self._fill(lambda: Text("p", text, "th-panel-info is-bad"))

    def _fill(self, show: Callable[[], object]) -> None:
        self._result.clear()
        self._result.classes(remove="is-old")
        with self._result:
            show()

    def _hidden(self) -> None:
        if not self._dialog.value:
            self._dialog.clear()


def _hint(role: Role, sends_as: Sequence[Role], *, is_saved: bool) -> str:
    if not sends_as:
        return "A dry run sends nothing. Managers and admins may also send."
    if not is_saved:
        return "A dry run sends nothing. Save the hook to send."
    if role not in sends_as:
        return f"A dry run may act as any role. You may send as {' or '.join(LABELS[one] for one in sends_as)}."
    return "A dry run sends nothing. Send calls the real address, marked webhook-test:\u00a0true."
