"""Replays: many executions again, in the background, a few at a time, so that live traffic never waits behind more.

A replay's progress is stored together with the executions that it creates; after a restart it resumes there.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine.access.audit import Audit
from engine.access.permissions import Permission, require
from engine.delivery.held import Release
from engine.delivery.lanes import Lanes
from engine.delivery.new_runs import new_execution
from engine.errors import InvalidHook, NotAllowed, NotFound
from engine.events.catalogue import Catalogue
from engine.events.subjects import about_of
from engine.feed import Feed
from engine.hooks.commands import Hooks, named
from engine.hooks.definition import messages_by_field
from engine.model import (
    Actor,
    Event,
    Execution,
    Hook,
    HookVersion,
    Job,
    Json,
    Replay,
    ReplayOf,
    ReplayQuery,
    ReplayState,
    ReplayVersion,
    Status,
)
from engine.ports import ExecutionStore, ReplayStore
from engine.process.announcer import Announcer
from engine.process.ids import Ids
from engine.process.insist import insist
from engine.process.supervisor import Supervisor
from engine.rules.decisions import context_of, stopped_by
from engine.rules.index import CompiledHook, compile_hook, concerns

log = logging.getLogger(__name__)

AT_ONCE = 8
PAGE = 200
SHOWN = 100
UNREADABLE = "what is to be replayed cannot be read"

_QUERY = TypeAdapter(ReplayQuery)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What would run: this version of the hook, for this event. `about` says who the event is about."""

    event: Event
    hook: Hook
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPreview:
    """`first` are the oldest pairs."""

    total: int
    first: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """`hook` is None if it is left out: disabled meanwhile, or it would not fire."""

    seq: int
    event: Event
    hook: Hook | None
    execution: Execution | None = None


