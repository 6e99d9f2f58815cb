"""Beside the form: what the hook, as currently edited, would have done with past events."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from itertools import islice
from typing import Any, Final

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.clients import later
from dashboard.components.basics.acting import ActorNow
from dashboard.components.basics.addresses import event_address
from dashboard.components.basics.buttons import button
from dashboard.components.basics.dialogs import small_dialog, toast
from dashboard.components.basics.esm import SHARED
from dashboard.components.basics.text import Text
from dashboard.components.decisions.needed import show_needed
from dashboard.components.decisions.trace import Trace
from dashboard.components.decisions.verdict import Verdict
from dashboard.components.hook_form.draft import Draft
from dashboard.components.hook_form.insight_rows import case_of, in_the_way, miss_of, overlap_of, row_of
from engine import (
    CaseResult,
    Engine,
    Event,
    HookDefinition,
    InvalidHook,
    NearMiss,
    NotFound,
    Sight,
    TriggerHooksError,
    View,
)

PAUSE_SECONDS: Final = 0.12
COUNTS: Final = (100, 500, 5_000, 50_000)
USUAL: Final = 500
SHOWN_FIRST: Final = 5
MOST_SHOWN: Final = 100
MOST_REMEMBERED: Final = 4 * MOST_SHOWN
NOWHERE: Final = "https://nowhere.invalid/"
"""Stands for an address that is not written yet; no other hook calls it."""


class InsightPanel(Element, component="hook_form_insight.js", esm=SHARED):
    """`view` selects what is shown. `on_rename` replaces a name that never occurred in events."""

    def __init__(
        self,
        engine: Engine,
        draft: Draft,
        hook_id: int | None,
        actor: ActorNow,
        *,
        on_rename: Callable[[str, str], None],
        read_only: bool,
    ) -> None:
        super().__init__()
        self._engine, self._draft, self._hook_id, self._actor = engine, draft, hook_id, actor
        self._events, self._shown = USUAL, SHOWN_FIRST
        self._answering: asyncio.Task[None] | None = None
        self._remembered: dict[str, Event] = {}
        self.view: dict[str, Any] = {}
        self.props["counts"] = list(COUNTS)
        self.props["most"] = MOST_SHOWN
        self.props["disabled"] = read_only
        self.on("count", self._count)
        self.on("more", self._more, [])
        self.on("why", self._why)
        self.on("rename", lambda event: on_rename(*map(str, event.args)))
        self.on("forget", self._forget)
        self.follow()

    def follow(self) -> None:
        """Tests the changed draft on past events again, once there was no change for a moment.

        Cancels the test of the previous draft.
        """
        if self._answering:
            self._answering.cancel()
        self._answering = later(self._answer(), name="what the hook would have done")

    async def _answer(self) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        if self._events > USUAL and not self.is_deleted:
            self.run_method("wait")
        view = await self._view()
        if not self.is_deleted:
            self.view = view
            self.run_method("show", view)

    async def _view(self) -> dict[str, Any]:
        """Sets `problem` if the draft cannot be tested on events."""
        raw = self._deciding_parts()
        try:
            definition = self._engine.hooks.read(raw)
            return {"problem": "", **await self._result(raw, definition)}
        except InvalidHook as error:
            return {"problem": in_the_way(error)}
        except TriggerHooksError as error:
            return {"problem": str(error)}

    async def _result(self, raw: dict[str, Any], definition: HookDefinition) -> dict[str, Any]:
        insight, actor = self._engine.insight, await self._actor()
        sight = self._engine.sensitive.sight(actor)
        view = sight.for_tests(definition, self._saved)
        found = await insight.backtest(raw, self._events, view=view, actor=actor)
        calls = definition if sight.addresses or not self._saved else replace(definition, actions=self._saved.actions)
        return {
            "type": definition.trigger,
            "label": self._engine.catalogue.label(definition.trigger),
            "events": found.events,
            "fires": found.fires,
            "skipped": found.skipped,
            "before": found.fired_before,
            "gained": {"count": found.gained_count, "rows": await self._rows(found.gained, sight)},
            "lost": {"count": found.lost_count, "rows": await self._rows(found.lost, sight)},
            "near": {"count": found.near_count, "rows": await self._near(found.near_misses, sight)},
            "doubts": await self._doubts(definition, sight),
            "overlaps": [overlap_of(one) for one in await insight.overlaps(calls, self._hook_id, view=view)],
            "cases": [case_of(sight.case(one)) for one in await self._cases(definition, view)],
        }

    async def _doubts(self, definition: HookDefinition, sight: Sight) -> list[Any]:
        insight = self._engine.insight
        found = await insight.doubts(definition, view=sight.events)
        return [
            asdict(one) for one in sight.doubts(found, await insight.profile(definition.trigger, view=sight.events))
        ]

    def _deciding_parts(self) -> dict[str, Any]:
        """The parts of the draft that decide. A bad title, URL or limit prevents saving, but not deciding."""
        draft = self._draft.raw
        raw = {name: draft[name] for name in ("trigger", "schedule", "role", "filters", "condition", "actions")}
        raw |= {"title": "The draft", "limits": draft["limits"]}
        raw |= {} if self._hook_id is None else {"id": self._hook_id}
        problems = self._engine.hooks.check(raw)
        if any(place.startswith("actions") for place in problems):
            raw["actions"] = [{"url": NOWHERE}]
        if any(place.startswith("limits") for place in problems):
            del raw["limits"]
        return raw

    async def _cases(self, definition: HookDefinition, view: View) -> list[CaseResult]:
        return [] if self._hook_id is None else await self._engine.cases.run(self._hook_id, definition, view=view)

    @property
    def _saved(self) -> HookDefinition | None:
        return None if self._hook_id is None else self._engine.hooks.get(self._hook_id).definition

    async def _sight(self) -> Sight:
        return self._engine.sensitive.sight(await self._actor())

    async def _rows(self, ids: Iterable[str], sight: Sight) -> list[dict[str, Any]]:
        """The first few that are still stored."""
        return [row_of(sight.event(event)) for event in await self._first(ids)]

    async def _near(self, misses: Iterable[NearMiss], sight: Sight) -> list[dict[str, Any]]:
        by_id = {miss.event_id: miss for miss in misses}
        return [
            {**row_of(sight.event(event)), **miss_of(sight.miss(by_id[event.id], event))}
            for event in await self._first(by_id)
        ]

    async def _first(self, ids: Iterable[str]) -> list[Event]:
        return [event for id in islice(ids, self._shown) if (event := await self._event(id))]

    async def _event(self, id: str) -> Event | None:
        """None if it was deleted meanwhile."""
        if id not in self._remembered:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            try:
                self._remembered[id] = (await self._engine.insight.event(id)).event
            except NotFound:
                return None
        return self._remembered[id]

    def _count(self, event: GenericEventArguments) -> None:
        if event.args in COUNTS:
            self._events = event.args
            self.follow()

    def _more(self) -> None:
        self._shown = MOST_SHOWN
        self.follow()

    async def _why(self, event: GenericEventArguments) -> None:
        """How the draft decides one of the events, part by part."""
        id = str(event.args)
        try:
            raw, sight = self._deciding_parts(), await self._sight()
            view = sight.for_tests(self._engine.hooks.read(raw), self._saved)
            decision = await self._engine.insight.explain(raw, id, view=view)
            decision = sight.decision(decision, (await self._engine.insight.event(id)).event)
        except TriggerHooksError as error:
            with self:
                toast(str(error), "bad")
            return
        with self, small_dialog("Why", heading="", look="th-why") as dialog:
            Verdict("yes" if decision.fired else "no", "Would fire" if decision.fired else "Would not fire")
            show_needed(decision)
            Trace(decision)
            with ui.element("div").classes("th-buttons"):
                link = Text("a", "Its page", "th-button")
                link.props.update(href=event_address(id), target="_blank")
                button("Close", dialog.close)

    async def _forget(self, event: GenericEventArguments) -> None:
        actor = await self._actor()
        if actor is None or self._hook_id is None:
            return
        with self:
            try:
                await self._engine.cases.forget(self._hook_id, int(event.args), actor=actor)
            except TriggerHooksError as error:
                toast(str(error), "bad")
        self.follow()
