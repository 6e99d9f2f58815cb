"""`/audit`: who did what, for Admins: searchable, each entry with the values before and after, and exportable."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from dashboard.components.audit.files import csv_head, csv_lines, json_lines
from dashboard.components.basics.fact import Moment
from dashboard.components.basics.json_editor import pretty
from dashboard.components.basics.search_form import choice_of, search_form
from dashboard.components.basics.search_words import address_with, sealed_address, words_of
from dashboard.components.basics.text import Text
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.allowed import allowed
from dashboard.frame.page import frame
from engine import LABELS, AuditEntry, AuditQuery, Engine, InvalidQuery, Page, Permission, may

PATH: Final = "/audit"
SIZE: Final = 50
STEP: Final = 500
PERIODS: Final = {
    "": ("Any time", None),
    "hour": ("Last hour", timedelta(hours=1)),
    "day": ("Last 24 hours", timedelta(days=1)),
    "week": ("Last 7 days", timedelta(days=7)),
    "month": ("Last 30 days", timedelta(days=30)),
}


def audit_page(engine: Engine, style_url: str) -> None:
    @ui.page(PATH, title="Audit log · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if not allowed(who, Permission.ADMINISTER, PATH, style_url):
            return None
        if elsewhere := sealed_address(engine, request):
            return elsewhere
        words = words_of(engine, request)
        query = _read(words)
        try:
            found = await engine.audit.entries(query, actor=who.actor)
        except InvalidQuery:
            return RedirectResponse(PATH, 303)
        areas = await engine.audit.areas(actor=who.actor)
        actors = await engine.audit.actors(actor=who.actor)
        with frame(who, style_url, "Audit log", PATH):
            _head(engine, _active_filters(words))
            with ui.element("div").classes("th-card"):
                _search(engine, query, words.get("period", ""), areas, actors)
                _entries(engine, found, _active_filters(words))
        return None


def audit_file(engine: Engine, style_url: str) -> None:
    @ui.page(f"{PATH}/file", title="Audit log · Trigger Hooks")
    async def file(request: Request, form: str = "csv") -> Response | None:
        """Streams all entries that match the search as a file."""
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if not allowed(who, Permission.ADMINISTER, f"{PATH}/file", style_url):
            return None
        form = "jsonl" if form == "jsonl" else "csv"
        name = f"audit-{datetime.now(UTC):%Y-%m-%d}.{form}"
        kind = "application/x-ndjson" if form == "jsonl" else "text/csv; charset=utf-8"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        words = words_of(engine, request)
        query = replace(_read(words), cursor=None, limit=STEP)
        await engine.audit.note_export(_active_filters(words), actor=who.actor)
        return StreamingResponse(_file(engine, who, query, form), media_type=kind, headers=headers)


async def _file(engine: Engine, who: Visitor, query: AuditQuery, form: str) -> AsyncIterator[str]:
    """One page at a time; stops if the reader loses permission."""
    if form == "csv":
        yield csv_head()
    while True:
        actor = await who.now()
        if actor is None or not may(actor, Permission.ADMINISTER):
            return
        page = await engine.audit.entries(query, actor=actor)
        yield (json_lines if form == "jsonl" else csv_lines)(page.items)
        if page.next is None:
            return
        query = replace(query, cursor=page.next)


def _read(words: Mapping[str, Any]) -> AuditQuery:
    """Invalid values are ignored."""
    _, length = PERIODS.get(str(words.get("period", "")), PERIODS[""])
    return AuditQuery(
        limit=SIZE,
        text=str(words.get("q", ""))[:200],
        action=str(words.get("action", ""))[:100],
        actor=str(words.get("actor", "")).strip()[:300],
        since=datetime.now(UTC) - length if length else None,
        cursor=str(words["cursor"]) if words.get("cursor") else None,
    )


def _active_filters(words: Mapping[str, Any]) -> dict[str, str]:
    """The active filters, for links to the same view."""
    return {name: str(words[name])[:300] for name in ("q", "action", "actor", "period") if words.get(name)}


def _head(engine: Engine, kept: Mapping[str, str]) -> None:
    with ui.element("div").classes("th-head"):
        with ui.element("div"):
            Text("h1", "Audit log")
            Text("p", "Who did what, when and from where. Entries are never changed or taken away.", "th-muted")
        with ui.element("div").classes("th-head-buttons"):
            for form, label in (("csv", "CSV"), ("jsonl", "JSON lines")):
                link = Text("a", f"Download {label}", "th-button")
                link.props["href"] = address_with(engine, f"{PATH}/file", {**kept, "form": form})
                link.props["download"] = True


def _search(engine: Engine, query: AuditQuery, period: str, areas: list[str], actors: list[str]) -> None:
    chosen = [query.action] if query.action and query.action not in areas else []
    actions = [("", "Anything"), *((action, _readable_action(action)) for action in (*chosen, *areas))]
    with search_form(engine, PATH, "Text in the entry", text=query.text, hint="A title, an address, any text"):
        with ui.element("label").classes("th-search th-audit-who"):
            Text("span", "Who", "th-hidden")
            field = ui.element("input")
            field.props.update(name="actor", value=query.actor, placeholder="Who", list="th-actors", autocomplete="off")
            with ui.element("datalist") as known:
                known.props["id"] = "th-actors"
                for name in actors:
                    ui.element("option").props["value"] = name
        choice_of("action", "What", actions, query.action)
        choice_of("period", "Time", ((name, label) for name, (label, _) in PERIODS.items()), period)


def _entries(engine: Engine, found: Page[AuditEntry], kept: Mapping[str, str]) -> None:
    if not found.items:
        Text("p", "Nothing was found so far." if found.next else "Nothing was found.", "th-muted th-empty")
    with ui.element("ol").classes("th-audit"):
        for entry in found.items:
            with ui.element("li"):
                _entry(entry)
    if found.next:
        with ui.element("div").classes("th-pager"):
            older = Text("a", "Older" if found.items else "Search further back", "th-button")
            older.props["href"] = address_with(engine, PATH, {**kept, "cursor": found.next})


def _entry(entry: AuditEntry) -> None:
    with ui.element("details").mark(f"audit-{entry.seq}"):
        with ui.element("summary"):
            Text("span", _readable_action(entry.action), f"th-chip {_look(entry.action)}")
            Text("b", entry.subject)
            with ui.element("span").classes("th-audit-by"):
                Text("span", entry.actor)
                Moment(entry.at.isoformat())
        Text("p", _author(entry), "th-muted")
        with ui.element("div").classes("th-audit-values"):
            for name, value in (("Before", entry.before), ("After", entry.after)):
                if value is not None:
                    with ui.element("div"):
                        Text("h3", name)
                        Text("pre", pretty(value), "th-json").props["tabindex"] = "0"


def _author(entry: AuditEntry) -> str:
    kinds = {"user": f"signed in as {LABELS[entry.role]}", "key": f"an API key of the role {LABELS[entry.role]}"}
    how = kinds.get(entry.kind, "nobody who is known" if entry.kind == "nobody" else "the server itself")
    return f"{entry.actor}, {how}{f', from {entry.address}' if entry.address else ''}. Entry {entry.seq}."


def _look(action: str) -> str:
    word = action.rpartition(".")[2]
    if word in {"refused", "failed"}:
        return "is-failed"
    return "is-retrying" if word in {"deleted", "revoked", "disabled"} else ""


def _readable_action(action: str) -> str:
    """`hook.secret_shown` → Hook secret shown."""
    return action.replace(".", " ").replace("_", " ").capitalize()
