"""The interfaces through which the engine uses its store.

Every coroutine that changes something returns once the change is durable. Each may raise `StoreUnavailable`.
"""

from engine.ports.audit import AuditQuery, AuditStore
from engine.ports.changes import EffectStore, Make, Performed
from engine.ports.drift import DriftStore
from engine.ports.event_types import EventTypeStore
from engine.ports.events import Accepted, EventQuery, EventSource, EventStore, Inbox, Recorded
from engine.ports.executions import DecidedEvent, ExecutionQuery, ExecutionStore, Progress, Runs, RunsQuery
from engine.ports.hooks import CaseStore, HookSet, HookStore
from engine.ports.keys import KeyStore
from engine.ports.leads import LeadStore
from engine.ports.messages import MailStore, NoticeStore
from engine.ports.metrics import MetricStore
from engine.ports.people import AccountStore, PeopleStore
from engine.ports.replays import ReplayStore
from engine.ports.secrets import SealStore
from engine.ports.sources import SourceStore
from engine.ports.store import Store
from engine.ports.tasks import Due, Firing, PlanStore, TaskQuery, TaskStore
from engine.ports.timers import Timer, TimerRun, TimerStore
from engine.ports.upkeep import Bounds, Forgotten, Old, Upkeep

__all__ = [
    "Accepted",
    "AccountStore",
    "AuditQuery",
    "AuditStore",
    "Bounds",
    "CaseStore",
    "DecidedEvent",
    "DriftStore",
    "Due",
    "EffectStore",
    "EventQuery",
    "EventSource",
    "EventStore",
    "EventTypeStore",
    "ExecutionQuery",
    "ExecutionStore",
    "Firing",
    "Forgotten",
    "HookSet",
    "HookStore",
    "Inbox",
    "KeyStore",
    "LeadStore",
    "MailStore",
    "Make",
    "MetricStore",
    "NoticeStore",
    "Old",
    "PeopleStore",
    "Performed",
    "PlanStore",
    "Progress",
    "Recorded",
    "ReplayStore",
    "Runs",
    "RunsQuery",
    "SealStore",
    "SourceStore",
    "Store",
    "TaskQuery",
    "TaskStore",
    "Timer",
    "TimerRun",
    "TimerStore",
    "Upkeep",
]
