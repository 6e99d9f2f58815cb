"""Running one execution: send, decide what follows, record, publish."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from engine.actions.http import HttpClient
from engine.actions.request import render
from engine.errors import StoreUnavailable
from engine.feed import Feed
from engine.model import Attempt, Execution, Job, SigningSecret, Status
from engine.ports import ExecutionStore, Progress
from engine.retries import STANDARD, Done, GiveUp, RetryAt, Verdict, verdict
from engine.supervisor import Supervisor

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 15.0
SLOW_SECONDS = 0.25
PAUSE_SECONDS = 1.0


class Dispatcher:
    def __init__(
        self,
        *,
        store: ExecutionStore,
        client: HttpClient,
        feed: Feed,
        supervisor: Supervisor,
        now: Callable[[], datetime],
        draw: Callable[[], float],
        version: str,
        secret_of: Callable[[int], SigningSecret | None],
        on_gone: Callable[[int], Awaitable[object]],
    ) -> None:
        """`on_gone` is told the hook whose receiver answered that it never wants to be called again."""
        self._store, self._client, self._feed, self._supervisor = store, client, feed, supervisor
        self._now, self._draw, self._version = now, draw, version
        self._secret_of, self._on_gone = secret_of, on_gone

    async def run(self, job: Job) -> Execution:
        """One attempt, recorded before it is published.

        A quick call is seen when it has ended; one that takes longer is marked as running meanwhile.
        """
        loop = asyncio.get_running_loop()
        slow = loop.call_later(SLOW_SECONDS, self._tell_running, job.execution)
        try:
            attempt = await self._attempt(job)
        finally:
            slow.cancel()
        now = self._now()
        follows = verdict(attempt, () if job.execution.test else STANDARD, now, self._draw())
        execution = _after(job.execution, attempt, follows, now)
        await self._record(Progress(execution=execution, attempt=attempt))
        self._feed.publish(execution)
        if isinstance(follows, GiveUp) and follows.gone and not execution.test:
            await self._on_gone(execution.hook_id)
        return execution

    async def cancel(self, job: Job) -> None:
        """Ends an execution that waits for its next attempt."""
        execution = replace(job.execution, status=Status.CANCELLED, finished_at=self._now(), next_attempt_at=None)
        await self._store.cancel(execution)
        self._feed.publish(execution)

    async def _attempt(self, job: Job) -> Attempt:
        started_at = self._now()
        action = job.hook.definition.actions[0]
        request = render(
            action,
            job.event,
            webhook_id=job.execution.id,
            at=started_at,
            version=self._version,
            test=job.execution.test,
            secret=self._secret_of(job.hook.id),
        )
        outcome = await self._client.send(request, TIMEOUT_SECONDS)
        return Attempt(
            number=len(job.execution.attempts) + 1,
            action=0,
            started_at=started_at,
            latency_ms=outcome.latency_ms,
            request=request,
            response=outcome.response,
            error=outcome.error,
        )

    async def _record(self, progress: Progress) -> None:
        """A result is never dropped: while the disk refuses, it waits, and its place in the lane with it."""
        while True:
            try:
                return await self._store.record(progress)
            except StoreUnavailable as error:
                log.warning("the result of %s cannot be stored, trying again: %s", progress.execution.id, error)
                await asyncio.sleep(PAUSE_SECONDS)

    def _tell_running(self, execution: Execution) -> None:
        """A retry stays one on disk, where it is found again by its due time."""
        self._feed.publish(replace(execution, status=Status.RUNNING))
        if execution.status == Status.PENDING:
            self._supervisor.spawn(self._store.start([execution.id]), f"mark {execution.id} as running")


def _after(execution: Execution, attempt: Attempt, follows: Verdict, at: datetime) -> Execution:
    """The state that the execution is in once the attempt is recorded."""
    finished_at, next_attempt_at = at, None
    match follows:
        case Done():
            status = Status.SUCCEEDED
        case GiveUp():
            status = Status.FAILED
        case RetryAt(when):
            status, finished_at, next_attempt_at = Status.RETRYING, None, when
        case _:
            assert_never(follows)
    return replace(
        execution,
        status=status,
        finished_at=finished_at,
        next_attempt_at=next_attempt_at,
        attempts=(*execution.attempts, attempt),
    )
