"""How each action of an execution went, derived from its attempts. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.model import Action, Attempt, Job, Run, Status
from engine.model.states import FINISHED
from engine.rules.retries import GONE
from engine.rules.sequence import last_of_each, names_of, was_interrupted, why_not


class ActionState(StrEnum):
    """`failed_on`: it failed, and that stops nothing. `again`: it will be retried. `ahead`: it may still run."""

    DELIVERED = "delivered"
    FAILED = "failed"
    FAILED_ON = "failed_on"
    AGAIN = "again"
    PASSED_OVER = "passed_over"
    NOT_REACHED = "not_reached"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionProgress:
    """`reason` says why it was skipped. `resumed`: retries started with it, not with the first action."""

    index: int
    action: Action
    state: ActionState
    attempts: tuple[Attempt, ...] = ()
    reason: str = ""
    resumed: bool = False


def progress_of(job: Job, aliases: Mapping[str, str]) -> tuple[ActionProgress, ...]:
    """One per action of the hook, in order."""
    return tuple(_progress(job, aliases))


def _progress(job: Job, aliases: Mapping[str, str]) -> Iterator[ActionProgress]:
    execution, definition = job.execution, job.hook.definition
    in_turn = definition.run is Run.SEQUENTIAL
    furthest = max(last_of_each(execution.attempts), default=-1)
    for index, action in enumerate(definition.actions):
        own = tuple(attempt for attempt in execution.attempts if attempt.action == index)
        if own:
            state, resumed = _state_after(action, own[-1], execution.status), in_turn and index > 0 and len(own) > 1
            yield ActionProgress(index=index, action=action, state=state, attempts=own, resumed=resumed)
            continue
        before = tuple(attempt for attempt in execution.attempts if in_turn and attempt.action < index)
        reason = why_not(action.when, names_of(job.event, execution.created_at, aliases, before))
        state = _state_without(execution.status, had_its_turn=index < furthest if in_turn else bool(reason))
        yield ActionProgress(
            index=index, action=action, state=state, reason=reason if state is ActionState.PASSED_OVER else ""
        )


def _state_after(action: Action, last: Attempt, status: Status) -> ActionState:
    if last.error is None:
        return ActionState.DELIVERED
    if action.go_on and not was_interrupted(last) and last.status_code != GONE:
        return ActionState.FAILED_ON
    return ActionState.FAILED if status in FINISHED else ActionState.AGAIN


def _state_without(status: Status, *, had_its_turn: bool) -> ActionState:
    if had_its_turn or status is Status.SUCCEEDED:
        return ActionState.PASSED_OVER
    return ActionState.NOT_REACHED if status in FINISHED else ActionState.AHEAD
