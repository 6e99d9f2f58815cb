"""One attempt: the request is filled in, sent, and comes back as what it came to."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from engine.actions.composer import Composer
from engine.actions.endpoint import Call, calling
from engine.actions.http import HttpClient, NotSent
from engine.actions.request import as_stored, unfilled
from engine.delivery.lane_settings import AllLaneSettings
from engine.errors import SecretLost, StoreUnavailable
from engine.expressions.template import TemplateError
from engine.feed import Feed
from engine.model import Attempt, AttemptError, ErrorClass, Job, Request
from engine.model.states import started
from engine.ports import ExecutionStore, Progress
from engine.process.ids import Ids
from engine.process.supervisor import Supervisor
from engine.secrets.headers import as_kept, echoes_masked

log = logging.getLogger(__name__)

SLOW_SECONDS = 0.25
NOT_SENT_SECONDS = 1.0
INTERRUPTED = AttemptError(
    error_class=ErrorClass.INTERRUPTED,
    message="The process ended during this call. Whether it arrived is not known, so it is made again.",
)


class Attempts:
    def __init__(
        self,
        *,
        store: ExecutionStore,
        client: HttpClient,
        composer: Composer,
        settings: AllLaneSettings,
        feed: Feed,
        supervisor: Supervisor,
        ids: Ids,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._client, self._composer, self._settings = store, client, composer, settings
        self._feed, self._supervisor, self._ids, self._now = feed, supervisor, ids, now

    async def perform(self, job: Job, index: int, number: int) -> Attempt:
        """That of one action, which is neither recorded nor published yet.

        While we lack descriptors for the call it waits, and is filled in again: no attempt is used up, and the
        signature is of the moment at which it is sent.
        """
        while True:
            try:
                return await self._perform(job, index, number)
            except NotSent:
                await asyncio.sleep(NOT_SENT_SECONDS)

    async def _perform(self, job: Job, index: int, number: int) -> Attempt:
        started_at, action = self._now(), job.hook.definition.actions[index]
        attempt = Attempt(
            number=number,
            action=index,
            started_at=started_at,
            latency_ms=0.0,
            request=as_stored(unfilled(action)),
            error=INTERRUPTED,
        )
        try:
            request = self._composer.request(job, index, started_at)
        except (TemplateError, SecretLost) as error:
            message = f"The request could not be filled in: {error}"
            return replace(attempt, error=AttemptError(error_class=ErrorClass.TEMPLATE_ERROR, message=message))
        return await self._call(job, request, replace(attempt, request=as_stored(as_kept(request, action))))

    async def _call(self, job: Job, request: Request, attempt: Attempt) -> Attempt:
        """The attempt, which has the request as it is kept, with its end. Marked as running before that is recorded,
        never afterwards."""
        execution, action, marking = (
            job.execution,
            job.hook.definition.actions[attempt.action],
            list[asyncio.Task[None]](),
        )
        seconds = job.hook.definition.delivery.timeout or self._settings.of(execution.hook_type).timeout

        def mark() -> None:
            marking.append(self._supervisor.spawn(self._mark_running(job, attempt), f"mark {execution.id}"))

        whole = as_kept(request, action)
        call = Call(job=job, index=attempt.action, request=whole, at=attempt.started_at, new_id=self._ids.new)
        slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, mark)
        try:
            with calling(call):
                outcome = await self._client.send(request, seconds, action.success)
        finally:
            slow.cancel()
        for task in marking:
            await task
        response, error = echoes_masked(request, action, outcome.response, outcome.error)
        return replace(attempt, latency_ms=outcome.latency_ms, response=response, error=error)

    async def _mark_running(self, job: Job, attempt: Attempt) -> None:
        running = replace(job.execution, status=started(job.execution.status), next_attempt_at=None)
        self._feed.publish(running)
        try:
            await self._store.start(Progress(execution=running, attempt=attempt))
        except StoreUnavailable as error:
            log.warning("%s cannot be marked as running: %s", running.id, error)
