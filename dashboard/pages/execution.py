"""`/executions/{id}`: why it ran, what was sent, and what was received."""

import asyncio
from collections.abc import Awaitable, Sequence

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.clients import later, when_gone
from dashboard.components.basics.acting import act
from dashboard.components.basics.addresses import event_address
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.copy_button import CopyButton
from dashboard.components.basics.fact import Moment, fact
from dashboard.components.basics.json_editor import pretty
from dashboard.components.basics.masked import MASKED, offer_to_show
from dashboard.components.basics.text import Text
from dashboard.components.decisions.trace import Trace
from dashboard.components.execution.attempts import show_attempts, show_passages
from dashboard.components.execution.chain import events_of, show_chain
from dashboard.components.execution.http_call import HttpCall
from dashboard.curl.command_line import curl_of
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.page import frame
from engine import (
    LABELS,
    ActionProgress,
    Actor,
    Chain,
    Decision,
    Engine,
    Execution,
    Job,
    NotFound,
    Permission,
    Sight,
    Status,
    may,
)

_REPLAY = "Run the hook as it is now once more for this event"
_SENT_ON_REQUEST = {
    Status.HELD: "Do not wait for the active hours",
    Status.PARKED: "Send it now, however many are waiting",
}
_NO_ATTEMPT = {
    Status.SKIPPED: "Nothing was sent: the hook would have run more often than its limits let it.",
    Status.HELD: "Nothing was sent yet: it waits for the hook's active hours.",
    Status.PARKED: "Nothing was sent yet: too many of this hook's executions were waiting. Someone has to send it.",
}


def execution_page(engine: Engine, style_url: str) -> None:
    @ui.page("/executions/{execution_id}", title="Execution · Trigger Hooks")
    async def page(request: Request, execution_id: str) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        with frame(who, style_url, "Execution", "/executions"):
            await _ExecutionPage(engine, who, execution_id, masked="masked" in request.query_params).build()
        return None


class _ExecutionPage:
    """Re-renders on every change of state, of the execution itself or of those that followed."""

    def __init__(self, engine: Engine, who: Visitor, execution_id: str, *, masked: bool) -> None:
        self._engine, self._who, self._id, self._masked = engine, who, execution_id, masked
        self._client = ui.context.client
        self._changed, self._refreshing = True, True
        self._events: frozenset[str] = frozenset()

    async def build(self) -> None:
        self._box = ui.element("div")
        # Subscribed before it is read, so that no change is missed.
        _, leave = self._engine.feed.join(self._on_change)
        when_gone(self._client, leave)
        try:
            await self._refresh()
        except NotFound as error:
            Text("h1", "Not found")
            Text("p", str(error), "th-muted")

    def _on_change(self, execution: Execution) -> None:
        if execution.id != self._id and execution.event_id not in self._events:
            return
        self._changed = True
        if not self._refreshing:
            self._refreshing = True
            later(self._refresh(), name="show an execution anew")

    async def _refresh(self) -> None:
        try:
            while self._changed and not self._box.is_deleted:
                self._changed = False
                job, chain = await self._engine.executions.get(self._id), await self._engine.executions.chain(self._id)
                self._events = events_of(chain)
                sight = await self._engine.sensitive.look(
                    job.event, f"execution {self._id}", actor=self._who.actor, masked=self._masked
                )
                decision = await asyncio.to_thread(self._engine.executions.explain, job)
                self._box.clear()
                with self._box:
                    self._show(job, chain, sight.decision(decision, job.event), sight)
        finally:
            self._refreshing = False

    def _show(self, job: Job, chain: Chain, decision: Decision, sight: Sight) -> None:
        passages = [sight.progress(one, job.event) for one in self._engine.executions.course(job)]
        job = sight.job(job)
        execution = job.execution
        shadowed, waits = execution.status is Status.SHADOWED, execution.status in _SENT_ON_REQUEST
        with ui.element("div").classes("th-head"):
            with ui.element("div"):
                back = Text("a", "Executions", "th-back")
                back.props["href"] = "/executions"
                Text("h1", execution.hook_title)
                Text("p", _sentence(execution, self._engine.catalogue.label(execution.event_type)), "th-muted")
                if execution.reason:
                    Text("p", execution.reason, "th-limited")
            with ui.element("div").classes("th-head-buttons"):
                CopyButton("Copy link", search=MASKED)
                link = Text("a", "All hooks on this event", "th-button")
                link.props["href"] = event_address(execution.event_id) + (MASKED if self._masked else "")
                if may(self._who.actor, Permission.REPLAY) and not (execution.test or shadowed):
                    again = plain_button("Send now" if waits else "Replay", self._replay)
                    again.props["title"] = _SENT_ON_REQUEST.get(execution.status, _REPLAY)
        if self._masked:
            offer_to_show(self._who.actor, f"/executions/{self._id}")
        with ui.element("div").classes("th-card th-facts-card"):
            _facts(self._engine, job)
        with _section("Chain").classes("th-chain-card"):
            show_chain(chain, self._id, self._engine.catalogue.label)
        with ui.element("div").classes("th-split"):
            with _section("Why it did not run" if execution.status is Status.SKIPPED else "Why it ran"):
                Trace(decision)
                Text("h3", "Event data")
                Text("pre", pretty(job.event.data), "th-json").props["tabindex"] = "0"
            if shadowed:
                _would_have_sent(execution)
            else:
                _attempts(execution, passages)

    async def _replay(self) -> None:
        def replay(actor: Actor) -> Awaitable[Execution]:
            return self._engine.replays.run_again(self._id, actor=actor)

        again = await act(self._who.now, replay, within=self._client, back=f"/executions/{self._id}")
        if again:
            with self._client:
                ui.navigate.to(f"/executions/{again.id}")


