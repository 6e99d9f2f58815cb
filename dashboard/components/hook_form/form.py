"""The form that makes and changes hooks: a panel from the right, over a draft that belongs to it alone."""

from collections.abc import Awaitable, Mapping
from copy import deepcopy

from nicegui import ui

from dashboard.clients import later
from dashboard.components.basics.acting import ActorNow, actor_now
from dashboard.components.basics.dialogs import confirm, toast
from dashboard.components.basics.sentence import in_a_sentence
from dashboard.components.basics.text import Text
from dashboard.components.hook_form.actions import ActionsSection
from dashboard.components.hook_form.delivery import DeliverySection
from dashboard.components.hook_form.draft import Draft
from dashboard.components.hook_form.frame import Frame
from dashboard.components.hook_form.insight import InsightPanel
from dashboard.components.hook_form.kept import Kept, without_secrets
from dashboard.components.hook_form.limits import LimitsSection
from dashboard.components.hook_form.sections import BasicSection, Editing, TriggerSection
from dashboard.components.hook_form.signing_secret import SecretSection
from dashboard.components.hook_form.waiting_offer import offer_waiting
from dashboard.components.test_dialog.dialog import TestDialog
from engine import (
    Actor,
    Conflict,
    Engine,
    EventType,
    InvalidHook,
    Json,
    NotFound,
    Permission,
    Profile,
    TriggerHooksError,
    may,
)


