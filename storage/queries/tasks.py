"""Tasks: open ones by due time, then completed ones; and the index of their text."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlalchemy import text as words_of
from sqlmodel import Session, col, select

from engine.errors import InvalidQuery, NotFound
from engine.model import Event, Page, Plan, Task, TaskState
from engine.ports import Accepted, TaskQuery
from storage.queries import events, plans
from storage.queries.kept_text import ids_with, keep_text
from storage.rows.tasks import task_of, task_values
from storage.tables import DONE_TASK, OPEN_TASK, TaskRow
from storage.texts import asked, values_in

_TEXT = "task_text"
_FORGET = words_of("DELETE FROM task_text WHERE rowid = :seq")


def add(session: Session, task: Task, wanted: Sequence[Plan], event: Event) -> Accepted | None:
    """Returns the event that announces it."""
    make(session, task, wanted)
    ((accepted,),) = events.append(session.connection(), [[event]])
    return accepted


def make(session: Session, task: Task, wanted: Sequence[Plan]) -> None:
    row = TaskRow(**task_values(task))
    session.add(row)
    session.flush()
    plans.follow(session, task.id, wanted)
    _index(session, row, task)


def save(session: Session, task: Task, wanted: Sequence[Plan], deleted_at: datetime | None) -> None:
    row = session.exec(select(TaskRow).where(TaskRow.id == task.id)).one()
    row.sqlmodel_update({**task_values(task), "deleted_at": deleted_at})
    session.flush()
    plans.follow(session, task.id, wanted)
    _index(session, row, task)


def one(session: Session, task_id: str, *, deleted: bool) -> Task:
    """Raises NotFound."""
    row = session.exec(select(TaskRow).where(TaskRow.id == task_id)).first()
    if row is None or (row.deleted_at is not None) != deleted:
        raise NotFound("deleted task" if deleted else "task", task_id)
    return task_of(row)


def page(session: Session, query: TaskQuery) -> Page[Task]:
    """Paginated by keyset. Raises InvalidQuery."""
    state, place = _place(query)
    rows: list[TaskRow] = []
    if state is TaskState.OPEN:
        rows += _open(session, query, place)
        place = None
    if len(rows) <= query.limit and query.state is not TaskState.OPEN:
        rows += _done(session, query, place, query.limit + 1 - len(rows))
    kept = rows[: query.limit]
    more = len(rows) > query.limit
    return Page(items=tuple(task_of(row) for row in kept), next=_cursor(kept[-1]) if more else None)


def people(session: Session, limit: int) -> list[str]:
    """Assignees of open tasks."""
    names = select(TaskRow.assigned_to).where(words_of(OPEN_TASK), TaskRow.assigned_to != "").distinct()
    return list(session.exec(names.order_by(TaskRow.assigned_to).limit(limit)))


def _open(session: Session, query: TaskQuery, place: tuple[datetime, int] | None) -> Sequence[TaskRow]:
    due_at, seq = col(TaskRow.due_at), col(TaskRow.seq)
    statement = select(TaskRow).where(words_of(OPEN_TASK), *_conditions(session, query)).order_by(due_at, seq)
    if place is not None:
        at, after = place
        statement = statement.where(due_at >= at, or_(due_at > at, seq > after))
    return session.exec(statement.limit(query.limit + 1)).all()


def _done(session: Session, query: TaskQuery, place: tuple[datetime, int] | None, limit: int) -> Sequence[TaskRow]:
    done_at, seq = col(TaskRow.done_at), col(TaskRow.seq)
    statement = (
        select(TaskRow).where(words_of(DONE_TASK), *_conditions(session, query)).order_by(done_at.desc(), seq.desc())
    )
    if place is not None:
        at, before = place
        statement = statement.where(done_at <= at, or_(done_at < at, seq < before))
    return session.exec(statement.limit(limit)).all()


def _conditions(session: Session, query: TaskQuery) -> Iterable[Any]:
    if query.assigned_to is not None:
        yield TaskRow.assigned_to == query.assigned_to
    if query.since is not None:
        yield col(TaskRow.due_at) >= query.since
    if query.until is not None:
        yield col(TaskRow.due_at) < query.until
    if wanted := asked(query.text):
        yield col(TaskRow.seq).in_(ids_with(session, _TEXT, wanted, _shown(session, query.view)))


def _cursor(row: TaskRow) -> str:
    done = row.done_at is not None
    return f"{'done' if done else 'open'}|{(row.done_at or row.due_at).isoformat()}|{row.seq}"


def _place(query: TaskQuery) -> tuple[TaskState, tuple[datetime, int] | None]:
    """The position where a page starts. Raises InvalidQuery."""
    if query.cursor is None:
        return query.state or TaskState.OPEN, None
    try:
        state, at, seq = query.cursor.split("|")
        place = datetime.fromisoformat(at), int(seq)
        if place[0].tzinfo is not None and place[1] < 2**63:
            return TaskState(state), place
    except ValueError:
        pass
    raise InvalidQuery("cursor", "Give what the page before named as `next`.")


def _index(session: Session, row: TaskRow, task: Task) -> None:
    keep_text(session, _TEXT, row.seq or 0, _values(task))


def _values(task: Task) -> Iterable[str]:
    definition = task.definition
    return task.id, definition.title, definition.notes, definition.assigned_to, *values_in(definition.lead)


def _shown(session: Session, view: Callable[[Task], Task] | None) -> Callable[[int], Iterable[str]] | None:
    return None if view is None else lambda seq: _values(view(task_of(session.get_one(TaskRow, seq))))
