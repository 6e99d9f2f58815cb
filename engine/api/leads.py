"""Leads over HTTP: a list by cursor, one with its history, its status by hand, and the rules that score."""

from dataclasses import asdict
from typing import cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer, event_json
from engine.api.own_calls import origin_of
from engine.api.requests.body import read_object
from engine.api.requests.queries import Id, Limit, Text, TextAsked, expected_version
from engine.api.schemas import LEAD_BODY, LEAD_RULES_BODY, PROBLEMS
from engine.errors import InvalidHook
from engine.leads.scoring import category
from engine.model import Json
from engine.model.leads import Lead, LeadQuery, LeadSort, LeadStatus, SavedRules
from engine.runtime import Engine


def lead_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["leads"], responses=PROBLEMS)

    @router.get("/leads")
    async def list_leads(
        request: Request,
        limit: Limit = 50,
        cursor: TextAsked = None,
        status: LeadStatus | None = None,
        sort: LeadSort = LeadSort.SEEN,
        q: Text = "",
    ) -> Response:
        """The last seen first, or by score. `q` is words of a name, an id, a number or an address; the role
        user searches what it sees, and whole values beyond that."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        query = LeadQuery(limit=limit, cursor=cursor, status=status, sort=sort, text=q, view=sight.or_none(sight.lead))
        page = await engine.leads.page(query)
        return answer({"items": [lead_json(sight.lead(lead)) for lead in page.items], "next": page.next})

    @router.get("/leads/{lead_id}")
    async def get_lead(request: Request, lead_id: Id) -> Response:
        """With its score's rules, its history, and the last events about it."""
        actor = await caller(engine, request, Permission.VIEW)
        lead = await engine.leads.get(lead_id)
        sight = await engine.sensitive.look_at(lead.fields, f"lead {lead_id}", actor=actor)
        history = [asdict(change) for change in sight.changes(await engine.leads.changes(lead_id), lead)]
        events = [event_json(sight.recorded(one)) for one in (await engine.leads.events(lead_id)).items]
        document = {**lead_json(sight.lead(lead)), "history": history, "events": events}
        return answer(document, headers={"etag": f'"{lead.version}"'})

    @router.patch("/leads/{lead_id}", openapi_extra=LEAD_BODY)
    async def change_lead(request: Request, lead_id: Id) -> Response:
        """Its status. With `If-Match`, refuses (412) where the lead changed in between."""
        actor = await caller(engine, request, Permission.MANAGE_LEADS)
        raw = await read_object(request)
        lead = await engine.leads.set_status(
            lead_id,
            _status(raw.get("status")),
            reason=_reason(raw),
            actor=actor,
            expected=expected_version(request),
            origin=await origin_of(engine, request.headers),
        )
        sight = engine.sensitive.sight(actor)
        return answer(lead_json(sight.lead(lead)), headers={"etag": f'"{lead.version}"'})

    @router.get("/lead-rules")
    async def get_rules(request: Request) -> Response:
        await caller(engine, request, Permission.VIEW)
        return _rules(engine, engine.leads.rules)

    @router.put("/lead-rules", openapi_extra=LEAD_RULES_BODY)
    async def replace_rules(request: Request) -> Response:
        """They hold from the next event on. With `If-Match`, refuses (412) where somebody else saved in between."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        raw = {name: value for name, value in (await read_object(request)).items() if name not in _SERVER_SIDE}
        return _rules(engine, await engine.leads.save_rules(raw, actor=actor, expected=expected_version(request)))

    return router


_SERVER_SIDE = frozenset({"version", "saved_at", "saved_by"})


def lead_json(lead: Lead) -> dict[str, Json]:
    return {
        "id": lead.id,
        "key": lead.key,
        "version": lead.version,
        "name": lead.name,
        "status": lead.status,
        "status_by": lead.status_by or None,
        "score": lead.score.value,
        "category": category(lead.score.value),
        "threshold": lead.score.threshold,
        "rules": [asdict(row) for row in lead.score.rows],
        "fields": lead.fields,
        "first_seen_at": lead.first_seen_at,
        "last_seen_at": lead.last_seen_at,
        "last_event_type": lead.last_event_type,
    }


def _rules(engine: Engine, saved: SavedRules) -> Response:
    document = {
        **engine.leads.raw_rules(),
        "version": saved.version,
        "saved_at": saved.saved_at,
        "saved_by": saved.saved_by or None,
    }
    return answer(document, headers={"etag": f'"{saved.version}"'})


def _status(value: Json) -> LeadStatus:
    """Raises InvalidHook."""
    try:
        return LeadStatus(value)
    except ValueError:
        raise InvalidHook({"status": f"Choose one of: {', '.join(LeadStatus)}."}) from None


def _reason(raw: "dict[str, Json] | object") -> str:
    """Raises InvalidHook."""
    reason = cast("dict[str, Json]", raw).get("reason", "")
    if not isinstance(reason, str):
        raise InvalidHook({"reason": "This is text."})
    return reason
