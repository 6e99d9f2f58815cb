"""All ports in one."""

from typing import Protocol

from engine.ports.audit import AuditStore
from engine.ports.changes import EffectStore
from engine.ports.drift import DriftStore
from engine.ports.event_types import EventTypeStore
from engine.ports.events import EventStore, Inbox
from engine.ports.executions import ExecutionStore
from engine.ports.hooks import CaseStore, HookStore
from engine.ports.keys import KeyStore
from engine.ports.leads import LeadStore
from engine.ports.messages import MailStore, NoticeStore
from engine.ports.metrics import MetricStore
from engine.ports.people import PeopleStore
from engine.ports.replays import ReplayStore
from engine.ports.secrets import SealStore
from engine.ports.sources import SourceStore
from engine.ports.tasks import PlanStore, TaskStore
from engine.ports.timers import TimerStore
from engine.ports.upkeep import Upkeep


class Store(
    Inbox,
    EventStore,
    HookStore,
    CaseStore,
    ExecutionStore,
    ReplayStore,
    TaskStore,
    PlanStore,
    TimerStore,
    NoticeStore,
    MailStore,
    EffectStore,
    AuditStore,
    Upkeep,
    SealStore,
    PeopleStore,
    KeyStore,
    LeadStore,
    MetricStore,
    SourceStore,
    EventTypeStore,
    DriftStore,
    Protocol,
):
    """All ports, with a lifecycle: opened before the engine starts, closed after it stops."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def check(self) -> None:
        """Writes and reads a row; raises StoreUnavailable if the database fails."""
        ...
