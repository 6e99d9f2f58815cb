"""Leads: what events changed about them, what people decided, and the scoring rules."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import cast

from pydantic import TypeAdapter, ValidationError

from engine.access.audit import Audit
from engine.access.permissions import Permission, require
from engine.errors import Conflict, InvalidHook, NotFound
from engine.events.catalogue import Catalogue
from engine.events.subjects import entity_of
from engine.expressions.condition import ConditionCheck, check, doubts
from engine.hooks.definition import messages_by_field
from engine.leads.qualification import LeadEmission, Qualified, key_of, qualify, with_status
from engine.leads.scoring import USUAL, CompiledRules, compile_rules, rules_problems
from engine.model import OUTSIDE, Actor, Event, Json, NewEvent, Origin, Page, Role
from engine.model.leads import Lead, LeadChange, LeadQuery, LeadRules, LeadStatus, SavedRules
from engine.ports import EventQuery, EventStore, LeadStore, Make, Recorded
from engine.process.ids import Ids

MAX_REASON = 500
EVENTS = 50
RECENT = 20
LOOKED_AT = 100

_RULES = TypeAdapter(LeadRules)


class Leads:
    def __init__(
        self,
        *,
        store: LeadStore,
        events: EventStore,
        make: Make,
        catalogue: Catalogue,
        audit: Audit,
        ids: Ids,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._events, self._make, self._catalogue = store, events, make, catalogue
        self._audit, self._ids, self._now = audit, ids, now
        self._take(SavedRules(version=0, rules=USUAL))

    async def load(self) -> None:
        if saved := await self._store.lead_rules():
            self._take(saved)

    async def page(self, query: LeadQuery) -> Page[Lead]:
        """Raises InvalidQuery."""
        return await self._store.leads(query)

    async def get(self, lead_id: int) -> Lead:
        """Raises NotFound."""
        return await self._store.lead(lead_id)

    async def changes(self, lead_id: int) -> list[LeadChange]:
        """Newest first."""
        return await self._store.lead_changes(lead_id)

    async def events(self, lead_id: int, limit: int = EVENTS, cursor: str | None = None) -> Page[Recorded]:
        """Stored events about it, newest first. Raises InvalidQuery."""
        return await self._store.lead_events(lead_id, limit, cursor)

    async def recent_events(self) -> list[Recorded]:
        """The newest events that were processed; if none were, the latest ones that name a lead."""
        if processed := await self._store.latest_lead_events(RECENT):
            return processed
        found = await self._events.events(EventQuery(limit=LOOKED_AT))
        return [one for one in found.items if key_of(one.event.data)][:RECENT]

    async def set_status(
        self,
        lead_id: int,
        status: LeadStatus,
        *,
        actor: Actor,
        reason: str = "",
        expected: int | None = None,
        origin: Origin = OUTSIDE,
    ) -> Lead:
        """Raises NotAllowed, NotFound, InvalidHook, Conflict."""
        require(actor, Permission.MANAGE_LEADS)
        reason = reason.strip()
        if len(reason) > MAX_REASON:
            raise InvalidHook({"reason": f"At most {MAX_REASON} characters."})
        lead = await self._store.lead(lead_id)
        if expected is not None and expected != lead.version:
            raise Conflict("lead", lead_id, lead.version)
        if lead.status is status:
            return lead
        at, changed_by = self._now(), "user" if actor.kind == "user" else "api"
        result = with_status(lead, status, actor.name, reason, at, changed_by=changed_by)
        await self._make((result.save, *(NewEvent(event=self._event(one, at, origin)) for one in result.emits)))
        before, after = {"status": lead.status}, {"status": status}
        await self._audit.note(actor, "lead.status_changed", f"lead {lead_id}", before=before, after=after)
        return result.lead

    async def process(self, event: Event, execution_id: str, at: datetime) -> Qualified | None:
        """What the event changes about its lead, for the caller to store; None if it names no lead."""
        aliases = self._catalogue.aliases_of(event.type)
        if (key := key_of(event.data)) is None:
            return None
        lead = await self._store.lead_by_key(key)
        return qualify(lead, key, event, self._compiled, aliases, at, execution_id)

    @property
    def rules(self) -> SavedRules:
        return self._saved

    def raw_rules(self) -> dict[str, Json]:
        """In the API's shape."""
        return cast("dict[str, Json]", _RULES.dump_python(self._saved.rules, mode="json"))

    async def save_rules(self, raw: Mapping[str, Json], *, actor: Actor, expected: int | None = None) -> SavedRules:
        """They apply from the next event on. Raises NotAllowed, InvalidHook, Conflict."""
        require(actor, Permission.ADMINISTER)
        rules = read_rules(raw)
        before = self.raw_rules()
        self._take(await self._store.save_lead_rules(rules, expected=expected, by=actor.name, at=self._now()))
        await self._audit.note(actor, "lead_rules.saved", "the rules of leads", before=before, after=self.raw_rules())
        return self._saved

    async def try_rules(self, raw: Mapping[str, Json], event: Event) -> Qualified:
        """What an event would change about its lead under unsaved rules. Raises InvalidHook, NotFound."""
        key = key_of(event.data)
        if key is None:
            raise NotFound("lead in the event", event.id)
        lead = await self._store.lead_by_key(key)
        compiled = compile_rules(read_rules(raw))
        return qualify(lead, key, event, compiled, self._catalogue.aliases_of(event.type), self._now(), "")

    def check_condition(self, source: str) -> ConditionCheck:
        """Checks a rule while it is typed. Warns about fields that no event in the catalogue has."""
        known = {name for type in self._catalogue.types for name in (*type.fields, *type.aliases)}
        return check(source, lambda condition: doubts((condition,), known, "An event"))

    def _event(self, emission: LeadEmission, at: datetime, origin: Origin) -> Event:
        return Event(
            id=self._ids.new("evt"),
            type=emission.type,
            role=Role.SYSTEM,
            occurred_at=at,
            received_at=at,
            data=emission.data,
            test=origin.test,
            chain=origin.chain,
            entity=entity_of(emission.data),
        )

    def _take(self, saved: SavedRules) -> None:
        self._saved: SavedRules = saved
        self._compiled: CompiledRules = compile_rules(saved.rules)


def read_rules(raw: Mapping[str, Json]) -> LeadRules:
    """Raises InvalidHook with every invalid field, such as `rows[1].points`."""
    try:
        rules = _RULES.validate_python(dict(raw))
    except ValidationError as error:
        raise InvalidHook(messages_by_field(error)) from None
    if problems := rules_problems(rules):
        raise InvalidHook(problems)
    return rules
