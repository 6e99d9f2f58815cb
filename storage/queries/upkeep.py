"""Taking away what is old."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from engine.model import Status
from storage.queries.hook_stats import hour_of
from storage.queries.seqs import first_seq
from storage.queries.tasks import tidy_tasks
from storage.queries.text_index import forget_text
from storage.tables import (
    AttemptRow,
    EffectRow,
    EventRow,
    ExecutionRow,
    HookHourRow,
    LeadEventRow,
    NoticeRow,
    SessionRow,
)

_GO_FIRST = tuple(str(one) for one in (Status.SUCCEEDED, Status.CANCELLED, Status.SHADOWED, Status.SKIPPED))
_GO_LATER = (str(Status.FAILED), str(Status.PARKED))
Place = tuple[int, int]
"""The seqs of the last execution and the last event that were looked at."""


def old(
    session: Session, before: datetime, failed_before: datetime, after: Place, limit: int
) -> tuple[list[tuple[int, str]], list[int]]:
    """The next executions that may go, each with its id, and the next events that have none left."""
    seq, at = col(ExecutionRow.seq), col(ExecutionRow.created_at)
    going = session.exec(
        select(seq, col(ExecutionRow.id))
        .where(
            seq > after[0],
            seq < first_seq(session, seq, at, before),
            col(ExecutionRow.status).in_(_GO_FIRST)
            | (col(ExecutionRow.status).in_(_GO_LATER) & (seq < first_seq(session, seq, at, failed_before))),
        )
        .order_by(seq)
        .limit(limit)
    ).all()
    if going:
        return [(found[0] or 0, found[1]) for found in going], []
    of_event, received = col(EventRow.seq), col(EventRow.received_at)
    kept = select(ExecutionRow.seq).where(col(ExecutionRow.event_seq) == of_event).exists()
    empty = session.exec(
        select(of_event)
        .where(
            of_event > after[1],
            of_event < first_seq(session, of_event, received, before),
            col(EventRow.revision).is_not(None),
            ~kept,
        )
        .order_by(of_event)
        .limit(limit)
    ).all()
    return [], [found or 0 for found in empty]


def take_away(session: Session, executions: Sequence[tuple[int, str]], events: Sequence[int]) -> None:
    connection = session.connection()
    if executions:
        ids = [id for _, id in executions]
        connection.execute(delete(AttemptRow).where(col(AttemptRow.execution_id).in_(ids)))
        connection.execute(delete(EffectRow).where(col(EffectRow.execution_id).in_(ids)))
        connection.execute(delete(ExecutionRow).where(col(ExecutionRow.seq).in_([seq for seq, _ in executions])))
    if events:
        # A replay may have made an execution since these were looked for.
        kept: Any = select(ExecutionRow.seq).where(col(ExecutionRow.event_seq) == col(EventRow.seq)).exists()
        going = session.exec(select(col(EventRow.seq)).where(col(EventRow.seq).in_(events), ~kept)).all()
        if going:
            forget_text(session, (seq for seq in going if seq is not None))
            connection.execute(delete(LeadEventRow).where(col(LeadEventRow.event_seq).in_(going)))
            connection.execute(delete(EventRow).where(col(EventRow.seq).in_(going)))


def tidy(session: Session, before: datetime, now: datetime) -> None:
    """Small things: statistics and notices of long ago, tasks done or deleted then, sessions that are over."""
    connection = session.connection()
    connection.execute(delete(HookHourRow).where(col(HookHourRow.hour) < hour_of(before)))
    connection.execute(delete(NoticeRow).where(col(NoticeRow.at) < before))
    tidy_tasks(session, before)
    connection.execute(delete(SessionRow).where(col(SessionRow.expires_at) < now))
