"""Running one execution: send what is due, decide what follows, record, publish."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from engine.actions.composer import Composer
from engine.actions.http import HttpClient
from engine.delivery.attempts import Attempts, bare
from engine.delivery.breaker import Breaker, target_of
from engine.delivery.lane_settings import AllLaneSettings
from engine.delivery.numbers import Numbers
from engine.feed import Feed
from engine.hooks.commands import Hooks
from engine.hooks.waiting import Waiting
from engine.hooks.watchdog import Watch
from engine.model import Attempt, ErrorClass, Execution, HookHealth, Job, Json, Run
from engine.model.states import Step, after, started
from engine.ports import ExecutionStore, Progress
from engine.process.insist import insist
from engine.process.shield import shielded
from engine.rules.opening_hours import next_opening, zone_of
from engine.rules.retries import Done, GiveUp, RetryAt, Verdict, after_fault, schedule_of, verdict
from engine.rules.sequence import (
    due_in_parallel,
    last_of_each,
    next_in_sequence,
    next_number,
    together,
    tries_of,
    was_interrupted,
)

log = logging.getLogger(__name__)

UNSTORED = "a result cannot be stored"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: the last attempt, which the job already includes (None: nothing was called), and the verdict
    (None: nothing is left to record)."""

    job: Job
    attempt: Attempt | None = None
    follows: Verdict | None = None


