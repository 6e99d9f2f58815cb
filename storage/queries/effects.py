"""Changes by internal actions: one function per kind of Change, all in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

import orjson
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col

from engine.model import Change, Effects, NewEvent, NewMail, NewNotice, NewTask, Notice, Task
from engine.model.leads import SaveLead
from engine.model.metrics import Measurement, Series, Turn
from engine.ports import Accepted, Performed
from storage.queries import events, leads, mails, metrics, notices, tasks
from storage.tables import EffectRow

_INSERT = insert(EffectRow).on_conflict_do_nothing().returning(col(EffectRow.action))


def perform(session: Session, execution_id: str, action: int, effects: Effects, at: datetime) -> Performed:
    """Runs once per action of an execution; a repeated call returns the first answer and changes nothing."""
    answer = orjson.dumps(effects.answer).decode()
    values = {"execution_id": execution_id, "action": action, "answer": answer, "performed_at": at}
    if session.connection().execute(_INSERT, values).first() is None:
        known = session.get_one(EffectRow, (execution_id, action))
        return Performed(answer=orjson.loads(known.answer))
    return replace(make(session, effects.changes, at), answer=orjson.loads(answer))


def make(session: Session, changes: Sequence[Change], at: datetime) -> Performed:
    """Applies the changes on every call."""
    applied = [_apply(session, change, at) for change in changes]
    return Performed(
        answer=None,
        events=tuple(one for one in applied if isinstance(one, Accepted)),
        notices=tuple(one for one in applied if isinstance(one, Notice)),
        tasks=tuple(one for one in applied if isinstance(one, Task)),
        recorded=tuple(one for one in applied if isinstance(one, Series)),
    )


def _apply(session: Session, change: Change, at: datetime) -> Accepted | Notice | Task | Series | None:
    """Returns what must be announced after the commit, if anything."""
    match change:
        case NewEvent():
            return _add_event(session, change)
        case NewNotice():
            return _add_notice(session, change, at)
        case NewMail():
            mails.add(session, change, at)
            return None
        case NewTask():
            tasks.make(session, change.task, change.plans)
            return change.task
        case SaveLead():
            leads.save(session, change)
            return None
        case Measurement():
            return metrics.record(session, change)
        case Turn():
            metrics.turn(session, change)
            return None
        case _:
            assert_never(change)


def _add_notice(session: Session, change: NewNotice, at: datetime) -> Notice:
    notice = Notice(
        seq=0,
        at=at,
        tone=change.tone,
        title=change.title,
        text=change.text,
        link=change.link,
        to=change.to,
        inherited=change.inherited,
    )
    return notices.add_notice(session, notice)


def _add_event(session: Session, change: NewEvent) -> Accepted | None:
    """Returns None for a duplicate id."""
    ((accepted,),) = events.append(session.connection(), [[change.event]])
    return accepted
