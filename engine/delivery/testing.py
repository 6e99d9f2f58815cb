"""Testing a hook, saved or not: what it says to some data, what it would send, and on request sent for real."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.access.audit import Audit
from engine.access.permissions import Permission, acting_roles, refuse, require
from engine.actions.composer import Composer
from engine.delivery.lanes import Lanes
from engine.delivery.limiter import Limiter
from engine.delivery.new_runs import held_until_open, new_execution
from engine.events.catalogue import Catalogue
from engine.feed import Feed
from engine.hooks.commands import Hooks, named
from engine.hooks.drafts import Drafts
from engine.model import Actor, Decision, Event, Execution, Gate, Hook, Job, Json, Request, Role, Status
from engine.model.states import FINISHED
from engine.ports import ExecutionStore
from engine.process.ids import Ids
from engine.process.one_at_a_time import OneAtATime
from engine.rules.decisions import explain, limited, without_gates
from engine.rules.index import CompiledHook
from engine.rules.progress import ActionProgress, progress_of

TEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """`requests` are those that would go out, or with `execution` those that did. `problems` tells, by the index of an
    action, why its request cannot be filled in before the call. `course` is how each action went, or is to go."""

    __test__ = False

    decision: Decision
    requests: tuple[Request, ...]
    execution: Execution | None = None
    problems: Mapping[int, str] = field(default_factory=dict[int, str])
    course: tuple[ActionProgress, ...] = ()


class Testing:
    def __init__(
        self,
        *,
        store: ExecutionStore,
        hooks: Hooks,
        drafts: Drafts,
        composer: Composer,
        limiter: Limiter,
        lanes: Lanes,
        feed: Feed,
        catalogue: Catalogue,
        audit: Audit,
        ids: Ids,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._hooks, self._drafts, self._composer = store, hooks, drafts, composer
        self._limiter, self._lanes, self._feed = limiter, lanes, feed
        self._catalogue, self._audit, self._ids, self._now = catalogue, audit, ids, now
        self._turns = OneAtATime()

    async def test(
        self,
        draft: Mapping[str, Json] | int,
        *,
        data: Mapping[str, Json],
        role: Role,
        send: bool,
        actor: Actor,
        without: frozenset[Gate] = frozenset(),
    ) -> TestResult:
        """What a hook (its id, or an unsaved draft) says to an event of its type with this data.

        Gates in `without` are not asked. With `send`, a hook that fires runs for real, marked as a test, however often
        it ran and whatever the time, for whoever may act as that role; without, its limits are asked too, and anybody
        may ask as any role. Those of one actor run one after the other. Raises NotAllowed, NotFound, InvalidHook,
        Overloaded.
        """
        require(actor, Permission.TEST)
        if send and role not in acting_roles(actor):
            refuse(actor, f"test as {role}", f"The role {actor.role} cannot send as {role}.")
        saved = isinstance(draft, int)
        compiled = self._hooks.compiled(draft) if saved else self._drafts.compiled(draft, actor=actor)
        job = self._job(compiled.hook, data, role)
        if send:
            require(actor, Permission.MANAGE_HOOKS)
        async with self._turns.turn((actor.kind, actor.id)):
            decision = await asyncio.to_thread(self._decide, without_gates(compiled, without, role), job.event)
            if not (send and decision.fired):
                return await self._dry_run(decision, job, limits=not send and Gate.LIMITS not in without)
        return await self._sent(job, decision, actor)

    async def _dry_run(self, decision: Decision, job: Job, *, limits: bool) -> TestResult:
        """Beside the loop, since an event may be large and its conditions slow; each of them has its end."""
        if decision.fired and limits:
            decision = await self._foreseen(decision, job)
        requests, problems = await asyncio.to_thread(self._composer.foreseen, job, job.event.received_at)
        course = await asyncio.to_thread(self._course, job)
        return TestResult(decision=decision, requests=requests, problems=problems, course=course)

    def _job(self, hook: Hook, data: Mapping[str, Json], role: Role) -> Job:
        at = self._now()
        event = Event(
            id=self._ids.new("evt"),
            type=hook.definition.trigger,
            role=role,
            occurred_at=at,
            received_at=at,
            data=data,
            test=True,
        )
        return Job(execution=new_execution(self._ids.new("exe"), event, hook, at), event=event, hook=hook)

    def _decide(self, compiled: CompiledHook, event: Event) -> Decision:
        return explain(compiled, event, event.received_at, self._catalogue.aliases_of(event.type))

    async def _foreseen(self, decision: Decision, job: Job) -> Decision:
        """With what the limits would say, were this no test."""
        event = replace(job.event, test=False)
        execution = held_until_open(new_execution("", event, job.hook, event.received_at), event, job.hook)
        (limiting,) = await self._limiter.limit([Job(execution=execution, event=event, hook=job.hook)])
        foreseen = limiting.execution
        return limited(decision, foreseen.status, foreseen.reason) if foreseen.reason else decision

    async def _sent(self, job: Job, decision: Decision, actor: Actor) -> TestResult:
        after = {"execution": job.execution.id, "role": str(job.event.role)}
        await self._audit.note(actor, "hook.tested", named(job.hook), after=after)
        execution = await self._send(job)
        requests = tuple(attempt.request for attempt in execution.attempts)
        course = self._course(replace(job, execution=execution))
        return TestResult(decision=decision, requests=requests, execution=execution, course=course)

    async def _send(self, job: Job) -> Execution:
        """In its lane, like any other; the caller waits for the end, in the feed."""
        ended: asyncio.Future[Execution] = asyncio.get_running_loop().create_future()

        def watch(execution: Execution) -> None:
            if execution.id == job.execution.id and execution.status in FINISHED and not ended.done():
                ended.set_result(execution)

        _, leave = self._feed.join(watch)
        try:
            await self._lanes.run_now(job, self._store.add_test(job.event, job.execution))
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(ended, TEST_SECONDS)
            return replace(job.execution, status=Status.PENDING)
        finally:
            leave()

    def _course(self, job: Job) -> tuple[ActionProgress, ...]:
        return progress_of(job, self._catalogue.aliases_of(job.event.type))