class Dispatcher:
    def __init__(
        self,
        *,
        store: ExecutionStore,
        hooks: Hooks,
        settings: AllLaneSettings,
        composer: Composer,
        attempts: Attempts,
        client: HttpClient,
        breaker: Breaker,
        watch: Watch,
        waiting: Waiting,
        feed: Feed,
        now: Callable[[], datetime],
        draw: Callable[[], float],
    ) -> None:
        """`draw` gives numbers from 0 to 1, by which retries are spread."""
        self._store, self._hooks, self._settings = store, hooks, settings
        self._composer, self._attempts, self._client = composer, attempts, client
        self._breaker, self._watch, self._waiting, self._feed = breaker, watch, waiting, feed
        self._now, self._draw = now, draw

    async def run(self, job: Job) -> Ending:
        """Runs all actions that are due, and records and publishes each attempt but the last. That one is left to
        `record`, which needs no place in a lane. Never raises.

        A quick call is seen when it has ended. One that takes longer is marked as running meanwhile, with its attempt:
        should the process end, the attempt is known to have been interrupted. A hook that was switched off or deleted
        meanwhile calls nobody any more.
        """
        try:
            job = await self._waiting.as_moved(job)
            if self._is_off(job):
                return Ending(replace(job, execution=await self.cancel(job)))
            if job.hook.definition.run is Run.PARALLEL and len(job.hook.definition.actions) > 1:
                return await self._run_together(job)
            return await self._run_in_turn(job)
        except Exception:
            log.exception("%s cannot go on: it is tried again later", job.execution.id)
            return Ending(job, None, self._after_fault(job))

    async def record(self, ending: Ending) -> Execution:
        """Records and publishes how a run ended."""
        if ending.follows is None:
            return ending.job.execution
        return (await self._advance(ending.job, ending.attempt, ending.follows)).execution

    async def cancel(self, job: Job) -> Execution:
        """Ends an execution that waits for an attempt."""
        status = after(job.execution.status, Step.CANCEL)
        execution = replace(job.execution, status=status, finished_at=self._now(), next_attempt_at=None)
        await insist(partial(self._store.cancel, execution), UNSTORED)
        self._feed.publish(execution)
        return execution

    def _is_off(self, job: Job) -> bool:
        """By the hook as it is now; a test is of one that may be off."""
        compiled = self._hooks.index().by_id.get(job.hook.id)
        definition = compiled and compiled.hook.definition
        return not job.execution.test and (definition is None or not definition.enabled or definition.shadow)

    async def _run_in_turn(self, job: Job) -> Ending:
        """One after the other, until one has to wait, has failed, or none is left."""
        index = next_in_sequence(job.hook.definition, job.execution.attempts, self._names(job))
        if index is None:
            return Ending(job, None, Done())
        numbers = Numbers(next=next_number(job.execution.attempts))
        while True:
            attempt = numbers.numbered(await self._perform(job, index, numbers))
            job = _with(job, attempt)
            follows, next_index = self._surely_follows(job, attempt)
            if next_index is None:
                return Ending(job, attempt, follows)
            job, index = await self._advance(job, attempt, None), next_index

    async def _perform(self, job: Job, index: int, numbers: Numbers) -> Attempt:
        """Tells the breaker at once, since a probe ends with its call."""
        attempt = await self._attempts.perform(job, index, numbers)
        shielded(lambda: self._note_target(attempt), lambda: None, f"noting the target of {job.execution.id}")
        return attempt

    def _note_target(self, attempt: Attempt) -> None:
        if not self._client.is_internal(attempt.request.url):
            self._breaker.record(target_of(attempt.request.url), attempt)

    def _surely_follows(self, job: Job, attempt: Attempt) -> tuple[Verdict | None, int | None]:
        return shielded(
            lambda: self._follows(job, attempt),
            lambda: (self._after_fault(job), None),
            f"deciding what follows an attempt of {job.execution.id}",
        )

    def _follows(self, job: Job, attempt: Attempt) -> tuple[Verdict | None, int | None]:
        """What an attempt of a sequence comes to: a verdict on the whole, or the action to go on with at once."""
        action = job.hook.definition.actions[attempt.action]
        said = self._verdict(job, attempt)
        gone = isinstance(said, GiveUp) and said.gone
        if gone or (attempt.error and not action.go_on):
            return said, None
        index = next_in_sequence(job.hook.definition, job.execution.attempts, self._names(job))
        if index is None:
            return Done(), None
        if seconds := self._paused(job, index):
            return RetryAt(self._now() + timedelta(seconds=seconds)), None
        return None, index

    async def _run_together(self, job: Job) -> Ending:
        """All that are due at once; those that failed are made again together."""
        definition, attempts, first = job.hook.definition, job.execution.attempts, job.hook.definition.actions[0].url
        last = last_of_each(attempts)
        given_up = frozenset(
            index
            for index, one in last.items()
            if isinstance(self._verdict(job, one), GiveUp) and not was_interrupted(one)
        )
        due = due_in_parallel(definition, attempts, self._names(job), given_up)
        waits = {
            index: seconds
            for index in due
            if definition.actions[index].url != first and (seconds := self._paused(job, index))
        }
        calls = [index for index in due if index not in waits]
        held_up = [RetryAt(self._now() + timedelta(seconds=seconds)) for seconds in waits.values()]
        if not calls:
            return Ending(job, None, together([*held_up, *self._verdicts(job)]))
        numbers, left, ending = Numbers(next=next_number(attempts)), len(calls), Ending(job)

        async def call(index: int) -> None:
            nonlocal job, left, ending
            attempt = await self._perform(job, index, numbers)
            async with numbers.in_order:
                left, attempt = left - 1, numbers.numbered(attempt)
                job = _with(job, attempt)
                if left:
                    job = await self._advance(job, attempt, None)
                else:
                    ending = Ending(job, attempt, self._surely_together(job, held_up))

        await asyncio.gather(*map(call, calls))
        return ending

    def _surely_together(self, job: Job, held_up: Sequence[Verdict]) -> Verdict:
        return shielded(
            lambda: together([*held_up, *self._verdicts(job)]),
            lambda: self._after_fault(job),
            f"deciding what follows the attempts of {job.execution.id}",
        )

    def _verdicts(self, job: Job) -> list[Verdict]:
        """On each action that was tried; the failure of one that goes on counts for nothing."""
        actions = job.hook.definition.actions
        said = {index: self._verdict(job, one) for index, one in last_of_each(job.execution.attempts).items()}
        return [
            Done() if actions[index].go_on and not (isinstance(one, GiveUp) and one.gone) else one
            for index, one in said.items()
        ]

    async def _advance(self, job: Job, attempt: Attempt | None, follows: Verdict | None) -> Job:
        """Records an attempt, which the execution already includes, with the state that follows (None: it continues).
        The attempt is None if nothing was called, since all that was left was skipped or has to wait."""
        id, now = job.execution.id, self._now()
        execution = shielded(
            lambda: _after(job, follows, now), lambda: _after_at_once(job, follows, now), f"finding the state of {id}"
        )
        health = None
        if attempt is not None:
            health = shielded(lambda: self._health(execution), lambda: None, f"noting the health after {id}")
        await self._record(Progress(execution=execution, attempt=attempt, health=health))
        shielded(lambda: self._feed.publish(execution), lambda: None, f"publishing {id}")
        if attempt is not None and follows is not None and not execution.test:
            await self._react(execution, follows)
        return _at(job, execution)

    def _health(self, execution: Execution) -> HookHealth | None:
        return None if execution.test else self._watch.note(execution)

    async def _react(self, execution: Execution, follows: Verdict) -> None:
        """A failure here does not undo what is recorded."""
        try:
            await self._watch.react(execution, follows)
        except Exception:
            log.exception("the consequences of %s cannot be carried out", execution.id)

    def _after_fault(self, job: Job) -> Verdict:
        """A test is not repeated."""
        execution = job.execution
        return GiveUp() if execution.test else after_fault(len(execution.attempts), execution.created_at, self._now())

    def _paused(self, job: Job, index: int) -> float:
        """Seconds until an action's target may be called; 0: now. A test passes by."""
        return 0.0 if job.execution.test else self._breaker.claim(target_of(job.hook.definition.actions[index].url))

    def _names(self, job: Job) -> dict[str, Json]:
        """What the actions' own conditions read; of use only where there are some."""
        if not any(action.when for action in job.hook.definition.actions):
            return {}
        return self._composer.names(job.event, self._now(), job.execution.attempts)

    def _verdict(self, job: Job, attempt: Attempt) -> Verdict:
        """On one action. A test is not made again, nor is what an internal endpoint refuses. After a fault of ours
        it is retried whatever the schedule."""
        if attempt.error and attempt.error.error_class is ErrorClass.INTERNAL_ERROR:
            return self._after_fault(job)
        delivery = job.hook.definition.delivery
        retries = self._settings.of(job.execution.hook_type).retries if delivery.retries is None else delivery.retries
        schedule = () if job.execution.test else schedule_of(retries)
        tries = tries_of(job.execution.attempts, attempt.action)
        final_4xx = delivery.final_4xx or self._client.is_internal(attempt.request.url)
        return verdict(attempt, tries, schedule, self._now(), self._draw(), final_4xx=final_4xx)

    async def _record(self, progress: Progress) -> None:
        """A result is never dropped: while the disk refuses, it waits. If it cannot be stored as it is, it is stored
        without headers and bodies."""
        try:
            await insist(partial(self._store.record, progress), UNSTORED)
        except Exception:
            log.exception("an attempt of %s cannot be stored as it is", progress.execution.id)
            attempt = progress.attempt and bare(progress.attempt)
            await insist(partial(self._store.record, replace(progress, attempt=attempt)), UNSTORED)


