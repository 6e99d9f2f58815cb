"""The actions of an execution: which are due, what each may read of those before it, and what the whole comes to. Pure.

All of it is read off the attempts that were recorded, so that an execution is taken up where it was, also by another
process.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from engine.expressions.condition import Condition, compile_condition, names_for
from engine.model import Attempt, ErrorClass, Event, HookDefinition, Json, Run
from engine.rules.retries import Done, GiveUp, RetryAt, Verdict
from engine.rules.success import answer_names


def names_of(event: Event, at: datetime, aliases: Mapping[str, str], attempts: Sequence[Attempt]) -> dict[str, Json]:
    """What templates and conditions of an action may read: the event, and in `steps` what earlier actions returned."""
    names = names_for(event, at, aliases)
    last = last_of_each(attempts)
    names["steps"] = [_told(last.get(index)) for index in range(max(last, default=-1) + 1)]
    return names


def last_of_each(attempts: Sequence[Attempt]) -> dict[int, Attempt]:
    """The last attempt of each action that was tried."""
    return {attempt.action: attempt for attempt in sorted(attempts, key=lambda one: one.number)}


def next_number(attempts: Sequence[Attempt]) -> int:
    """After the highest: of calls that ran together, a crash may have left a later one recorded alone."""
    return max((attempt.number for attempt in attempts), default=0) + 1


def tries_of(attempts: Sequence[Attempt], action: int) -> int:
    return sum(attempt.action == action for attempt in attempts)


def next_in_sequence(definition: HookDefinition, attempts: Sequence[Attempt], names: Mapping[str, Json]) -> int | None:
    """The action to run next; None where none is left. Those whose own condition does not hold are passed over."""
    tried = {attempt.action for attempt in attempts}
    for index in range(_resumes_at(definition, attempts), len(definition.actions)):
        if index in tried or holds(definition.actions[index].when, names):
            return index
    return None


def _resumes_at(definition: HookDefinition, attempts: Sequence[Attempt]) -> int:
    """The action that was tried last, or the one after it where that succeeded or its failure stops nothing."""
    if not attempts:
        return 0
    last = max(attempts, key=lambda one: one.number)
    goes_on = definition.actions[last.action].go_on and not was_interrupted(last)
    return last.action + (last.error is None or goes_on)


def due_in_parallel(
    definition: HookDefinition, attempts: Sequence[Attempt], names: Mapping[str, Json], given_up: frozenset[int]
) -> list[int]:
    """The actions to run together: all that have neither succeeded nor been given up."""
    last = last_of_each(attempts)
    return [
        index
        for index, action in enumerate(definition.actions)
        if index not in given_up
        and (index in last or holds(action.when, names))
        and not (index in last and last[index].error is None)
    ]


def first_target(definition: HookDefinition, attempts: Sequence[Attempt]) -> str:
    """The address that is called next, as far as it can be told without looking at conditions."""
    if definition.run is Run.PARALLEL:
        return definition.actions[0].url
    return definition.actions[min(_resumes_at(definition, attempts), len(definition.actions) - 1)].url


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """What follows for the whole, once what is due has been tried: it waits for the latest, fails if one did."""
    waits = [one.when for one in verdicts if isinstance(one, RetryAt)]
    if waits:
        return RetryAt(max(waits))
    gave_up = [one for one in verdicts if isinstance(one, GiveUp)]
    return GiveUp(gone=any(one.gone for one in gave_up)) if gave_up else Done()


def holds(when: str, names: Mapping[str, Json]) -> bool:
    return not when or _compiled(when).evaluate(names) is True


def why_not(when: str, names: Mapping[str, Json]) -> str:
    """What keeps an action from running, in words; empty where nothing does."""
    if holds(when, names):
        return ""
    return _compiled(when).explain(names).reason


@lru_cache(2_000)
def _compiled(source: str) -> Condition:
    return compile_condition(source)


def _told(attempt: Attempt | None) -> Json:
    """Of an action that was not run, or that nobody answered, only that."""
    told: dict[str, Json] = {"ok": attempt is not None and attempt.error is None}
    if attempt is not None and attempt.response is not None:
        told |= answer_names(attempt.response)
    return told


def was_interrupted(attempt: Attempt) -> bool:
    return attempt.error is not None and attempt.error.error_class is ErrorClass.INTERRUPTED
