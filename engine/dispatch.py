"""Running one execution: send, decide what follows, record, publish."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from engine.actions.http import HttpClient
from engine.actions.request import render
from engine.breaker import Breaker, target_of
from engine.errors import StoreUnavailable
from engine.feed import Feed
from engine.model import (
    Attempt,
    AttemptError,
    ErrorClass,
    Execution,
    HookHealth,
    HookType,
    Job,
    LaneSettings,
    Request,
    SigningSecret,
)
from engine.ports import ExecutionStore, Progress
from engine.retries import Done, GiveUp, RetryAt, Verdict, schedule_of, verdict
from engine.states import Step, after
from engine.supervisor import Supervisor

log = logging.getLogger(__name__)

SLOW_SECONDS = 0.25
PAUSE_SECONDS = 1.0
INTERRUPTED = AttemptError(
    error_class=ErrorClass.INTERRUPTED,
    message="The process ended during this call. Whether it arrived is not known, so it is made again.",
)


class Dispatcher:
    def __init__(
        self,
        *,
        store: ExecutionStore,
        client: HttpClient,
        breaker: Breaker,
        feed: Feed,
        supervisor: Supervisor,
        now: Callable[[], datetime],
        draw: Callable[[], float],
        version: str,
        secret_of: Callable[[int], SigningSecret | None],
        settings_of: Callable[[HookType], LaneSettings],
        note: Callable[[Execution, datetime], HookHealth | None],
        heed: Callable[[Execution, Verdict], Awaitable[None]],
    ) -> None:
        """`note` is asked for the hook's health before an attempt is recorded, and `heed` told of it afterwards."""
        self._store, self._client, self._breaker = store, client, breaker
        self._feed, self._supervisor = feed, supervisor
        self._now, self._draw, self._version = now, draw, version
        self._secret_of, self._settings_of = secret_of, settings_of
        self._note, self._heed = note, heed

    async def run(self, job: Job) -> Execution:
        """One attempt, recorded before it is published.

        A quick call is seen when it has ended. One that takes longer is marked as running meanwhile, with its attempt:
        should the process end, the attempt is known to have been interrupted.
        """
        attempt = await self._attempt(job)
        self._breaker.record(target_of(attempt.request.url), attempt)
        now = self._now()
        follows = self._verdict(job, attempt, now)
        execution = _after(job.execution, attempt, follows, now)
        health = None if execution.test else self._note(execution, now)
        await self._record(Progress(execution=execution, attempt=attempt, health=health))
        self._feed.publish(execution)
        if not execution.test:
            await self._heed(execution, follows)
        return execution

    async def cancel(self, job: Job) -> Execution:
        """Ends an execution that waits for an attempt."""
        status = after(job.execution.status, Step.CANCEL)
        execution = replace(job.execution, status=status, finished_at=self._now(), next_attempt_at=None)
        await self._insist(lambda: self._store.cancel(execution))
        self._feed.publish(execution)
        return execution

    def _verdict(self, job: Job, attempt: Attempt, now: datetime) -> Verdict:
        """A test is not made again."""
        delivery = job.hook.definition.delivery
        retries = self._settings_of(job.execution.hook_type).retries if delivery.retries is None else delivery.retries
        schedule = () if job.execution.test else schedule_of(retries)
        return verdict(attempt, schedule, now, self._draw(), final_4xx=delivery.final_4xx)

    async def _attempt(self, job: Job) -> Attempt:
        started_at = self._now()
        execution, definition = job.execution, job.hook.definition
        request = render(
            definition.actions[0],
            job.event,
            webhook_id=execution.id,
            at=started_at,
            version=self._version,
            test=execution.test,
            secret=self._secret_of(job.hook.id),
        )
        attempt = Attempt(
            number=len(execution.attempts) + 1,
            action=0,
            started_at=started_at,
            latency_ms=0.0,
            request=request,
            error=INTERRUPTED,
        )
        seconds = definition.delivery.timeout or self._settings_of(execution.hook_type).timeout
        return await self._call(request, seconds, execution, attempt)

    async def _call(self, request: Request, seconds: float, execution: Execution, attempt: Attempt) -> Attempt:
        """The attempt with its end. Marked as running before its end is recorded, never afterwards."""
        marking: list[asyncio.Task[None]] = []

        def mark() -> None:
            marking.append(self._supervisor.spawn(self._mark_running(execution, attempt), f"mark {execution.id}"))

        slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, mark)
        try:
            outcome = await self._client.send(request, seconds)
        finally:
            slow.cancel()
        for task in marking:
            await task
        return replace(attempt, latency_ms=outcome.latency_ms, response=outcome.response, error=outcome.error)

    async def _mark_running(self, execution: Execution, attempt: Attempt) -> None:
        running = replace(execution, status=after(execution.status, Step.START), next_attempt_at=None)
        self._feed.publish(running)
        try:
            await self._store.start(Progress(execution=running, attempt=attempt))
        except StoreUnavailable as error:
            log.warning("%s cannot be marked as running: %s", execution.id, error)

    async def _record(self, progress: Progress) -> None:
        """A result is never dropped: while the disk refuses, it waits, and its place in the lane with it."""
        await self._insist(lambda: self._store.record(progress))

    async def _insist(self, write: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await write()
            except StoreUnavailable as error:
                log.warning("a result cannot be stored, trying again: %s", error)
                await asyncio.sleep(PAUSE_SECONDS)


def _after(execution: Execution, attempt: Attempt, follows: Verdict, at: datetime) -> Execution:
    """The state that the execution is in once the attempt is recorded."""
    finished_at, next_attempt_at = at, None
    match follows:
        case Done():
            step = Step.SUCCEED
        case GiveUp():
            step = Step.GIVE_UP
        case RetryAt(when):
            step, finished_at, next_attempt_at = Step.WAIT, None, when
        case _:
            assert_never(follows)
    return replace(
        execution,
        status=after(after(execution.status, Step.START), step),
        finished_at=finished_at,
        next_attempt_at=next_attempt_at,
        attempts=(*execution.attempts, attempt),
    )
