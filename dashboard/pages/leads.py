"""`/leads`: the people in events, by score, status and name; `/leads/{id}`: a score and its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.basics.addresses import event_address
from dashboard.components.basics.copy_button import CopyButton
from dashboard.components.basics.fact import Moment, fact
from dashboard.components.basics.json_editor import pretty
from dashboard.components.basics.masked import MASKED, offer_to_show
from dashboard.components.basics.search_form import choice_of, search_form
from dashboard.components.basics.search_words import address_with, sealed_address, words_of
from dashboard.components.basics.text import Text
from dashboard.components.leads.score import show_score
from dashboard.components.leads.status import StatusChange
from dashboard.components.leads.words import called, score_bar, status_chip
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.page import frame
from engine import (
    LABELS,
    ChangeOf,
    Engine,
    InvalidQuery,
    Lead,
    LeadChange,
    LeadQuery,
    LeadSort,
    LeadStatus,
    NotFound,
    Page,
    Permission,
    Recorded,
    may,
)

SIZE = 50
SORTS: Final = {LeadSort.SEEN: "Last seen first", LeadSort.SCORE: "Highest score first"}


def leads_page(engine: Engine, style_url: str) -> None:
    @ui.page("/leads", title="Leads · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if elsewhere := sealed_address(engine, request):
            return elsewhere
        sight = engine.sensitive.sight(who.actor)
        query = replace(_read(words_of(engine, request)), view=sight.or_none(sight.lead))
        try:
            found = await engine.leads.page(query)
        except InvalidQuery:
            return RedirectResponse("/leads", 303)
        with frame(who, style_url, "Leads", "/leads"):
            with ui.element("div").classes("th-head"):
                with ui.element("div"):
                    Text("h1", "Leads")
                    Text("p", "Whom your events are about, as hooks that process leads score them.", "th-muted")
                with ui.element("div").classes("th-head-buttons"):
                    Text("a", "Scoring rules", "th-button").props["href"] = "/leads/rules"
            with ui.element("div").classes("th-card"):
                _search(query, engine)
                _table(replace(found, items=tuple(map(sight.lead, found.items))), query, engine)
        return None


def lead_page(engine: Engine, style_url: str) -> None:
    @ui.page("/leads/{lead_id:int}", title="Lead · Trigger Hooks")
    async def page(request: Request, lead_id: int) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        try:
            lead = await engine.leads.get(lead_id)
            events = await engine.leads.events(lead_id, cursor=request.query_params.get("events") or None)
        except InvalidQuery:
            return RedirectResponse(f"/leads/{lead_id}", 303)
        except NotFound as error:
            with frame(who, style_url, "Lead", "/leads"):
                Text("h1", "Not found")
                Text("p", str(error), "th-muted")
            return None
        by_choice = "masked" in request.query_params
        sight = await engine.sensitive.look_at(lead.fields, f"lead {lead_id}", actor=who.actor, masked=by_choice)
        changes = sight.changes(await engine.leads.changes(lead_id), lead)
        with frame(who, style_url, "Lead", "/leads"):
            if by_choice:
                offer_to_show(who.actor, f"/leads/{lead_id}")
            _lead(sight.lead(lead), changes, events, engine, who)
        return None


def _read(words: Mapping[str, Any]) -> LeadQuery:
    """Invalid values are ignored."""
    status, sort = str(words.get("status", "")), str(words.get("sort", ""))
    return LeadQuery(
        limit=SIZE,
        text=str(words.get("q", ""))[:200],
        status=LeadStatus(status) if status in set(LeadStatus) else None,
        sort=LeadSort(sort) if sort in set(LeadSort) else LeadSort.SEEN,
        cursor=str(words["cursor"]) if words.get("cursor") else None,
    )


def _search(query: LeadQuery, engine: Engine) -> None:
    hint = "A name, a whole number, an id" if query.view else "A name, a number, an id"
    statuses = [("", "Any status"), *((str(status), LABELS[status]) for status in LeadStatus)]
    with search_form(engine, "/leads", "A name, a number, an address or an id", text=query.text, hint=hint):
        choice_of("status", "Status", statuses, str(query.status or ""))
        choice_of("sort", "Order", ((str(sort), label) for sort, label in SORTS.items()), str(query.sort))


def _table(found: Page[Lead], query: LeadQuery, engine: Engine) -> None:
    if not found.items:
        _show_empty(query, engine)
        return
    with ui.element("table").classes("th-table th-runs th-leads"):
        with ui.element("thead"), ui.element("tr"):
            for name in ("Lead", "Score", "Status", "Last event", "Last seen"):
                Text("th", name).props["scope"] = "col"
        with ui.element("tbody"):
            for lead in found.items:
                _row(lead, engine)
    if found.next:
        words = {"q": query.text, "status": query.status or "", "sort": query.sort, "cursor": found.next}
        with ui.element("div").classes("th-pager"):
            more = Text("a", "More", "th-button")
            more.props["href"] = address_with(engine, "/leads", words)


def _show_empty(query: LeadQuery, engine: Engine) -> None:
    with ui.element("div").classes("th-empty"):
        if query.text or query.status or query.cursor:
            Text("p", "Nothing was found.")
            Text("a", "Clear filters", "th-button").props["href"] = "/leads"
            return
        address = f"{engine.settings.internal_url.rstrip('/')}/process-lead"
        Text("p", "No lead has been processed yet. Make a hook, on Call Ended for example, that calls")
        Text("code", address)
        Text("p", "It scores the lead in each event by the scoring rules, and tells when one qualifies.")


def _row(lead: Lead, engine: Engine) -> None:
    with ui.element("tr"):
        with ui.element("td"):
            Text("a", called(lead)).props["href"] = f"/leads/{lead.id}"
            if lead.name:
                Text("small", lead.key.partition(":")[2], "th-muted th-lead-key")
        for label, show in (("Score", lambda: score_bar(lead)), ("Status", lambda: status_chip(lead.status))):
            with ui.element("td") as cell:
                cell.props["data-label"] = label
                show()
        Text("td", engine.catalogue.label(lead.last_event_type)).props["data-label"] = "Last event"
        with ui.element("td").classes("is-stamp") as seen:
            seen.props["data-label"] = "Last seen"
            Moment(lead.last_seen_at.isoformat())


def _lead(lead: Lead, changes: Sequence[LeadChange], events: Page[Recorded], engine: Engine, who: Visitor) -> None:
    with ui.element("div").classes("th-head"):
        with ui.element("div"):
            Text("a", "Leads", "th-back").props["href"] = "/leads"
            Text("h1", called(lead))
            with ui.element("p").classes("th-lead-head"):
                score_bar(lead)
                status_chip(lead.status)
                Text("span", f"by {lead.status_by}" if lead.status_by else "by its score", "th-muted")
        with ui.element("div").classes("th-head-buttons"):
            CopyButton("Copy link", search=MASKED)
    with ui.element("div").classes("th-card th-facts-card"), ui.element("dl").classes("th-facts"):
        kind, _, id = lead.key.partition(":")
        fact(kind, id)
        for name, field in (("Phone", "phone_number"), ("E-mail", "email"), ("City", "city")):
            if field in lead.fields and field != kind:
                fact(name, str(lead.fields[field]))
        for name, moment in (("First seen", lead.first_seen_at), ("Last seen", lead.last_seen_at)):
            with fact(name):
                Moment(moment.isoformat())
    if may(who.actor, Permission.MANAGE_LEADS):
        StatusChange(engine, who.now, lead)
    with ui.element("div").classes("th-split"):
        with ui.element("div").classes("th-stack"):
            with _section("Its score"):
                show_score(lead.score)
            with _section("History"):
                _history(changes)
        with ui.element("div").classes("th-stack"):
            with _section("Events about it"):
                _events(events, lead, engine)
            with _section("What is known of it"):
                Text("pre", pretty(dict(lead.fields)), "th-json").props["tabindex"] = "0"


def _history(changes: Sequence[LeadChange]) -> None:
    with ui.element("ol").classes("th-log"):
        for change in changes:
            with ui.element("li"):
                Text("b", _what(change))
                if change.reason:
                    Text("span", change.reason, "th-log-reason")
                with ui.element("span").classes("th-log-foot th-muted"):
                    Moment(change.at.isoformat())
                    if change.by:
                        Text("span", f"by {change.by}")
                    if change.event_id:
                        Text("a", "its event").props["href"] = event_address(change.event_id)
                    if change.execution_id:
                        Text("a", "its execution").props["href"] = f"/executions/{change.execution_id}"


def _what(change: LeadChange) -> str:
    if change.what is ChangeOf.SEEN:
        return "First seen"
    if change.what is ChangeOf.SCORE:
        return f"Score {change.before} → {change.after}"
    before, after = (LABELS[LeadStatus(one)] for one in (change.before, change.after))
    return f"{before} → {after}"


def _events(events: Page[Recorded], lead: Lead, engine: Engine) -> None:
    if not events.items:
        Text("p", "None of them is stored any more.", "th-muted")
        return
    with ui.element("ul").classes("th-log"):
        for one in events.items:
            with ui.element("li").classes("is-flat"):
                Text("a", engine.catalogue.label(one.event.type)).props["href"] = event_address(one.event.id)
                with ui.element("span").classes("th-muted"):
                    Moment(one.event.received_at.isoformat())
    if events.next:
        Text("a", "Older", "th-button is-small").props["href"] = f"/leads/{lead.id}?events={events.next}"


def _section(title: str) -> ui.element:
    box = ui.element("section").classes("th-card th-section")
    with box:
        Text("h2", title)
    return box