def _facts(engine: Engine, job: Job) -> None:
    execution = job.execution
    with ui.element("dl").classes("th-facts"):
        with fact("Status"):
            Text("span", LABELS[execution.status], f"th-chip is-{execution.status}")
            if execution.test:
                Text("span", "Test", "th-badge")
        fact("Hook", f"#{execution.hook_id}, version {execution.hook_version}")
        fact("Event", engine.catalogue.label(execution.event_type))
        fact("Event id", execution.event_id)
        fact("Webhook id", execution.id)
        with fact("Started"):
            Moment(execution.created_at.isoformat())
        if execution.next_attempt_at:
            with fact("Held until" if execution.status is Status.HELD else "Next attempt"):
                Moment(execution.next_attempt_at.isoformat())
        if execution.finished_at and execution.status not in {Status.SHADOWED, Status.SKIPPED}:
            seconds = (execution.finished_at - execution.created_at).total_seconds()
            fact("Took", f"{seconds * 1000:,.0f} ms")


def _attempts(execution: Execution, passages: Sequence[ActionProgress]) -> None:
    """Grouped by action if the hook has several."""
    if len(passages) > 1 and execution.status not in _NO_ATTEMPT:
        with _section("Actions"):
            show_passages(passages)
        return
    with _section("Attempts"):
        show_attempts(execution.attempts)
        if not execution.attempts:
            Text("p", _NO_ATTEMPT.get(execution.status, "No attempt has ended yet."), "th-muted")


def _would_have_sent(execution: Execution) -> None:
    """For a hook in shadow: only the request, since nothing was sent."""
    with _section("Would have sent"):
        Text("p", "The hook was in shadow: it decided, and nothing was sent.", "th-muted")
        for attempt in execution.attempts:
            title = f"Request {attempt.number}" if len(execution.attempts) > 1 else "Request"
            call = HttpCall.request(attempt.request, title, curl=curl_of(attempt.request))
            call.props["note"] = "as it would have gone out"


def _section(title: str) -> ui.element:
    card = ui.element("section").classes("th-card th-section")
    with card:
        Text("h2", title)
    return card


def _sentence(execution: Execution, event: str) -> str:
    about = f" about {execution.about}" if execution.about else ""
    return f"{event}{about}"