class HookForm:
    """`actor` is who acts, or how to ask who acts now; it is asked again before every change."""

    def __init__(self, engine: Engine, actor: Actor | ActorNow) -> None:
        self._engine = engine
        self._actor = actor_now(actor)
        self._sight = engine.sensitive.sight(None)
        self._tests = TestDialog(engine, actor)
        self._frame = Frame(on_save=self.save, on_leave=self.leave, on_test=self._test)

    def open(self, hook_id: int | None, template: Mapping[str, Json] | None = None) -> Awaitable[None]:
        """On a hook, or on a new one that starts from the template."""
        return later(self._open(hook_id, template or {}), name="open the hook form")

    async def _open(self, hook_id: int | None, template: Mapping[str, Json]) -> None:
        actor = await self._actor()
        with self._frame.dialog:
            try:
                self._who = f"{actor.kind}-{actor.id}" if actor else ""
                self._sight = self._engine.sensitive.sight(actor)
                self._load(hook_id, template, read_only=actor is None or not may(actor, Permission.MANAGE_HOOKS))
            except NotFound:
                toast("This hook is gone. Somebody deleted it.", "bad")
            else:
                self._frame.dialog.open()

    async def save(self) -> None:
        """Checks, stores and closes; or shows what is in the way."""
        if self._read_only or self._saving:
            return
        self._frame.clear_notice(taken=True)
        if problems := self._problems():
            self._refuse(problems)
            return
        actor = await self._actor()
        if actor is None:
            self._frame.notice("You are signed out. Sign in again in another tab, then save.")
            return
        self._saving = True
        self._frame.busy(True)
        try:
            await self._store(actor)
        finally:
            self._saving = False
            self._frame.busy(False)

    def leave(self) -> None:
        """Closes, after asking where something would be lost."""
        if not self._draft.dirty or self._read_only:
            self._close()
            return
        confirm(
            "Discard your changes?",
            "What you wrote here is not saved yet.",
            stay="Keep editing",
            go="Discard",
            on_go=self._discard,
        )

    def _load(
        self, hook_id: int | None, template: Mapping[str, Json], *, read_only: bool, kept: Kept | None = None
    ) -> None:
        """`kept` is what is gone on with."""
        hook = None if hook_id is None else self._sight.hook(self._engine.hooks.get(hook_id))
        self._hook_id, self._expected = hook_id, hook.version if hook else None
        self._draft = Draft({"id": hook.id, **self._engine.hooks.raw(hook.definition)} if hook else template)
        if kept:
            self._draft.raw.update(deepcopy(dict(kept.raw)))
            self._expected = kept.version if hook else None
        self._read_only, self._tries, self._saving = read_only, 0, False
        place = "" if read_only or not self._who else f"th-draft:{self._who}:{hook_id or 'new'}"
        self._frame.build(hook, read_only=read_only, place=place, on_found=_nothing if kept else self._offer)
        editing = Editing(
            engine=self._engine,
            draft=self._draft,
            actor=self._actor,
            read_only=read_only,
            changed=self._changed,
            left=self._left,
            reveal=self._frame.panel.reveal,
        )
        with self._frame.body:
            self._basic, self._trigger = BasicSection(editing), TriggerSection(editing, on_learn=self._learned)
            self._insight = InsightPanel(
                self._engine,
                self._draft,
                hook_id,
                self._actor,
                on_rename=self._trigger.rename,
                read_only=read_only,
            )
            self._actions, self._delivery = ActionsSection(editing), DeliverySection(editing)
            self._limits = LimitsSection(editing)
            if hook and not read_only:
                SecretSection(self._engine, hook.id, self._actor)
            with ui.element("div").classes("th-sentence"):
                Text("span", "In short", "th-sentence-label")
                self._sentence = Text("p", in_a_sentence(self._draft.raw, self._engine.catalogue))
        self._trigger.learn()

    def _offer(self, kept: Kept) -> None:
        """What was written here before, and never saved."""
        hook_id = self._hook_id

        def restore() -> None:
            with self._frame.dialog:
                self._load(hook_id, {}, read_only=False, kept=kept)
            self._changed()

        def discard() -> None:
            self._frame.panel.forget()
            self._frame.clear_notice(taken=True)

        if not self._draft.dirty and kept.raw != self._draft.raw:
            self._frame.notice(f"You have unsaved changes from {kept.at}.", ("Restore", restore), ("Discard", discard))

    async def _store(self, actor: Actor) -> None:
        try:
            hook = await self._engine.hooks.save(
                self._draft.raw, actor=actor, hook_id=self._hook_id, expected=self._expected
            )
        except InvalidHook as error:
            self._refuse(dict(error.problems))
        except Conflict as error:
            await self._say_conflict(error)
        except NotFound:
            self._frame.notice("This hook was deleted meanwhile.", ("Save as a new hook", self._save_as_new))
        except TriggerHooksError as error:
            self._frame.notice(f"Not saved. {error}")
        else:
            toast(f"“{hook.definition.title}” is saved.", "good")
            self._discard()
            with self._frame.dialog.client.content:  # the form itself is closed
                await offer_waiting(self._engine, hook.id, self._actor)

    async def _say_conflict(self, error: Conflict) -> None:
        hook_id = self._hook_id
        if hook_id is None:
            return
        versions = await self._engine.hooks.versions(hook_id)
        who = versions[0].saved_by if versions else "Somebody"

        def load_theirs() -> None:
            with self._frame.dialog:
                self._load(hook_id, {}, read_only=False)

        async def save_mine() -> None:
            self._expected = error.found
            await self.save()

        self._frame.notice(
            f"{who} saved version {error.found} meanwhile. Your changes are still here, and not saved.",
            ("Load theirs", load_theirs),
            ("Save mine over it", save_mine),
        )

    async def _save_as_new(self) -> None:
        self._hook_id = self._expected = None
        for kept in ("id", "key"):
            self._draft.raw.pop(kept, None)
        await self.save()

    def _problems(self) -> dict[str, str]:
        own = {**self._actions.own_problems(), **self._delivery.own_problems()}
        return {**own, **self._engine.hooks.check(self._draft.raw)}

    def _refuse(self, problems: Mapping[str, str]) -> None:
        """Shows all that is in the way, and moves the focus to the first of it."""
        self._tries += 1
        self._show(problems)
        self._count(problems)
        self._trigger.condition.check()
        self._actions.check()
        self._frame.panel.reveal([*problems, *self._actions.places()])

    def _count(self, problems: Mapping[str, str]) -> None:
        """At the top, with the problems that have no field on the form in words."""
        elsewhere = [text for place, text in problems.items() if place in {"key", "run", "body", "actions"}]
        if problems:
            self._frame.notice(" ".join(elsewhere) or _count_of(len(problems)))
        else:
            self._frame.clear_notice()

    def _show(self, problems: Mapping[str, str]) -> None:
        """A field's problem shows once the field was left, or saving was tried."""
        shown = {place: text for place, text in problems.items() if self._tries or place in self._draft.touched}
        self._basic.show(shown)
        self._trigger.show(shown, problems, tries=self._tries)
        self._actions.show(shown, problems, tries=self._tries)
        self._delivery.show(shown)
        self._limits.show(shown)

    def _changed(self) -> None:
        problems = self._problems()
        self._show(problems)
        if self._tries:
            self._count(problems)
        self._delivery.follow()
        self._actions.preview()
        self._limits.follow()
        self._insight.follow()
        self._frame.panel.guard(self._draft.dirty)
        if self._draft.dirty:
            self._frame.panel.keep(without_secrets(self._draft.raw), self._expected)
        else:
            self._frame.panel.forget()
        self._sentence.text = in_a_sentence(self._draft.raw, self._engine.catalogue)

    def _learned(self, known: EventType | None, seen: Profile | None) -> None:
        self._actions.follow(known, seen)

    def _left(self, field: str) -> None:
        self._draft.touched.add(field)
        self._show(self._problems())

    def _test(self) -> None:
        """The draft as it stands; what would not save is shown first."""
        if problems := self._problems():
            self._refuse(problems)
            return
        draft = self._draft.raw if self._draft.dirty or self._hook_id is None else None
        self._tests.open(self._hook_id, draft)

    def _discard(self) -> None:
        self._frame.panel.forget()
        self._close()

    def _close(self) -> None:
        self._frame.close()


def _nothing(_: Kept) -> None:
    """What the browser has is gone on with already."""


def _count_of(problems: int) -> str:
    fields = "One field needs" if problems == 1 else f"{problems} fields need"
    return f"{fields} a change before this can be saved."
