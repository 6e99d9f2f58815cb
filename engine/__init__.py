"""The rules and the path of an event. It knows no page and no SQL.

    POST /api/v1/events                                             room
     1 authenticate, parse   → EventDraft                           api/ingest, events
     2 accept                → durable, then 202                    runtime, ports.Inbox
     3 take a batch                                                 window, pipeline
     4 match                 → the hooks of that type               matching
     5 decide                → status, role, filters, condition     decisions
       hold back             → cooldown, runs per hour, hours       limiter, hours
     6 perform               → Outcome of the call                  lanes, dispatch, actions
     7 retry?                → RetryAt, GiveUp, Done                retries
     8 record                → committed                            ports.ExecutionStore
     9 publish               → every open view                      feed

What stands here is all that a view may name.
"""

from engine.access import Permission, acting_roles, may, require, scopes_of, who_may
from engine.accounts import SYSTEM, Accounts
from engine.backtest import BackTest
from engine.cases import CaseResult, Cases
from engine.catalogue import Catalogue, EventType, Field
from engine.definitions import MAX_ACTIONS, set_by_us
from engine.errors import (
    CodeNeeded,
    Conflict,
    InvalidAccount,
    InvalidEvent,
    InvalidHook,
    InvalidKey,
    InvalidQuery,
    InvalidTask,
    NotAllowed,
    NotFound,
    Overloaded,
    Refused,
    SecretLost,
    SignInOver,
    StoreUnavailable,
    TooManyTries,
    TriggerHooksError,
)
from engine.feed import Feed
from engine.hooks import Hooks, Upcoming
from engine.insight import Decided, Insight, Overlap
from engine.keys import OVERLAPS, USUAL_RATE, Keys, why_ended
from engine.labels import LABELS
from engine.limits import is_expired
from engine.limits import raw_in_words as limits_in_words
from engine.model import (
    SCHEDULED,
    Action,
    Actor,
    ApiKey,
    Attempt,
    AttemptError,
    Chain,
    ChainedEvent,
    ChainedRun,
    Day,
    Decision,
    DiskUse,
    ErrorClass,
    Event,
    Execution,
    FilterRow,
    Filters,
    FollowUpType,
    Gate,
    Hook,
    HookCase,
    HookDefinition,
    HookHealth,
    HookStats,
    HookType,
    HookVersion,
    Job,
    Json,
    KeySettings,
    LaneSettings,
    Match,
    Method,
    Notice,
    OneTimeLink,
    Operator,
    Page,
    Preset,
    Priority,
    Replay,
    ReplayOf,
    ReplayQuery,
    ReplayState,
    ReplayVersion,
    Request,
    Response,
    Role,
    Run,
    Scope,
    Session,
    Status,
    Task,
    TaskDefinition,
    TaskState,
    User,
    UserState,
)
from engine.near import NearMiss
from engine.own_endpoints import LoadProblem
from engine.people import NewLink
from engine.pipeline import about_of
from engine.ports import EventQuery, ExecutionQuery, Recorded, TaskQuery
from engine.preview import WouldSend
from engine.profile import FieldProfile, Profile
from engine.replays import Pair, Preview
from engine.runtime import ConditionCheck, Engine, EngineSettings, Receipt, TestResult
from engine.second_factor import Offer
from engine.secret_headers import MASK, USUALLY_SECRET
from engine.sessions import SignedIn
from engine.sight import Sight
from engine.timetable import words_of as schedule_in_words

__all__ = [
    "LABELS",
    "MASK",
    "MAX_ACTIONS",
    "OVERLAPS",
    "SCHEDULED",
    "SYSTEM",
    "USUALLY_SECRET",
    "USUAL_RATE",
    "Accounts",
    "Action",
    "Actor",
    "ApiKey",
    "Attempt",
    "AttemptError",
    "BackTest",
    "CaseResult",
    "Cases",
    "Catalogue",
    "Chain",
    "ChainedEvent",
    "ChainedRun",
    "CodeNeeded",
    "ConditionCheck",
    "Conflict",
    "Day",
    "Decided",
    "Decision",
    "DiskUse",
    "Engine",
    "EngineSettings",
    "ErrorClass",
    "Event",
    "EventQuery",
    "EventType",
    "Execution",
    "ExecutionQuery",
    "Feed",
    "Field",
    "FieldProfile",
    "FilterRow",
    "Filters",
    "FollowUpType",
    "Gate",
    "Hook",
    "HookCase",
    "HookDefinition",
    "HookHealth",
    "HookStats",
    "HookType",
    "HookVersion",
    "Hooks",
    "Insight",
    "InvalidAccount",
    "InvalidEvent",
    "InvalidHook",
    "InvalidKey",
    "InvalidQuery",
    "InvalidTask",
    "Job",
    "Json",
    "KeySettings",
    "Keys",
    "LaneSettings",
    "LoadProblem",
    "Match",
    "Method",
    "NearMiss",
    "NewLink",
    "NotAllowed",
    "NotFound",
    "Notice",
    "Offer",
    "OneTimeLink",
    "Operator",
    "Overlap",
    "Overloaded",
    "Page",
    "Pair",
    "Permission",
    "Preset",
    "Preview",
    "Priority",
    "Profile",
    "Receipt",
    "Recorded",
    "Refused",
    "Replay",
    "ReplayOf",
    "ReplayQuery",
    "ReplayState",
    "ReplayVersion",
    "Request",
    "Response",
    "Role",
    "Run",
    "Scope",
    "SecretLost",
    "Session",
    "Sight",
    "SignInOver",
    "SignedIn",
    "Status",
    "StoreUnavailable",
    "Task",
    "TaskDefinition",
    "TaskQuery",
    "TaskState",
    "TestResult",
    "TooManyTries",
    "TriggerHooksError",
    "Upcoming",
    "User",
    "UserState",
    "WouldSend",
    "about_of",
    "acting_roles",
    "is_expired",
    "limits_in_words",
    "may",
    "require",
    "schedule_in_words",
    "scopes_of",
    "set_by_us",
    "who_may",
    "why_ended",
]
