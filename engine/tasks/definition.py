"""Tasks: reading them from JSON, their plans, and the events that they emit. Pure.

Every problem has its field, and a message that says how to fix it.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

import orjson

from engine.errors import InvalidTask
from engine.events.subjects import entity_of
from engine.events.times import read_time
from engine.model import Event, FollowUpType, Json, Plan, PlanKind, Priority, Role, Task, TaskDefinition
from engine.model.text.names import name_problem

MAX_TITLE = 255
MAX_PERSON = 255
MAX_NOTES = 5_000
MAX_LEAD_BYTES = 16_384
MAX_WARN_MINUTES = 30 * 24 * 60
LATE_SECONDS = 5
RHYTHM = timedelta(minutes=10)
"""What is emitted this long after its task was last changed starts a new chain: a rhythm is not a loop."""

CREATED: Final = "task.created"
_TYPES: Final = {PlanKind.FOLLOW_UP: "follow_up.due", PlanKind.DEADLINE: "task.deadline_approaching"}
_SERVER_SIDE: Final = frozenset({"id", "state", "created_at", "created_by", "updated_at", "done_at", "done_by"})
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_SPAN: Final = re.compile(
    r"\s*(\d{1,6}(?:\.\d{1,3})?)\s*"
    r"(?:(s|sec|secs|seconds?)|(m|min|mins|minutes?)|(h|hr|hrs|hours?)|(d|days?)|(w|weeks?))(?![a-z])[\s,]*",
    re.IGNORECASE,
)
_MOST_YEARS_AHEAD = timedelta(days=3_660)

E = TypeVar("E", bound=StrEnum)


def read_task(raw: Mapping[str, Json], base: TaskDefinition | None = None) -> TaskDefinition:
    """`raw` has the API's shape of a task; fields that only the server sets are ignored. With `base`, missing fields
    keep their value there. Raises InvalidTask."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in raw.keys() - _SERVER_SIDE:
        try:
            values[name] = _READERS.get(name, _unknown)(raw[name])
        except ValueError as error:
            problems[name[:100]] = str(error)
    if base is None:
        missing = {"title": "Give the task a title.", "due_at": f"Say when it is due. {_LIKE_THIS}"}
        problems |= {name: message for name, message in missing.items() if name not in raw}
    if problems:
        raise InvalidTask(dict(sorted(problems.items())))
    return replace(base, **values) if base else TaskDefinition(**values)


def write_task(definition: TaskDefinition) -> dict[str, Json]:
    return {name: getattr(definition, name) for name in _READERS}


def read_span(text: Json) -> timedelta:
    """`2h`, `3 days`, `1 h 30 min`. Raises ValueError."""
    rest, seconds = text if isinstance(text, str) else "", 0.0
    while found := _SPAN.match(rest):
        unit = next(unit for unit, word in zip(_UNITS, found.groups()[1:], strict=True) if word)
        seconds += float(found[1]) * _UNITS[unit]
        rest = rest[found.end() :]
    span = timedelta(seconds=min(seconds, 1e10))
    if rest or not text or not isinstance(text, str) or span > _MOST_YEARS_AHEAD:
        raise ValueError('Give a span of time, such as "30 min", "2h" or "3 days".')
    return span


def plans_of(task: Task) -> tuple[Plan, ...]:
    """Its plans, also overdue ones; none once it is done."""
    return () if task.done_at else tuple(_plans(task.definition))


def created_event(task: Task, id: str) -> Event:
    definition = task.definition
    data = {
        **definition.lead,
        "task_id": task.id,
        "title": definition.title,
        "due_at": _text(definition.due_at),
        **_deadline(definition),
        **_person(definition),
        "created_by": task.created_by,
    }
    return _event(task, id, CREATED, task.created_at, task.created_at, data)


def planned_event(task: Task, plan: Plan, id: str, now: datetime) -> Event:
    """The event of a plan that is due now. If it is late, `late_seconds` says by how much."""
    definition = task.definition
    if plan.kind is PlanKind.FOLLOW_UP:
        data: dict[str, Json] = {
            **definition.lead,
            "follow_up_id": task.id,
            "due_at": _text(definition.due_at),
            "overdue": max(0, _minutes(now - definition.due_at)),
            "follow_up_type": str(definition.follow_up_type),
            **_person(definition),
        }
        if definition.notes:
            data["notes"] = definition.notes
    else:
        data = {
            **definition.lead,
            "task_id": task.id,
            "title": definition.title,
            "due_at": _text(definition.due_at),
            **_deadline(definition),
            "remaining": _minutes((definition.deadline_at or now) - now),
            **_person(definition),
        }
    late = math.floor((now - plan.due_at).total_seconds())
    if late >= LATE_SECONDS:
        data["late_seconds"] = late
    return _event(task, id, _TYPES[plan.kind], plan.due_at, now, data)


