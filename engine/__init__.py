"""The rules, and the path of an event; independent of pages and SQL.

    POST /api/v1/events                                             package, module
     1 authenticate, parse   → EventDraft                           api.ingest, people.api_keys, events.parsing
     2 accept                → durable, then 202                    runtime, ports.Inbox
     3 take a batch          → Accepted                             delivery.intake, process.spill_queue
     4 match                 → the hooks of that type               rules.index
     5 decide                → status, role, filters, condition     rules.decisions
       hold back             → cooldown, runs per hour, hours       delivery.limiter, rules.opening_hours
     6 perform               → Attempt, with its outcome            delivery.lanes, .dispatch, .attempts
       compose, call         → Request, Outcome                     actions.composer, actions.http
     7 retry?                → RetryAt, GiveUp, Done                rules.retries
     8 record                → committed                            ports.ExecutionStore
     9 publish               → every open view                      feed

These names are the only ones that views may import.
"""

from engine.access.permissions import Permission, acting_roles, may, require, scopes_of, usual_scopes_of, who_may
from engine.actions.endpoint import Endpoint
from engine.actions.internal import Parameter, parameters_of
from engine.actions.own_endpoints import LoadProblem
from engine.actions.preview import WouldSend
from engine.delivery.testing import TestResult
from engine.errors import (
    CodeNeeded,
    Conflict,
    InUse,
    InvalidAccount,
    InvalidEvent,
    InvalidEventType,
    InvalidHook,
    InvalidKey,
    InvalidQuery,
    InvalidSource,
    InvalidTask,
    IssuerFailed,
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
from engine.events.bounds import Bounds
from engine.events.catalogue import Catalogue, EventType, Field
from engine.events.json_text import InvalidJson, read_json
from engine.events.sources.guides import GUIDES, Guide
from engine.events.sources.platform import Incoming
from engine.events.subjects import about_of
from engine.expressions.condition import ConditionCheck
from engine.expressions.reaching import attribute, spelled_path
from engine.feed import Feed
from engine.history.backtest import BackTest
from engine.history.field_profile import FieldProfile, Profile, profile_of
from engine.history.look_back import Decided, Insight, Overlap
from engine.history.replays import Pair, ReplayPreview
from engine.hooks.cases import CaseResult, Cases
from engine.hooks.commands import Hooks, Upcoming
from engine.hooks.definition import MAX_ACTIONS, is_reserved_header
from engine.metrics.commands import Plot
from engine.model import (
    SCHEDULED,
    VALUELESS,
    Action,
    Actor,
    ApiKey,
    Attempt,
    AttemptError,
    AuditEntry,
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
    View,
)
from engine.model.event_types import OwnType
from engine.model.labels import LABELS
from engine.model.leads import (
    ChangeOf,
    Lead,
    LeadChange,
    LeadQuery,
    LeadRules,
    LeadSort,
    LeadStatus,
    SavedRules,
    Score,
    ScoredRow,
)
from engine.model.metrics import (
    Aggregate,
    AlertEvent,
    Bucket,
    Comparison,
    Limit,
    MetricKind,
    SavedLimit,
    Series,
    Severity,
    Standing,
    Window,
)
from engine.model.sources import Outcome, SigningKind, Source, SourceBody, SourceCount, SourceMapping
from engine.model.sources.drift import Drift
from engine.people.accounts import SYSTEM, Accounts
from engine.people.api_keys import OVERLAPS, USUAL_RATE, Keys, why_ended
from engine.people.directory import NewLink
from engine.people.second_factor import Offer
from engine.people.sessions import SignedIn
from engine.people.single_sign_on import BACK_PATH, Departure, SingleSignOn
from engine.ports import AuditQuery, EventQuery, ExecutionQuery, Recorded, TaskQuery
from engine.privacy.visibility import Sight
from engine.rules.limits import is_expired
from engine.rules.limits import raw_in_words as limits_in_words
from engine.rules.mapping.trial import Trial, TriedField
from engine.rules.misses import NearMiss
from engine.rules.progress import ActionProgress, ActionState
from engine.rules.timetable import words_of as schedule_in_words
from engine.runtime import Engine, Receipt
from engine.secrets.headers import MASK
from engine.secrets.names import USUALLY_SECRET, is_secret_name
from engine.settings import EngineSettings
from engine.sources.commands import Received, Sources
from engine.sources.definition import write_mapping
from engine.sources.kept import incoming_of, may_be_mapped
from engine.sources.silence import SilentSource
from engine.sources.silence import in_words as silence_in_words

__all__ = [
    "BACK_PATH",
    "GUIDES",
    "LABELS",
    "MASK",
    "MAX_ACTIONS",
    "OVERLAPS",
    "SCHEDULED",
    "SYSTEM",
    "USUALLY_SECRET",
    "USUAL_RATE",
    "VALUELESS",
    "Accounts",
    "Action",
    "ActionProgress",
    "ActionState",
    "Actor",
    "Aggregate",
    "AlertEvent",
    "ApiKey",
    "Attempt",
    "AttemptError",
    "AuditEntry",
    "AuditQuery",
    "BackTest",
    "Bounds",
    "Bucket",
    "CaseResult",
    "Cases",
    "Catalogue",
    "Chain",
    "ChainedEvent",
    "ChainedRun",
    "ChangeOf",
    "CodeNeeded",
    "Comparison",
    "ConditionCheck",
    "Conflict",
    "Day",
    "Decided",
    "Decision",
    "Departure",
    "DiskUse",
    "Drift",
    "Endpoint",
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
    "Guide",
    "Hook",
    "HookCase",
    "HookDefinition",
    "HookHealth",
    "HookStats",
    "HookType",
    "HookVersion",
    "Hooks",
    "InUse",
    "Incoming",
    "Insight",
    "InvalidAccount",
    "InvalidEvent",
    "InvalidEventType",
    "InvalidHook",
    "InvalidJson",
    "InvalidKey",
    "InvalidQuery",
    "InvalidSource",
    "InvalidTask",
    "IssuerFailed",
    "Job",
    "Json",
    "KeySettings",
    "Keys",
    "LaneSettings",
    "Lead",
    "LeadChange",
    "LeadQuery",
    "LeadRules",
    "LeadSort",
    "LeadStatus",
    "Limit",
    "LoadProblem",
    "Match",
    "Method",
    "MetricKind",
    "NearMiss",
    "NewLink",
    "NotAllowed",
    "NotFound",
    "Notice",
    "Offer",
    "OneTimeLink",
    "Operator",
    "Outcome",
    "Overlap",
    "Overloaded",
    "OwnType",
    "Page",
    "Pair",
    "Parameter",
    "Permission",
    "Plot",
    "Preset",
    "Priority",
    "Profile",
    "Receipt",
    "Received",
    "Recorded",
    "Refused",
    "Replay",
    "ReplayOf",
    "ReplayPreview",
    "ReplayQuery",
    "ReplayState",
    "ReplayVersion",
    "Request",
    "Response",
    "Role",
    "Run",
    "SavedLimit",
    "SavedRules",
    "Scope",
    "Score",
    "ScoredRow",
    "SecretLost",
    "Series",
    "Session",
    "Severity",
    "Sight",
    "SignInOver",
    "SignedIn",
    "SigningKind",
    "SilentSource",
    "SingleSignOn",
    "Source",
    "SourceBody",
    "SourceCount",
    "SourceMapping",
    "Sources",
    "Standing",
    "Status",
    "StoreUnavailable",
    "Task",
    "TaskDefinition",
    "TaskQuery",
    "TaskState",
    "TestResult",
    "TooManyTries",
    "Trial",
    "TriedField",
    "TriggerHooksError",
    "Upcoming",
    "User",
    "UserState",
    "View",
    "Window",
    "WouldSend",
    "about_of",
    "acting_roles",
    "attribute",
    "incoming_of",
    "is_expired",
    "is_reserved_header",
    "is_secret_name",
    "limits_in_words",
    "may",
    "may_be_mapped",
    "parameters_of",
    "profile_of",
    "read_json",
    "require",
    "schedule_in_words",
    "scopes_of",
    "silence_in_words",
    "spelled_path",
    "usual_scopes_of",
    "who_may",
    "why_ended",
    "write_mapping",
]
