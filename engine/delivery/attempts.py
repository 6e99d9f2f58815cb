"""One attempt: the request is filled in, sent, and comes back as what it came to."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from engine.actions.composer import Composer
from engine.actions.endpoint import Call, calling
from engine.actions.http import HttpClient, NotSent, Outcome
from engine.actions.request import as_stored, unfilled
from engine.delivery.lane_settings import AllLaneSettings
from engine.delivery.numbers import UNNUMBERED, Numbers
from engine.errors import SecretLost, StoreUnavailable
from engine.expressions.template import TemplateError
from engine.feed import Feed
from engine.model import Action, Attempt, AttemptError, ErrorClass, Job, Request
from engine.model.states import started
from engine.ports import ExecutionStore, Progress
from engine.process.ids import Ids
from engine.process.shield import shielded
from engine.process.supervisor import Supervisor
from engine.secrets.headers import echoes_masked, for_endpoints

log = logging.getLogger(__name__)

R = TypeVar("R")

SLOW_SECONDS = 0.25
LARGE = 4_096
"""Longer texts are read for secrets beside the loop."""
NOT_SENT_SECONDS = 1.0
INTERRUPTED = AttemptError(
    error_class=ErrorClass.INTERRUPTED,
    message="The process ended during this call. Whether it arrived is not known, so it is made again.",
)
NOT_CALLED = AttemptError(
    error_class=ErrorClass.INTERNAL_ERROR,
    message="The request could not be filled in because of an error in Trigger Hooks; the log has the details.",
)
UNKNOWN = AttemptError(
    error_class=ErrorClass.INTERNAL_ERROR,
    message="The call failed because of an error in Trigger Hooks; the log has the details. It may have arrived.",
)
UNREADABLE = "The response cannot be shown because of an error in Trigger Hooks; the log has the details."


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

    async def perform(self, job: Job, index: int, numbers: Numbers) -> Attempt:
        """Calls one action; the attempt is not yet numbered, recorded or published. Never raises: a fault of ours is an
        outcome too.

        While there are no descriptors for the call, it waits and is filled in again: no attempt is used up, and the
        signature has the time at which it is sent.
        """
        while True:
            if attempt := await self._perform(job, index, numbers):
                return attempt
            await asyncio.sleep(NOT_SENT_SECONDS)

    async def _perform(self, job: Job, index: int, numbers: Numbers) -> Attempt | None:
        """None if it could not be sent, for lack of descriptors."""
        started_at, action, attempts = self._now(), job.hook.definition.actions[index], job.execution.attempts
        try:
            request = self._composer.request(job, index, started_at)
            kept = await _beside(len(request.body or ""), self._composer.kept, as_stored(request), action, attempts)
            attempt = _begun(index, started_at, kept, INTERRUPTED)
        except (TemplateError, SecretLost) as error:
            message = f"The request could not be filled in: {error}"
            said = AttemptError(error_class=ErrorClass.TEMPLATE_ERROR, message=message)
            return _begun(index, started_at, self._unfilled(action), said)
        except Exception:
            log.exception("the request of action %d of %s cannot be filled in", index, job.execution.id)
            return _begun(index, started_at, self._unfilled(action), NOT_CALLED)
        return await self._call(job, request, attempt, numbers)

    def _unfilled(self, action: Action) -> Request:
        return self._composer.kept(as_stored(unfilled(action)), action, ())

    async def _call(self, job: Job, request: Request, attempt: Attempt, numbers: Numbers) -> Attempt | None:
        """Completes the attempt, which already has its request; None if it was not sent. The mark as running is
        written before this returns, so that it never overwrites the end."""
        marking = list[asyncio.Task[None]]()

        def mark() -> None:
            work = self._mark_running(job, attempt, numbers)
            marking.append(self._supervisor.spawn(work, f"mark {job.execution.id}"))

        slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, mark)
        try:
            outcome = await self._outcome(job, request, attempt)
        finally:
            slow.cancel()
        for task in marking:
            await task
        if outcome is None:
            return None
        size = len(outcome.response.body) if outcome.response else 0
        return await _beside(size, self._ended, job, request, attempt, outcome)

    def _ended(self, job: Job, request: Request, attempt: Attempt, outcome: Outcome) -> Attempt:
        """If secrets cannot be masked in a response, only its status is kept."""
        action = job.hook.definition.actions[attempt.action]
        ended = replace(attempt, latency_ms=outcome.latency_ms, response=outcome.response, error=outcome.error)

        def masked() -> Attempt:
            response, error = echoes_masked(request, action, ended.response, ended.error)
            kept = self._composer.kept_response(response) if response else None
            return replace(ended, response=kept, error=error)

        return shielded(masked, lambda: bare(ended), f"masking the response to {job.execution.id}")

    async def _outcome(self, job: Job, request: Request, attempt: Attempt) -> Outcome | None:
        action = job.hook.definition.actions[attempt.action]
        seconds = job.hook.definition.delivery.timeout or self._settings.of(job.execution.hook_type).timeout
        try:
            whole = for_endpoints(request, action)
            call = Call(job=job, index=attempt.action, request=whole, at=attempt.started_at, new_id=self._ids.new)
            with calling(call):
                return await self._client.send(request, seconds, action.success)
        except NotSent:
            return None
        except Exception:
            log.exception("the call of action %d of %s failed", attempt.action, job.execution.id)
            return Outcome(0.0, None, UNKNOWN)

    async def _mark_running(self, job: Job, attempt: Attempt, numbers: Numbers) -> None:
        """Its number is taken only once that is on disk."""
        running = replace(job.execution, status=started(job.execution.status), next_attempt_at=None)
        shielded(lambda: self._feed.publish(running), lambda: None, f"publishing {running.id}")
        async with numbers.in_order:
            try:
                await self._store.start(Progress(execution=running, attempt=numbers.provisional(attempt)))
            except StoreUnavailable as error:
                log.warning("%s cannot be marked as running: %s", running.id, error)
            except Exception:
                log.exception("%s cannot be marked as running", running.id)
            else:
                numbers.numbered(attempt)


def _begun(index: int, at: datetime, kept: Request, error: AttemptError) -> Attempt:
    """`error` is what it came to if it never ends."""
    return Attempt(number=UNNUMBERED, action=index, started_at=at, latency_ms=0.0, request=kept, error=error)


async def _beside(size: int, work: Callable[..., R], *given: Any) -> R:
    """In a thread if it is about a large text."""
    return work(*given) if size <= LARGE else await asyncio.to_thread(work, *given)


def bare(attempt: Attempt) -> Attempt:
    """Without headers, bodies and messages; the status stays."""
    request = replace(attempt.request, headers={}, body=None, truncated=True)
    response, error = attempt.response, attempt.error
    return replace(
        attempt,
        request=request,
        response=response and replace(response, headers={}, body="", truncated=True, remarks=(), sealed=""),
        error=error and replace(error, message=UNREADABLE),
    )
