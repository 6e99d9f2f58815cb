"""Leads."""

from datetime import datetime

from engine.model import Page
from engine.model.leads import Lead, LeadChange, LeadQuery, LeadRules, SavedRules
from engine.ports import Recorded
from storage.queries import leads
from storage.stores.base import SqlBase


class SqlLeads(SqlBase):
    async def lead(self, lead_id: int) -> Lead:
        return await self._read(leads.one, lead_id)

    async def lead_by_key(self, key: str) -> Lead | None:
        return await self._read(leads.by_key, key)

    async def leads(self, query: LeadQuery) -> Page[Lead]:
        return await self._read(leads.page, query)

    async def lead_changes(self, lead_id: int) -> list[LeadChange]:
        return await self._read(leads.changes, lead_id)

    async def lead_events(self, lead_id: int, limit: int, cursor: str | None) -> Page[Recorded]:
        return await self._read(leads.events, lead_id, limit, cursor)

    async def latest_lead_events(self, limit: int) -> list[Recorded]:
        return await self._read(leads.latest_events, limit)

    async def lead_rules(self) -> SavedRules | None:
        return await self._read(leads.rules)

    async def save_lead_rules(self, rules: LeadRules, *, expected: int | None, by: str, at: datetime) -> SavedRules:
        return await self._write(leads.save_rules, rules, expected, by, at)
