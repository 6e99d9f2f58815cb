"""`/events`: incoming events, searchable by type and text; `/events/{id}`: how every hook decided one of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.basics.addresses import event_address
from dashboard.components.basics.copy_button import CopyButton
from dashboard.components.basics.fact import Moment, fact
from dashboard.components.basics.json_editor import pretty
from dashboard.components.basics.masked import MASKED, offer_to_show
from dashboard.components.basics.prose import prose
from dashboard.components.basics.search_form import choice_of, list_of, option, search_form
from dashboard.components.basics.search_words import address_with, sealed_address, words_of
from dashboard.components.basics.text import Text
from dashboard.components.decisions.needed import show_needed
from dashboard.components.decisions.trace import Trace
from dashboard.entrance.session import visitor
from dashboard.frame.page import frame
from engine import (
    LABELS,
    Decided,
    Decision,
    Engine,
    EventQuery,
    Execution,
    ExecutionQuery,
    Hook,
    InvalidQuery,
    NotFound,
    Page,
    Recorded,
    about_of,
)

SIZE = 50
PERIODS: Final = {
    "": ("Any time", None),
    "hour": ("Last hour", timedelta(hours=1)),
    "day": ("Last 24 hours", timedelta(days=1)),
    "week": ("Last 7 days", timedelta(days=7)),
}


def events_page(engine: Engine, style_url: str) -> None:
    @ui.page("/events", title="Events · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if elsewhere := sealed_address(engine, request):
            return elsewhere
        words = words_of(engine, request)
        period = words.get("period", "")
        sight = engine.sensitive.sight(who.actor)
        query = replace(_read(words, engine), view=sight.or_none(sight.event))
        try:
            found = await engine.insight.events(query)
        except InvalidQuery:
            return RedirectResponse("/events", 303)
        with frame(who, style_url, "Events", "/events"):
            _head("Events", "All that came in, newest first, and what every hook said to it.")
            with ui.element("div").classes("th-card"):
                _search(query, period, engine)
                _table(replace(found, items=tuple(map(sight.recorded, found.items))), query, period, engine)
        return None


def event_page(engine: Engine, style_url: str) -> None:
    @ui.page("/events/{event_id:path}", title="Event · Trigger Hooks")
    async def page(request: Request, event_id: str) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        with frame(who, style_url, "Event", "/events"):
            try:
                found = await engine.insight.decisions(event_id)
            except NotFound as error:
                _head("Not found", str(error))
                return None
            by_choice = "masked" in request.query_params
            sight = await engine.sensitive.look(
                found.recorded.event, f"event {event_id}", actor=who.actor, masked=by_choice
            )
            if by_choice:
                offer_to_show(who.actor, event_address(event_id))
            found = sight.decided(found)
            runs = await engine.executions.page(ExecutionQuery(event_id=event_id, limit=500))
            _event(found, {execution.hook_id: execution for execution in reversed(runs.items)}, engine)
        return None


def _read(words: Mapping[str, Any], engine: Engine) -> EventQuery:
    """Invalid values are ignored."""
    type = str(words.get("type", ""))
    _, length = PERIODS.get(str(words.get("period", "")), PERIODS[""])
    return EventQuery(
        limit=SIZE,
        text=str(words.get("q", ""))[:200],
        type=type if type in engine.catalogue.by_name else None,
        since=datetime.now(UTC) - length if length else None,
        cursor=str(words["cursor"]) if words.get("cursor") else None,
    )


def _head(title: str, about: str) -> None:
    with ui.element("div").classes("th-head"), ui.element("div"):
        Text("h1", title)
        Text("p", about, "th-muted")


def _search(query: EventQuery, period: str, engine: Engine) -> None:
    hint = "A name, a whole number, any text" if query.view else "A name, a number, any text"
    with search_form(engine, "/events", "Text in the event", text=query.text, hint=hint):
        with list_of("type", "Event type"):
            option("", "Any event", selected=query.type is None)
            for group, members in engine.catalogue.all_groups.items():
                with ui.element("optgroup") as box:
                    box.props["label"] = group
                    for known in members:
                        option(known.type, known.label, selected=known.type == query.type)
        choice_of("period", "Time", ((name, label) for name, (label, _) in PERIODS.items()), period)


def _table(found: Page[Recorded], query: EventQuery, period: str, engine: Engine) -> None:
    if not found.items:
        narrowed = query.text or query.type or query.since or query.cursor
        said = "Nothing was found so far." if found.next else "Nothing was found."
        Text("p", said if narrowed else "No event has come in yet.", "th-muted th-empty")
    else:
        _rows(found, engine)
    if found.next:
        words = {"q": query.text, "type": query.type or "", "period": period, "cursor": found.next}
        with ui.element("div").classes("th-pager"):
            older = Text("a", "Older" if found.items else "Search further back", "th-button")
            older.props["href"] = address_with(engine, "/events", words)


def _rows(found: Page[Recorded], engine: Engine) -> None:
    with ui.element("table").classes("th-table th-runs"):
        with ui.element("thead"), ui.element("tr"):
            for name in ("Event", "About", "Role", "Time"):
                Text("th", name).props["scope"] = "col"
        with ui.element("tbody"):
            for one in found.items:
                _row(one, engine)


def _row(recorded: Recorded, engine: Engine) -> None:
    event = recorded.event
    with ui.element("tr"):
        with ui.element("td"):
            Text("a", engine.catalogue.label(event.type)).props["href"] = event_address(event.id)
        Text("td", about_of(event.data)).props["data-label"] = "About"
        Text("td", LABELS[event.role]).props["data-label"] = "Role"
        with ui.element("td").classes("is-stamp") as received:
            received.props["data-label"] = "Time"
            Moment(event.received_at.isoformat())


def _event(found: Decided, runs: Mapping[int, Execution], engine: Engine) -> None:
    event = found.recorded.event
    with ui.element("div").classes("th-head"):
        with ui.element("div"):
            Text("a", "Events", "th-back").props["href"] = "/events"
            Text("h1", engine.catalogue.label(event.type))
            Text("p", _sentence(found), "th-muted")
        with ui.element("div").classes("th-head-buttons"):
            CopyButton("Copy link", search=MASKED)
    with ui.element("div").classes("th-card th-facts-card"), ui.element("dl").classes("th-facts"):
        fact("Id", event.id)
        fact("Role", LABELS[event.role])
        if event.chain:
            with fact("Made by"):
                Text("a", "A hook's action").props["href"] = f"/executions/{event.chain[-1].execution_id}"
        for name, moment in (("Occurred", event.occurred_at), ("Received", event.received_at)):
            with fact(name):
                Moment(moment.isoformat())
    with ui.element("div").classes("th-split"):
        with _section("What every hook said"):
            if not found.hooks:
                Text("p", "There is no hook for this type of event.", "th-muted")
            for hook, decision in zip(found.hooks, found.decisions, strict=True):
                _decision(hook, decision, runs.get(hook.id))
        with _section("Event data"):
            Text("pre", pretty(event.data), "th-json").props["tabindex"] = "0"


def _decision(hook: Hook, decision: Decision, run: Execution | None) -> None:
    """Shows the sentence, with the full trace folded behind it."""
    with ui.element("details").classes("th-decision"):
        with ui.element("summary"):
            Text("span", _verdict(hook, decision), f"th-chip is-{'succeeded' if decision.fired else 'cancelled'}")
            Text("b", hook.definition.title)
            if not decision.fired:
                prose("span", decision.reason, "th-decision-reason")
        show_needed(decision)
        Trace(decision)
        if run:
            Text("a", "Its execution", "th-button is-small").props["href"] = f"/executions/{run.id}"


def _verdict(hook: Hook, decision: Decision) -> str:
    if decision.gate:
        return f"Stopped by its {LABELS[decision.gate].lower()}"
    return "Fired in shadow" if hook.definition.shadow else "Fired"


def _section(title: str) -> ui.element:
    box = ui.element("section").classes("th-card th-section")
    with box:
        Text("h2", title)
    return box


def _sentence(found: Decided) -> str:
    fired = sum(decision.fired for decision in found.decisions)
    hooks = "1 hook" if len(found.decisions) == 1 else f"{len(found.decisions)} hooks"
    if found.pending:
        return f"It still waits to be decided. By the hooks of now, {fired} of {hooks} would fire."
    return f"{fired} of {hooks} fired." if found.hooks else "No hook listens to it."
