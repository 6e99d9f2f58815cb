"""The form's last section: the hook's actions in order, and how they run."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Final

from nicegui import ui

from dashboard.components.basics.choice import Choice
from dashboard.components.basics.text import Text
from dashboard.components.hook_form.action import ActionFields
from dashboard.components.hook_form.card import Card, Commands
from dashboard.components.hook_form.draft import empty_action
from dashboard.components.hook_form.kind import KindFields
from dashboard.components.hook_form.preview import PreviewEvent
from dashboard.components.hook_form.sections import Editing, section
from engine import MAX_ACTIONS, EventType, Json, Profile, Run

_RUNS: Final[Mapping[str, str]] = {Run.SEQUENTIAL: "One after the other", Run.PARALLEL: "All at once"}
_MEANS: Final[Mapping[str, str]] = {
    Run.SEQUENTIAL: "Each may read what those before it returned. The first failure stops the rest; a retry goes on"
    " from there, and what succeeded is not sent again.",
    Run.PARALLEL: "All begin at the same time, and none waits for another. Those that fail are made again by"
    " themselves.",
}


class ActionsSection:
    """One to ten actions, Type, Role. `learned` are fields seen in traffic, for autocompletion."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._open: list[dict[str, Json]] = []
        self._seen_for = PreviewEvent()
        self._learned: tuple[EventType | None, Profile | None] = (editing.known, None)
        with section("Action configuration", "What happens when an event gets through."):
            self._box = ui.element("div").classes("th-form-actions")
            self._kind = KindFields(editing)
        self._draw()

    @property
    def _actions(self) -> list[dict[str, Json]]:
        return self._editing.draft.actions

    def own_problems(self) -> dict[str, str]:
        return {place: problem for one in self._fields for place, problem in one.own_problems().items()}

    def show(self, problems: Mapping[str, str], every: Mapping[str, str], *, tries: int) -> None:
        for fields in self._fields:
            fields.show(problems, every, tries=tries)
        for fields, card in zip(self._fields, self._cards, strict=False):
            card.mark(any(place.startswith(f"{fields.place}.") for place in problems))

    def check(self) -> None:
        for fields in self._fields:
            fields.check()

    def follow(self, known: EventType | None, seen: Profile | None = None) -> None:
        """Switches to another event type, or adds fields learned about it."""
        self._learned = known, seen
        self._kind.follow()
        for fields in self._fields:
            fields.follow(known, seen)

    def preview(self) -> None:
        """The draft or its preview event has changed."""
        for fields in self._fields:
            fields.preview.follow()

    def places(self) -> list[str]:
        return [place for fields in self._fields for place in fields.places()]

    def _draw(self) -> None:
        """Rebuilds the list after its number or order changes, since each action is named by its position."""
        self._box.clear()
        self._fields: list[ActionFields] = []
        self._cards: list[Card] = []
        several = len(self._actions) > 1
        with self._box:
            if several:
                self._choose_run()
            for index, action in enumerate(self._actions):
                if several:
                    self._add_card(index, action)
                else:
                    self._fields.append(self._fields_of(index, action, self._editing.changed))
            if not self._editing.read_only:
                self._offer_more()
        self.follow(*self._learned)

    def _add_card(self, index: int, action: dict[str, Json]) -> None:
        card = Card(
            index,
            action,
            count=len(self._actions),
            open=any(action is one for one in self._open),
            commands=None if self._editing.read_only else self._commands(index),
            on_turn=lambda open: self._on_fold(action, open=open),
        )

        def changed() -> None:
            card.tell()
            self._editing.changed()

        with card.inside:
            self._fields.append(self._fields_of(index, action, changed))
        self._cards.append(card)

    def _fields_of(self, index: int, action: dict[str, Json], changed: Callable[[], None]) -> ActionFields:
        return ActionFields(
            self._editing, index, action, seen_for=self._seen_for, on_change=changed, on_choose=self.preview
        )

    def _choose_run(self) -> None:
        raw = self._editing.draft.raw
        with ui.element("div").classes("th-run-choice"):
            hint = Text("p", _MEANS[raw["run"]], "th-hint")
            hint_id = f"th-{hint.id}"
            hint.props["id"] = hint_id
            choice = Choice(
                _RUNS,
                value=raw["run"],
                label="How the actions run",
                on_change=self._run,
                described_by=hint_id,
                read_only=self._editing.read_only,
            )
            choice.move(target_index=0)

    def _offer_more(self) -> None:
        if len(self._actions) < MAX_ACTIONS:
            add = Text("button", "Add action" if len(self._actions) > 1 else "Add another action", "th-add is-plus")
            add.props["type"] = "button"
            add.on("click", self._add, [])
        else:
            Text("p", f"A hook has at most {MAX_ACTIONS} actions.", "th-hint")

    def _commands(self, index: int) -> Commands:
        return Commands(
            up=lambda: self._move(index, index - 1),
            down=lambda: self._move(index, index + 1),
            duplicate=lambda: self._insert(index + 1, deepcopy(self._actions[index])),
            remove=lambda: self._remove(index),
        )

    def _run(self, run: str) -> None:
        self._editing.draft.raw["run"] = run
        self._changed("run")

    def _add(self) -> None:
        self._insert(len(self._actions), empty_action())

    def _insert(self, index: int, action: dict[str, Json]) -> None:
        """Opens the new action for editing and folds the others."""
        self._actions.insert(index, action)
        self._open = [action]
        self._changed(f"actions[{index}].url")

    def _move(self, index: int, to: int) -> None:
        self._actions.insert(to, self._actions.pop(index))
        self._changed(f"actions[{to}] {'up' if to < index else 'down'}")

    def _remove(self, index: int) -> None:
        removed = self._actions.pop(index)
        self._open = [one for one in self._open if one is not removed]
        self._changed(f"actions[{min(index, len(self._actions) - 1)}]")

    def _on_fold(self, action: dict[str, Json], *, open: bool) -> None:
        others = [one for one in self._open if one is not action]
        self._open = [*others, action] if open else others

    def _changed(self, focus: str) -> None:
        self._editing.draft.touched -= {place for place in self._editing.draft.touched if place.startswith("actions")}
        self._draw()
        self._editing.changed()
        self._editing.reveal([focus])
