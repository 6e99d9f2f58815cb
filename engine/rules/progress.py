"""How each action of an execution went, derived from its attempts. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.model import Action, Attempt, Job, Run, Status
from engine.model.states import FINISHED
from engine.rules.retries import GONE
from engine.rules.sequence import last_of_each, names_of, was_interrupted, why_not


class Went(StrEnum):
    """`failed_on`: it failed, and that stops nothing. `again`: it will be retried. `ahead`: it may still run."""

    DELIVERED = "delivered"
    FAILED = "failed"
    FAILED_ON = "failed_on"
    AGAIN = "again"
    PASSED_OVER = "passed_over"
    NOT_REACHED = "not_reached"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """`reason` says why it was skipped. `resumed`: retries started with it, not with the first action."""

    index: int
    action: Action
    went: Went
    attempts: tuple[Attempt, ...] = ()
    reason: str = ""
    resumed: bool = False


def course_of(job: Job, aliases: Mapping[str, str]) -> tuple[Passage, ...]:
    """One per action of the hook, in order."""
    return tuple(_passages(job, aliases))


def _passages(job: Job, aliases: Mapping[str, str]) -> Iterator[Passage]:
    execution, definition = job.execution, job.hook.definition
    in_turn = definition.run is Run.SEQUENTIAL
    furthest = max(last_of_each(execution.attempts), default=-1)
    for index, action in enumerate(definition.actions):
        own = tuple(attempt for attempt in execution.attempts if attempt.action == index)
        if own:
            went, resumed = _tried(action, own[-1], execution.status), in_turn and index > 0 and len(own) > 1
            yield Passage(index=index, action=action, went=went, attempts=own, resumed=resumed)
            continue
        before = tuple(attempt for attempt in execution.attempts if in_turn and attempt.action < index)
        reason = why_not(action.when, names_of(job.event, execution.created_at, aliases, before))
        went = _untried(execution.status, had_its_turn=index < furthest if in_turn else bool(reason))
        yield Passage(index=index, action=action, went=went, reason=reason if went is Went.PASSED_OVER else "")


def _tried(action: Action, last: Attempt, status: Status) -> Went:
    if last.error is None:
        return Went.DELIVERED
    if action.go_on and not was_interrupted(last) and last.status_code != GONE:
        return Went.FAILED_ON
    return Went.FAILED if status in FINISHED else Went.AGAIN


def _untried(status: Status, *, had_its_turn: bool) -> Went:
    if had_its_turn or status is Status.SUCCEEDED:
        return Went.PASSED_OVER
    return Went.NOT_REACHED if status in FINISHED else Went.AHEAD
