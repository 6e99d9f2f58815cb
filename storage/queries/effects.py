"""What internal actions change: one function for each kind of Change, all within one transaction."""

from datetime import datetime
from typing import assert_never

import orjson
from sqlmodel import Session

from engine.model import Change, Effects, NewEvent, NewNotice, Notice
from engine.ports import Accepted, Performed
from storage.queries import events, upkeep
from storage.tables import EffectRow


def perform(session: Session, execution_id: str, action: int, effects: Effects, at: datetime) -> Performed:
    """Once for each action of an execution; what comes again gets the first one's answer, and changes nothing."""
    if known := session.get(EffectRow, (execution_id, action)):
        return Performed(answer=orjson.loads(known.answer))
    answer = orjson.dumps(effects.answer).decode()
    session.add(EffectRow(execution_id=execution_id, action=action, answer=answer, performed_at=at))
    made = [_make(session, change, at) for change in effects.changes]
    return Performed(
        answer=orjson.loads(answer),
        events=tuple(one for one in made if isinstance(one, Accepted)),
        notices=tuple(one for one in made if isinstance(one, Notice)),
    )


def _make(session: Session, change: Change, at: datetime) -> Accepted | Notice | None:
    """What has to be told of after the commit, if anything."""
    match change:
        case NewEvent():
            return _add_event(session, change)
        case NewNotice():
            notice = Notice(seq=0, at=at, tone=change.tone, title=change.title, text=change.text, link=change.link)
            return upkeep.add_notice(session, notice)
        case _:
            assert_never(change)


def _add_event(session: Session, change: NewEvent) -> Accepted | None:
    """None for an id that was seen before."""
    ((seq,),) = events.append(session.connection(), [[change.event]])
    return None if seq is None else Accepted(seq=seq, event=change.event)
