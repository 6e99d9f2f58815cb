"""/create-task: creates a follow-up, which emits events when it is due and when its deadline is near."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import Field

from engine.actions.endpoint import Call, Effects, Endpoint, Json, Params, Refused, endpoint
from engine.errors import InvalidTask
from engine.events.catalogue import Catalogue
from engine.model import FollowUpType, NewEvent, NewTask, Priority, Task
from engine.model.text.names import plain_name
from engine.tasks.definition import MAX_NOTES, MAX_PERSON, created_event, plans_of, read_span, read_task

DUE_IN = "1 day"
_LEAD: Final = (
    "lead_id",
    "contact_id",
    "first_name",
    "last_name",
    "phone_number",
    "email",
    "city",
    "country",
    "timezone",
    "tags",
    "last_call_id",
    "last_disposition",
)
_AS_LAST: Final = {"call_id": "last_call_id", "disposition": "last_disposition"}


class CreateTask(Params):
    title: str | None = Field(default=None, description="What is to be done; names the lead where left out")
    due_at: str | None = Field(default=None, description="When it is due, as RFC 3339")
    due_in: str | None = Field(default=None, description=f"Or how long from now: 2h, 3 days; {DUE_IN} where left out")
    deadline_at: str | None = Field(default=None, description="Its deadline, as RFC 3339")
    deadline_in: str | None = Field(default=None, description="Or how long from now")
    warn_minutes: int | None = Field(default=None, description="So many minutes before its deadline it warns; 60")
    follow_up_type: FollowUpType | None = Field(default=None, description="How to follow up")
    assigned_to: str | None = Field(default=None, description="Who has it")
    priority: Priority | None = Field(default=None, description="How much it matters")
    notes: str | None = Field(default=None, description="Anything to know")
    lead: dict[str, Any] | None = Field(default=None, description="Fields laid over those of the event's lead")


def create_task(catalogue: Catalogue) -> Endpoint:
    @endpoint("/create-task", "Makes a follow-up that emits Task Created now, Follow-up Due and Deadline Approaching.")
    async def run(call: Call, params: CreateTask) -> Effects:
        try:
            definition = read_task(_raw(call, params, catalogue.label(call.event.type)))
        except InvalidTask as error:
            raise Refused(error.problems) from None
        task = Task(
            id=call.new_id("task"),
            definition=definition,
            created_at=call.at,
            created_by="hook",
            updated_at=call.at,
            chain=call.chain,
            test=call.execution.test,
        )
        event = created_event(task, call.new_id("evt"))
        answer = {"task_id": task.id, "title": definition.title, "due_at": event.data["due_at"], "event_id": event.id}
        return Effects(answer=answer, changes=(NewTask(task=task, plans=plans_of(task)), NewEvent(event=event)))

    return run


def _raw(call: Call, params: CreateTask, label: str) -> dict[str, Json]:
    """In the API's shape. Defaults come from the event; the action's values win."""
    data = call.event.data
    values = {name: value for name, value in params.model_dump(mode="json").items() if value is not None}
    lead = {**_lead(data), **values.pop("lead", {})}
    moments = {**_moment("due", values, call.at), **_moment("deadline", values, call.at)}
    if "due_at" not in moments:
        moments["due_at"] = (call.at + read_span(DUE_IN)).isoformat()
    return {"title": _title(lead, label), **_hints(data), **values, **moments, "lead": lead}


def _lead(data: Mapping[str, Json]) -> dict[str, Json]:
    last = {name: data[of] for of, name in _AS_LAST.items() if data.get(of)}
    return {**last, **{name: data[name] for name in _LEAD if data.get(name)}}


def _hints(data: Mapping[str, Json]) -> dict[str, Json]:
    """What the event says about the follow-up, within the task's limits."""
    longest = {"assigned_to": MAX_PERSON, "notes": MAX_NOTES}
    known: Mapping[str, Collection[str]] = {"follow_up_type": tuple(FollowUpType), "priority": tuple(Priority)}
    values = {name: data[name] for name in (*longest, *known) if isinstance(data.get(name), str)}
    if "assigned_to" in values:
        values["assigned_to"] = plain_name(values["assigned_to"])
    return {name: value[: longest.get(name)] for name, value in values.items() if value in known.get(name, (value,))}


def _moment(name: str, values: dict[str, Json], now: datetime) -> dict[str, Json]:
    """From `due_at` or `due_in`, at most one of them. Raises Refused."""
    at, span = values.pop(f"{name}_at", None), values.pop(f"{name}_in", None)
    if span is None:
        return {} if at is None else {f"{name}_at": at}
    if at is not None:
        raise Refused({f"{name}_in": f"Give {name}_at or {name}_in, not both."})
    try:
        return {f"{name}_at": (now + read_span(span)).isoformat()}
    except ValueError as error:
        raise Refused({f"{name}_in": str(error)}) from None


def _title(lead: Mapping[str, Json], label: str) -> str:
    name = " ".join(str(lead[part]) for part in ("first_name", "last_name") if lead.get(part))
    person = plain_name(name) or plain_name(str(lead.get("phone_number") or lead.get("lead_id") or ""))
    return (f"Follow up with {person}" if person else f"Follow up: {label}")[:255]