def _plans(definition: TaskDefinition) -> Iterator[Plan]:
    yield Plan(kind=PlanKind.FOLLOW_UP, due_at=definition.due_at)
    if definition.deadline_at is not None:
        due_at = definition.deadline_at - timedelta(minutes=definition.warn_minutes)
        yield Plan(kind=PlanKind.DEADLINE, due_at=due_at)


def _event(task: Task, id: str, type: str, occurred_at: datetime, now: datetime, data: Mapping[str, Json]) -> Event:
    return Event(
        id=id,
        type=type,
        role=Role.SYSTEM,
        occurred_at=occurred_at,
        received_at=now,
        data=data,
        test=task.test,
        chain=task.chain if now - task.updated_at < RHYTHM else (),
        entity=entity_of(data),
        inherited=task.inherited,
    )


def _person(definition: TaskDefinition) -> dict[str, Json]:
    person = {"assigned_to": definition.assigned_to} if definition.assigned_to else {}
    return {**person, "priority": str(definition.priority)}


def _deadline(definition: TaskDefinition) -> dict[str, Json]:
    return {} if definition.deadline_at is None else {"deadline_at": _text(definition.deadline_at)}


def _minutes(span: timedelta) -> int:
    """Whole minutes, rounded down."""
    return span // timedelta(minutes=1)


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


_LIKE_THIS = 'Give the time with its zone, such as "2025-09-12T16:00:00Z".'


def _moment(value: Json) -> datetime:
    """Within years that are valid in every zone."""
    moment = read_time(value)
    if moment is None or not 1970 <= moment.year <= 9_000:
        raise ValueError(_LIKE_THIS)
    return moment


def _moment_or_none(value: Json) -> datetime | None:
    return None if value is None else _moment(value)


def _title(value: Json) -> str:
    title = _plain(value, MAX_TITLE).strip()
    if not title:
        raise ValueError("Give the task a title.")
    if problem := name_problem(title, "title"):
        raise ValueError(problem)
    return title


def _name(value: Json) -> str:
    name = _plain("" if value is None else value, MAX_PERSON).strip()
    if problem := name_problem(name, "name"):
        raise ValueError(problem)
    return name


def _notes(value: Json) -> str:
    return _plain("" if value is None else value, MAX_NOTES)


def _plain(value: Json, longest: int) -> str:
    if not isinstance(value, str):
        raise ValueError("This is text.")  # noqa: TRY004 (reported for the field)
    if len(value) > longest:
        raise ValueError(f"At most {longest} characters; this has {len(value)}.")
    return value.replace("\0", "")


def _warn_minutes(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_WARN_MINUTES:
        raise ValueError(f"A whole number of minutes, from 0 to {MAX_WARN_MINUTES}.")
    return value


def _lead(value: Json) -> dict[str, Json]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError('An object with the fields of the lead, such as {"lead_id": "lead_48213"}.')  # noqa: TRY004
    if len(orjson.dumps(value)) > MAX_LEAD_BYTES:
        raise ValueError(f"Too large: the lead holds at most {MAX_LEAD_BYTES} bytes.")
    return cast("dict[str, Json]", value)


def _unknown(_: Json) -> None:
    raise ValueError("There is no such field.")


def _one_of(members: type[E]) -> Callable[[Json], E]:
    def read(value: Json) -> E:
        try:
            return members(value)
        except ValueError:
            raise ValueError(f"Choose one of: {', '.join(members)}.") from None

    return read


_READERS: Final[Mapping[str, Callable[[Json], Any]]] = {
    "title": _title,
    "due_at": _moment,
    "deadline_at": _moment_or_none,
    "warn_minutes": _warn_minutes,
    "follow_up_type": _one_of(FollowUpType),
    "assigned_to": _name,
    "priority": _one_of(Priority),
    "notes": _notes,
    "lead": _lead,
}
