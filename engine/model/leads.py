"""Leads, their scoring rules and their history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import with_config


class LeadStatus(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    WORKING = "working"
    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"
    WON = "won"
    LOST = "lost"


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRule:
    """If the condition is true for a lead's known fields, its score changes by the points, which may be negative."""

    condition: str
    points: int
    label: str


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRules:
    """A score starts at `start` and is kept within 0 to 100; a lead that reaches `threshold` is qualified."""

    start: int
    threshold: int
    rows: tuple[LeadRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRules:
    """`version` counts from 1; 0 are the built-in rules that nobody has saved."""

    version: int
    rules: LeadRules
    saved_at: datetime | None = None
    saved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRow:
    """A rule's result for a lead: whether it counted, and one sentence why."""

    label: str
    condition: str
    points: int
    counted: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`value` is from 0 to 100; `rows` are all rules, in order."""

    value: int
    start: int
    threshold: int
    rows: tuple[ScoredRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """`key` identifies it, such as `lead_id:48213`; `fields` are the newest values from its events.

    `version` counts its changes from 1. An unsaved lead has the id 0 and the version 0. `status_by` is the person who
    set its status, empty if its score did.
    """

    id: int
    key: str
    version: int
    name: str
    status: LeadStatus
    status_by: str = ""
    score: Score
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    first_seen_at: datetime
    last_seen_at: datetime
    last_event_type: str


class ChangeOf(StrEnum):
    SEEN = "seen"
    SCORE = "score"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadChange:
    """An entry in a lead's history. `by` is a person, or empty if an event caused it, through an execution of a
    hook."""

    seq: int = 0
    at: datetime
    what: ChangeOf
    before: str
    after: str
    reason: str
    by: str = ""
    event_id: str = ""
    execution_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveLead:
    """A lead to store if it is still at version `expected`, with its changes; `event_id` is the event about it, empty
    if none."""

    lead: Lead
    expected: int
    changes: tuple[LeadChange, ...] = ()
    event_id: str = ""


class LeadSort(StrEnum):
    SCORE = "score"
    SEEN = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadQuery:
    """Highest score first, or last seen first. `text` matches words in a name, address, number or id; `view` as
    in EventQuery."""

    limit: int = 50
    cursor: str | None = None
    text: str = ""
    view: "Callable[[Lead], Lead] | None" = None
    status: LeadStatus | None = None
    sort: LeadSort = LeadSort.SEEN
