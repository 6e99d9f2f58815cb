"""Hooks: their definition, versions and health."""

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
    """What the user defines. `key` is its stable name; empty until the first save derives one from the title.

    `schedule` is set for the trigger of that name, and for no other.

    In `shadow` mode, an enabled hook decides and records what it would send, and sends nothing.
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
    """`previous` also signs for a while after `rotated_at`, beside `current`."""

    current: str = field(repr=False)
    previous: str | None = field(default=None, repr=False)
    rotated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStats:
    """Excludes tests. `succeeded` and `failed` are executions that ended in the last 24 hours; `parked` are those that
    wait until someone sends them."""

    hits: int = 0
    last_hit_at: datetime | None = None
    succeeded: int = 0
    failed: int = 0
    parked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HookHealth:
    """Failures since the last success: attempts and executions, since when, and the percentages of the threshold for
    automatic disabling that were warned about."""

    attempts: int = 0
    executions: int = 0
    failing_since: datetime | None = None
    warned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HookVersion:
    """One saved version, for the history. `deleted` marks the version that deleted the hook.

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
    """An event that a hook is tested against on every edit; `fires` is the expected decision."""

    id: int
    hook_id: int
    name: str
    role: Role
    data: Mapping[str, Json]
    fires: bool
    created_at: datetime
    created_by: str
