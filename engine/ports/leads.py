"""Leads, their history, and the scoring rules."""

from datetime import datetime
from typing import Protocol

from engine.model import Page
from engine.model.leads import Lead, LeadChange, LeadQuery, LeadRules, SavedRules
from engine.ports.events import Recorded


class LeadStore(Protocol):
    async def lead(self, lead_id: int) -> Lead:
        """Raises NotFound."""
        ...

    async def lead_by_key(self, key: str) -> Lead | None: ...

    async def leads(self, query: LeadQuery) -> Page[Lead]:
        """Raises InvalidQuery."""
        ...

    async def lead_changes(self, lead_id: int) -> list[LeadChange]:
        """Newest first; only the last few hundred are stored."""
        ...

    async def lead_events(self, lead_id: int, limit: int, cursor: str | None) -> Page[Recorded]:
        """Events about it, newest first. Raises InvalidQuery."""
        ...

    async def latest_lead_events(self, limit: int) -> list[Recorded]:
        """Events about any lead, newest first."""
        ...

    async def lead_rules(self) -> SavedRules | None:
        """The newest; None if none were ever saved."""
        ...

    async def save_lead_rules(self, rules: LeadRules, *, expected: int | None, by: str, at: datetime) -> SavedRules:
        """Returns them with their version. Raises Conflict if the current version is not the expected one."""
        ...
