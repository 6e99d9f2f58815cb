"""Running one execution: send what is due, decide what follows, record, publish."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from engine.actions.composer import Composer
from engine.actions.http import HttpClient
from engine.delivery.attempts import Attempts
from engine.delivery.breaker import Breaker, target_of
from engine.delivery.lane_settings import AllLaneSettings
from engine.feed import Feed
from engine.hooks.commands import Hooks
from engine.hooks.waiting import Waiting
from engine.hooks.watchdog import Watch
from engine.model import Attempt, Execution, Job, Json, Run
from engine.model.states import Step, after, started
from engine.ports import ExecutionStore, Progress
from engine.process.insist import insist
from engine.rules.opening_hours import next_opening, zone_of
from engine.rules.retries import Done, GiveUp, RetryAt, Verdict, schedule_of, verdict
from engine.rules.sequence import (
    due_in_parallel,
    last_of_each,
    next_in_sequence,
    next_number,
    together,
    tries_of,
    was_interrupted,
)

UNSTORED = "a result cannot be stored"


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

    async def run(self, job: Job) -> Execution:
        """All of its actions that are due, each attempt recorded before it is published.

        A quick call is seen when it has ended. One that takes longer is marked as running meanwhile, with its attempt:
        should the process end, the attempt is known to have been interrupted. A hook that was switched off or deleted
        meanwhile calls nobody any more.
        """
        job = await self._waiting.as_moved(job)
        if self._is_off(job):
            return await self.cancel(job)
        if job.hook.definition.run is Run.PARALLEL and len(job.hook.definition.actions) > 1:
            return await self._run_together(job)
        return await self._run_in_turn(job)

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

    async def _run_in_turn(self, job: Job) -> Execution:
        """One after the other, until one has to wait, has failed, or none is left."""
        index = next_in_sequence(job.hook.definition, job.execution.attempts, self._names(job))
        if index is None:
            return await self._conclude(job, Done())
        while True:
            attempt = await self._attempts.perform(job, index, next_number(job.execution.attempts))
            tried = _with(job, attempt)
            follows, index = self._follows(tried, attempt)
            job = await self._advance(tried, attempt, follows)
            if index is None:
                return job.execution

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

    async def _run_together(self, job: Job) -> Execution:
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
            return await self._conclude(job, together([*held_up, *self._verdicts(job)]))
        left, in_order = len(calls), asyncio.Lock()

        async def call(index: int, number: int) -> None:
            nonlocal job, left
            attempt = await self._attempts.perform(job, index, number)
            async with in_order:
                left -= 1
                job = _with(job, attempt)
                follows = None if left else together([*held_up, *self._verdicts(job)])
                job = await self._advance(job, attempt, follows)

        await asyncio.gather(*(call(index, n) for n, index in enumerate(calls, start=next_number(attempts))))
        return job.execution

    def _verdicts(self, job: Job) -> list[Verdict]:
        """On each action that was tried; the failure of one that goes on counts for nothing."""
        actions = job.hook.definition.actions
        said = {index: self._verdict(job, one) for index, one in last_of_each(job.execution.attempts).items()}
        return [
            Done() if actions[index].go_on and not (isinstance(one, GiveUp) and one.gone) else one
            for index, one in said.items()
        ]

    async def _advance(self, job: Job, attempt: Attempt, follows: Verdict | None) -> Job:
        """Records an attempt with the state that the execution, which has it already, is in now; None: it runs on."""
        if not self._client.is_internal(attempt.request.url):
            self._breaker.record(target_of(attempt.request.url), attempt)
        now = self._now()
        execution = _after(job, follows, now)
        health = None if execution.test else self._watch.note(execution, now)
        await self._record(Progress(execution=execution, attempt=attempt, health=health))
        self._feed.publish(execution)
        if follows is not None and not execution.test:
            await self._watch.react(execution, follows)
        return replace(job, execution=execution)

    async def _conclude(self, job: Job, follows: Verdict) -> Execution:
        """Where nothing was called: all that was left was passed over, or waits for its target."""
        execution = _after(job, follows, self._now())
        await self._record(Progress(execution=execution, attempt=None))
        self._feed.publish(execution)
        return execution

    def _paused(self, job: Job, index: int) -> float:
        """Seconds until an action's target may be called; 0: now. A test passes by."""
        return 0.0 if job.execution.test else self._breaker.claim(target_of(job.hook.definition.actions[index].url))

    def _names(self, job: Job) -> dict[str, Json]:
        return self._composer.names(job.event, self._now(), job.execution.attempts)

    def _verdict(self, job: Job, attempt: Attempt) -> Verdict:
        """On one action. A test is not made again, nor is what an internal endpoint refuses."""
        delivery = job.hook.definition.delivery
        retries = self._settings.of(job.execution.hook_type).retries if delivery.retries is None else delivery.retries
        schedule = () if job.execution.test else schedule_of(retries)
        tries = tries_of(job.execution.attempts, attempt.action)
        final_4xx = delivery.final_4xx or self._client.is_internal(attempt.request.url)
        return verdict(attempt, tries, schedule, self._now(), self._draw(), final_4xx=final_4xx)

    async def _record(self, progress: Progress) -> None:
        """A result is never dropped: while the disk refuses, it waits, and its place in the lane with it."""
        await insist(partial(self._store.record, progress), UNSTORED)


def _with(job: Job, attempt: Attempt) -> Job:
    attempts = tuple(sorted((*job.execution.attempts, attempt), key=lambda one: one.number))
    return replace(job, execution=replace(job.execution, attempts=attempts))


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
