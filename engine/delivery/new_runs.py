"""The execution that an event makes of a hook, as it begins. Pure."""

from dataclasses import replace
from datetime import datetime

from engine.events.subjects import about_of, entity_of, subject_of
from engine.model import Event, Execution, Hook, Job, Status
from engine.rules.opening_hours import next_opening, why_held, zone_of


def new_job(id: str, event: Event, hook: Hook, at: datetime) -> Job:
    """Of a hook in shadow it is over at once: it never comes near a lane."""
    execution = held_until_open(new_execution(id, event, hook, at), event, hook)
    if hook.definition.shadow:
        execution = replace(execution, status=Status.SHADOWED, finished_at=at, next_attempt_at=None)
    return Job(execution=execution, event=event, hook=hook)


def new_execution(id: str, event: Event, hook: Hook, at: datetime) -> Execution:
    counts = hook.definition.limits.counts and not event.test
    return Execution(
        id=id,
        event_id=event.id,
        event_type=event.type,
        hook_id=hook.id,
        hook_version=hook.version,
        hook_title=hook.definition.title,
        hook_type=hook.definition.type,
        status=Status.PENDING,
        created_at=at,
        test=event.test,
        about=about_of(event.data),
        entity=entity_of(event.data) if hook.definition.ordered else "",
        subject=subject_of(event.data) if counts else "",
        counts_at=at if counts else None,
        bulk=event.flow.bulk,
    )


def held_until_open(execution: Execution, event: Event, hook: Hook) -> Execution:
    """As it is where the hook's active hours are open, or it has none."""
    hours, at = hook.definition.limits.hours, execution.created_at
    if hours is None:
        return execution
    zone = zone_of(hours, event.data)
    opening = next_opening(hours, at, zone)
    if opening == at:
        return execution
    return replace(
        execution,
        status=Status.HELD,
        next_attempt_at=opening,
        reason=why_held(hours, opening, at, zone),
        counts_at=opening if execution.counts_at else None,
    )