def _with(job: Job, attempt: Attempt) -> Job:
    attempts = tuple(sorted((*job.execution.attempts, attempt), key=lambda one: one.number))
    return _at(job, replace(job.execution, attempts=attempts))


def _at(job: Job, execution: Execution) -> Job:
    return Job(execution=execution, event=job.event, hook=job.hook)


def _after_at_once(job: Job, follows: Verdict | None, at: datetime) -> Execution:
    """Ignores the hook's active hours."""
    definition = job.hook.definition
    always = replace(definition, limits=replace(definition.limits, hours=None))
    return _after(replace(job, hook=replace(job.hook, definition=always)), follows, at)


def _after(job: Job, follows: Verdict | None, at: datetime) -> Execution:
    """The state that the execution is in; None: it runs on. What has to wait waits for the hook's active hours too."""
    execution, hours = job.execution, job.hook.definition.limits.hours
    status = started(execution.status)
    match follows:
        case None:
            return replace(execution, status=status, next_attempt_at=None)
        case Done():
            return replace(execution, status=after(status, Step.SUCCEED), finished_at=at, next_attempt_at=None)
        case GiveUp():
            return replace(execution, status=after(status, Step.GIVE_UP), finished_at=at, next_attempt_at=None)
        case RetryAt(when):
            when = next_opening(hours, when, zone_of(hours, job.event.data)) if hours else when
            return replace(execution, status=after(status, Step.WAIT), finished_at=None, next_attempt_at=when)
        case _:
            assert_never(follows)