class Replays:
    def __init__(
        self,
        *,
        store: ReplayStore,
        audit: Audit,
        executions: ExecutionStore,
        hooks: Hooks,
        catalogue: Catalogue,
        lanes: Lanes,
        release: Release,
        feed: Feed,
        ids: Ids,
        supervisor: Supervisor,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._audit = store, audit
        self._executions, self._hooks, self._lanes = executions, hooks, lanes
        self._release, self._feed, self._ids = release, feed, ids
        self._supervisor, self._now = supervisor, now
        self._catalogue = catalogue
        self._steps = Announcer[Replay]("the replays")

    async def start(self) -> None:
        """Resumes the replays of an earlier process."""
        for replay in reversed(await self._store.replays(limit=100)):
            if replay.state is ReplayState.RUNNING:
                self._spawn(replay)

    async def run_again(self, execution_id: str, *, actor: Actor) -> Execution:
        """Runs the current version of the hook again for the same event; returns the new execution, queued in its lane.

        Decision and limits are skipped, since the user asked for it. A held or parked execution is not duplicated, but
        released now. Raises NotAllowed, NotFound.
        """
        require(actor, Permission.REPLAY)
        job = await self._executions.execution(execution_id)
        if job.execution.test:
            raise NotAllowed("A test is not replayed. Test the hook again instead.")
        hook = self._hooks.get(job.hook.id)
        if not hook.definition.enabled:
            raise NotAllowed("The hook is disabled, so it calls nobody. Enable it, then replay.")
        if job.execution.status is Status.HELD:
            await self._release.let_go([job])
            return (await self._executions.execution(execution_id)).execution
        if job.execution.status is Status.PARKED:
            await self._release.unpark([replace(job, hook=hook)])
            return (await self._executions.execution(execution_id)).execution
        execution = new_execution(self._ids.new("exe"), job.event, hook, self._now())
        await self._executions.add_execution(execution)
        await self._audit.note(
            actor, "execution.replayed", f"execution {execution_id} of {named(hook)}", after={"execution": execution.id}
        )
        self._lanes.offer(Job(execution=execution, event=job.event, hook=hook))
        return execution

    async def preview(self, raw: Mapping[str, Json], *, actor: Actor) -> ReplayPreview:
        """What a replay would run; sends nothing. Raises NotAllowed, InvalidHook, NotFound."""
        require(actor, Permission.REPLAY)
        query = self._read(raw)
        total, first, last = 0, list[Pair](), await self._store.last_seq(query)
        async for candidate in self._candidates(query, 0, last):
            if candidate.hook is not None:
                total += 1
                if len(first) < SHOWN:
                    about = about_of(candidate.event.data)
                    first.append(Pair(event=candidate.event, hook=candidate.hook, about=about))
        return ReplayPreview(total=total, first=tuple(first))

    async def begin(self, raw: Mapping[str, Json], *, actor: Actor) -> Replay:
        """Counts, then runs in the background. Raises NotAllowed, InvalidHook, NotFound."""
        require(actor, Permission.REPLAY)
        query = self._read(raw)
        last = await self._store.last_seq(query)
        total = await self._count(query, last)
        replay = Replay(
            id=0,
            query=query,
            state=ReplayState.RUNNING if total else ReplayState.DONE,
            total=total,
            last=last,
            created_at=self._now(),
            created_by=actor.name,
            finished_at=None if total else self._now(),
        )
        replay = await self._store.add_replay(replay)
        log.info("replay %d of %d by %s", replay.id, total, actor.name)
        after = {name: value for name, value in self.raw(query).items() if value is not None} | {"count": total}
        await self._audit.note(actor, "replay.begun", f"replay {replay.id}", after=after)
        if total:
            self._spawn(replay)
        return replay

    async def stop(self, replay_id: int, *, actor: Actor) -> Replay:
        """Executions that have begun continue. Raises NotAllowed, NotFound."""
        require(actor, Permission.REPLAY)
        replay = await self._store.stop_replay(replay_id, self._now())
        self._tell(replay)
        await self._audit.note(actor, "replay.stopped", f"replay {replay.id}", after={"done": replay.done})
        return replay

    async def get(self, replay_id: int) -> Replay:
        """Raises NotFound."""
        return await self._store.replay(replay_id)

    async def newest(self, limit: int = 50) -> list[Replay]:
        return await self._store.replays(limit)

    def raw(self, query: ReplayQuery) -> dict[str, Json]:
        """In the API's shape."""
        names = {"since": "from", "until": "to"}
        document: dict[str, Json] = _QUERY.dump_python(query, mode="json")
        return {names.get(name, name): value for name, value in document.items()}

    def subscribe(self, callback: Callable[[Replay], None]) -> Callable[[], None]:
        """Called after every step of any replay; returns the unsubscribe function."""
        return self._steps.subscribe(callback)

    def _read(self, raw: Mapping[str, Any]) -> ReplayQuery:
        names = {"from": "since", "to": "until"}
        try:
            query = _QUERY.validate_python({names.get(name, name): value for name, value in raw.items()})
        except ValidationError as error:
            back = {"since": "from", "until": "to"}
            raise InvalidHook(
                {back.get(place, place): words for place, words in messages_by_field(error).items()}
            ) from None
        for name, moment in (("from", query.since), ("to", query.until)):
            if moment is not None and moment.tzinfo is None:
                raise InvalidHook({name: 'Give the time with its zone, such as "2025-09-09T14:27:00Z".'})
        if query.since and query.until and query.until <= query.since:
            raise InvalidHook({"to": "This is before the beginning."})
        if query.hook_id is not None:
            self._hooks.get(query.hook_id)
        elif query.status is ReplayOf.SKIPPED:
            raise InvalidHook({"hook_id": "Name the hook whose skipped events are to run."})
        return query

    async def _count(self, query: ReplayQuery, last: int) -> int:
        if query.status is not ReplayOf.SKIPPED:
            return await self._store.count_pairs(query, last, self._on())
        return sum([1 async for candidate in self._candidates(query, 0, last) if candidate.hook is not None])

    def _spawn(self, replay: Replay) -> None:
        self._supervisor.spawn(self._run(replay), f"replay {replay.id}", serving=True)

    async def _run(self, replay: Replay) -> None:
        jobs: list[Job] = []
        async for candidate in self._candidates(replay.query, replay.cursor, replay.last):
            replay = replace(replay, cursor=candidate.seq)
            if candidate.hook is None:
                replay = replace(replay, left_out=replay.left_out + 1)
                continue
            execution = self._execution(replay.query, candidate, candidate.hook)
            jobs.append(Job(execution=execution, event=candidate.event, hook=candidate.hook))
            if len(jobs) == AT_ONCE:
                replay = replace(replay, done=replay.done + len(jobs))
                if not await self._step(replay, jobs):
                    return
                jobs = []
        replay = replace(replay, done=replay.done + len(jobs), state=ReplayState.DONE, finished_at=self._now())
        await self._step(replay, jobs)

    def _execution(self, query: ReplayQuery, candidate: _Candidate, hook: Hook) -> Execution:
        """A parked execution runs itself."""
        if query.status is ReplayOf.PARKED and candidate.execution is not None:
            return candidate.execution
        return new_execution(self._ids.new("exe"), candidate.event, hook, self._now())

    async def _step(self, replay: Replay, jobs: list[Job]) -> bool:
        """Returns after the first attempt of each. False if the replay was stopped."""
        waiting = {job.execution.id for job in jobs}
        ended = asyncio.Event()

        def watch(execution: Execution) -> None:
            if execution.status not in {Status.PENDING, Status.RUNNING}:
                waiting.discard(execution.id)
                if not waiting:
                    ended.set()

        _, leave = self._feed.join(watch)
        try:
            queued = await self._queue(replay, jobs)
            if queued is None:
                return False
            waiting &= queued
            self._tell(replay)
            if waiting:
                await ended.wait()
        finally:
            leave()
        return True

    async def _queue(self, replay: Replay, jobs: list[Job]) -> set[str] | None:
        """Stores the step and queues its executions; returns their ids, or None if the replay was stopped.

        Parked executions are queued first: if the process is killed in between, the next one runs them all the same.
        """
        is_parked = replay.query.status is ReplayOf.PARKED
        sent = await self._release.unpark(jobs) if is_parked else []
        new = [] if is_parked else jobs
        step = partial(self._store.step_replay, replay, [job.execution for job in new])
        if not await insist(step, f"replay {replay.id} cannot be stored"):
            return None
        for job in new:
            self._lanes.offer(job)
        return {execution.id for execution in sent} | {job.execution.id for job in new}

    async def _candidates(self, query: ReplayQuery, after: int, last: int) -> AsyncIterator[_Candidate]:
        """Oldest first, page by page, each page as it is when its turn comes."""
        if query.status is ReplayOf.SKIPPED:
            async for candidate in self._skipped(query, after, last):
                yield candidate
            return
        while page := await insist(partial(self._store.pairs, query, after, last, self._on(), PAGE), UNREADABLE):
            for seq, job in page:
                after = seq
                yield _Candidate(seq, job.event, self._hook_of(job, query.version), job.execution)

    async def _skipped(self, query: ReplayQuery, after: int, last: int) -> AsyncIterator[_Candidate]:
        hook_id = query.hook_id or 0
        now = self._hooks.compiled(hook_id)
        versions = _Versions(await self._hooks.versions(hook_id), now.hook)
        trigger = now.hook.definition.trigger
        while page := await insist(partial(self._store.passed, query, trigger, after, last, PAGE), UNREADABLE):
            for passed in page:
                after = passed.seq
                compiled = now if query.version is ReplayVersion.NOW else versions.at(passed.revision or 0)
                hook = compiled.hook if compiled and self._fires(compiled, passed.event) else None
                yield _Candidate(passed.seq, passed.event, hook)
            await asyncio.sleep(0)

    def _fires(self, compiled: CompiledHook, event: Event) -> bool:
        names = context_of(event, event.received_at, self._catalogue.aliases_of(event.type))
        if not concerns(compiled.hook.id, event):
            return False
        return self._is_on(compiled.hook.id) and stopped_by(compiled, event, names) is None

    def _hook_of(self, job: Job, version: ReplayVersion) -> Hook | None:
        if not self._is_on(job.hook.id):
            return None
        return job.hook if version is ReplayVersion.THEN else self._hooks.get(job.hook.id)

    def _on(self) -> frozenset[int]:
        return frozenset(hook.id for hook in self._hooks.all() if hook.definition.enabled)

    def _is_on(self, hook_id: int) -> bool:
        """A disabled or deleted hook is never called."""
        try:
            return self._hooks.get(hook_id).definition.enabled
        except NotFound:
            return False

    def _tell(self, replay: Replay) -> None:
        self._steps.announce(replay)


class _Versions:
    """The versions of a hook, each as if it had been enabled; compiled once."""

    def __init__(self, versions: list[HookVersion], hook: Hook) -> None:
        self._newest_first, self._hook = versions, hook
        self._compiled: dict[int, CompiledHook] = {}

    def at(self, revision: int) -> CompiledHook | None:
        """As of a revision; None before the hook was created, and if it was deleted."""
        found = next((one for one in self._newest_first if one.revision <= revision), None)
        if found is None or found.deleted:
            return None
        if found.version not in self._compiled:
            definition = replace(found.definition, enabled=True)
            hook = replace(self._hook, version=found.version, definition=definition, updated_at=found.saved_at)
            self._compiled[found.version] = compile_hook(hook)
        return self._compiled[found.version]
