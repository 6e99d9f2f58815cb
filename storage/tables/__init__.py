"""Tables. `storage.rows` converts rows to nouns and back; no row leaves `storage`.

Times are timezone-aware and in UTC. `seq` counts in order of arrival and is never reused.

SQLite uses a partial index only if the query repeats its condition, so conditions are constants beside their table.
"""

from sqlmodel import SQLModel

from storage.tables.audit import AREA, AuditRow
from storage.tables.drift import DriftRow, FieldHourRow
from storage.tables.event_types import EventTypeRow
from storage.tables.events import CAUSED, UNDECIDED, EventRow
from storage.tables.executions import (
    COUNTS,
    HELD,
    IN_LINE,
    NOT_DELIVERED,
    NOT_SENT,
    PARKED,
    PENDING,
    TEST,
    UNFINISHED,
    WAITING,
    AttemptRow,
    EffectRow,
    ExecutionRow,
)
from storage.tables.hooks import HookCaseRow, HookHealthRow, HookHourRow, HookRow, HookSecretRow, HookVersionRow
from storage.tables.keys import ApiKeyRow
from storage.tables.leads import LeadChangeRow, LeadEventRow, LeadRow, LeadRulesRow
from storage.tables.messages import MailRow, NoticeRow, NoticesReadRow
from storage.tables.metrics import MetricHourRow, MetricLimitRow, MetricMinuteRow, SeriesRow, StandingRow
from storage.tables.people import IdentityRow, OneTimeLinkRow, RecoveryCodeRow, SessionRow, UserRow
from storage.tables.replays import ReplayRow
from storage.tables.settings import LaneRow, SettingRow
from storage.tables.sources import SourceBodyRow, SourceHourRow, SourceRow
from storage.tables.tasks import DONE_TASK, OPEN_TASK, PLANNED, PlanRow, TaskRow
from storage.tables.timers import TimerRow

__all__ = [
    "AREA",
    "CAUSED",
    "COUNTS",
    "DONE_TASK",
    "HELD",
    "IN_LINE",
    "NOT_DELIVERED",
    "NOT_SENT",
    "OPEN_TASK",
    "PARKED",
    "PENDING",
    "PLANNED",
    "TEST",
    "UNDECIDED",
    "UNFINISHED",
    "WAITING",
    "ApiKeyRow",
    "AttemptRow",
    "AuditRow",
    "DriftRow",
    "EffectRow",
    "EventRow",
    "EventTypeRow",
    "ExecutionRow",
    "FieldHourRow",
    "HookCaseRow",
    "HookHealthRow",
    "HookHourRow",
    "HookRow",
    "HookSecretRow",
    "HookVersionRow",
    "IdentityRow",
    "LaneRow",
    "LeadChangeRow",
    "LeadEventRow",
    "LeadRow",
    "LeadRulesRow",
    "MailRow",
    "MetricHourRow",
    "MetricLimitRow",
    "MetricMinuteRow",
    "NoticeRow",
    "NoticesReadRow",
    "OneTimeLinkRow",
    "PlanRow",
    "RecoveryCodeRow",
    "ReplayRow",
    "SQLModel",
    "SeriesRow",
    "SessionRow",
    "SettingRow",
    "SourceBodyRow",
    "SourceHourRow",
    "SourceRow",
    "StandingRow",
    "TaskRow",
    "TimerRow",
    "UserRow",
]
