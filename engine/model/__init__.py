"""The domain types: frozen values without behaviour beyond derived properties; times are timezone-aware UTC."""

from engine.model.access import Actor, Role, Scope
from engine.model.actions import BODYLESS, Action, Method, Run, Success
from engine.model.audit import AuditEntry
from engine.model.chains import Chain, ChainedEvent, ChainedRun
from engine.model.changes import Change, Effects, NewEvent, NewMail, NewNotice, NewTask
from engine.model.decisions import Decision, Gate, Need, Shortfall
from engine.model.delivery import Delivery, LaneSettings, Preset, Retries
from engine.model.events import OUTSIDE, OWN, Event, Flow, Link, Origin, View, unchanged
from engine.model.executions import Attempt, AttemptError, ErrorClass, Execution, Job, Request, Response, Status
from engine.model.filters import VALUELESS, FilterRow, Filters, Match, Operator
from engine.model.hooks import (
    Hook,
    HookCase,
    HookDefinition,
    HookHealth,
    HookStats,
    HookType,
    HookVersion,
    SigningSecret,
)
from engine.model.json import Json
from engine.model.keys import ApiKey, KeySettings
from engine.model.limits import WORKDAYS, Day, Hours, Limits
from engine.model.messages import Mail, Notice
from engine.model.pages import Page
from engine.model.people import Identity, OneTimeLink, Session, User, UserState
from engine.model.replays import Replay, ReplayOf, ReplayQuery, ReplayState, ReplayVersion
from engine.model.schedules import SCHEDULED, Timetable
from engine.model.tasks import FollowUpType, Plan, PlanKind, Priority, Task, TaskDefinition, TaskState
from engine.model.upkeep import DiskUse

__all__ = [
    "BODYLESS",
    "OUTSIDE",
    "OWN",
    "SCHEDULED",
    "VALUELESS",
    "WORKDAYS",
    "Action",
    "Actor",
    "ApiKey",
    "Attempt",
    "AttemptError",
    "AuditEntry",
    "Chain",
    "ChainedEvent",
    "ChainedRun",
    "Change",
    "Day",
    "Decision",
    "Delivery",
    "DiskUse",
    "Effects",
    "ErrorClass",
    "Event",
    "Execution",
    "FilterRow",
    "Filters",
    "Flow",
    "FollowUpType",
    "Gate",
    "Hook",
    "HookCase",
    "HookDefinition",
    "HookHealth",
    "HookStats",
    "HookType",
    "HookVersion",
    "Hours",
    "Identity",
    "Job",
    "Json",
    "KeySettings",
    "LaneSettings",
    "Limits",
    "Link",
    "Mail",
    "Match",
    "Method",
    "Need",
    "NewEvent",
    "NewMail",
    "NewNotice",
    "NewTask",
    "Notice",
    "OneTimeLink",
    "Operator",
    "Origin",
    "Page",
    "Plan",
    "PlanKind",
    "Preset",
    "Priority",
    "Replay",
    "ReplayOf",
    "ReplayQuery",
    "ReplayState",
    "ReplayVersion",
    "Request",
    "Response",
    "Retries",
    "Role",
    "Run",
    "Scope",
    "Session",
    "Shortfall",
    "SigningSecret",
    "Status",
    "Success",
    "Task",
    "TaskDefinition",
    "TaskState",
    "Timetable",
    "User",
    "UserState",
    "View",
    "unchanged",
]
