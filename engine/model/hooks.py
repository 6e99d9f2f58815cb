"""Hooks: what a person writes, its versions, and how it fares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import with_config

from engine.model.access import Role
from engine.model.actions import Action, Run
from engine.model.delivery import Delivery
from engine.model.filters import Filters
from engine.model.json import Json
from engine.model.limits import Limits
from engine.model.schedules import Timetable


class HookType(StrEnum):
    LEAD_PROCESSING = "lead_processing"
    CRM_INTEGRATION = "crm_integration"
    ANALYTICS = "analytics"
    NOTIFICATION = "notification"
    WORKFLOW = "workflow"
    OTHER = "other"


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HookDefinition:
    """What a person writes. `key` is its stable name; empty until the first save makes one from the title.

    `schedule` goes with the trigger of that name, and with no other.

    In `shadow`, an enabled hook decides and records what it would send, and sends nothing.
    """

    title: str
    trigger: str
    actions: tuple[Action, ...]
    key: str = ""
    description: str = ""
    enabled: bool = True
    shadow: bool = False
    role: Role = Role.AGENT
    type: HookType = HookType.OTHER
    filters: Filters = Filters()
    condition: str = ""
    run: Run = Run.SEQUENTIAL
    delivery: Delivery = Delivery()
    limits: Limits = Limits()
    schedule: Timetable | None = None

    @property
    def ordered(self) -> bool:
        wanted = self.delivery.ordered
        return self.run is Run.SEQUENTIAL and len(self.actions) > 1 if wanted is None else wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One version of a hook. Every version is kept; `version` counts from 1."""

    id: int
    version: int
    definition: HookDefinition
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSecret:
    """`previous` still signs beside `current` for a while after `rotated_at`."""

    current: str = field(repr=False)
    previous: str | None = field(default=None, repr=False)
    rotated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStats:
    """Tests count in none of these. `succeeded` and `failed` are executions that ended in the last 24 hours;
    `parked` are those that wait for somebody to send them."""

    hits: int = 0
    last_hit_at: datetime | None = None
    succeeded: int = 0
    failed: int = 0
    parked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HookHealth:
    """What went wrong since the last success: attempts and executions that failed, since when, and the per cent of the
    way to being switched off that were warned of."""

    attempts: int = 0
    executions: int = 0
    failing_since: datetime | None = None
    warned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HookVersion:
    """One saved version, for its history. `deleted` marks the version that took the hook away.

    `revision` numbers the saves of all hooks.
    """

    revision: int
    hook_id: int
    version: int
    definition: HookDefinition
    saved_at: datetime
    saved_by: str
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HookCase:
    """An event that a hook is held against at every edit; `fires` is the answer that is expected."""

    id: int
    hook_id: int
    name: str
    role: Role
    data: Mapping[str, Json]
    fires: bool
    created_at: datetime
    created_by: str
