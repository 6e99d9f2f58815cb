"""The corridor: take accepted events, flows in turn, ask the hooks of their type, store what fires, queue it."""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import attrgetter
from time import monotonic

from engine.delivery.lanes import Lanes
from engine.delivery.limiter import Limiter
from engine.delivery.parking import Parking
from engine.events.catalogue import Catalogue
from engine.events.subjects import about_of, entity_of, subject_of
from engine.feed import Feed
from engine.hooks.commands import Hooks
from engine.model import Event, Execution, Flow, Hook, Job, Status
from engine.ports import Accepted, DecidedEvent, ExecutionStore, Inbox
from engine.process.flow_queues import FlowQueues
from engine.process.ids import Ids
from engine.process.insist import insist
from engine.process.turns import Turns
from engine.rules.decisions import context_of, stopped_by
from engine.rules.index import HookIndex
from engine.rules.opening_hours import next_opening, why_held, zone_of

log = logging.getLogger(__name__)

WINDOW = 500
BATCH = 100
TURN = 20
BULK_COST = 4
"""A bulk event counts as so many live ones, in a batch and in a turn, unless nothing has come live lately."""
QUIET_SECONDS = 1.0


class Pipeline:
    def __init__(
        self,
        *,
        inbox: Inbox,
        store: ExecutionStore,
        lanes: Lanes,
        limiter: Limiter,
        parking: Parking,
        feed: Feed,
        hooks: Hooks,
        catalogue: Catalogue,
        ids: Ids,
        now: Callable[[], datetime],
    ) -> None:
        self._inbox, self._store, self._lanes, self._limiter = inbox, store, lanes, limiter
        self._parking = parking
        self._feed, self._hooks, self._catalogue, self._ids, self._now = feed, hooks, catalogue, ids, now
        self._waiting = FlowQueues[Flow, Accepted](
            WINDOW,
            TURN,
            key=_key,
            cost=self._cost,
            lesser=attrgetter("bulk"),
            flows=inbox.flows,
            read=self._undecided,
        )
        self._live_at = -QUIET_SECONDS
        self._set_aside: set[int] = set()
        self._turns = Turns()

    def offer(self, accepted: Accepted) -> None:
        """After it was committed."""
        flow = accepted.event.flow
        if not flow.bulk:
            self._live_at = monotonic()
        self._waiting.offer(flow, accepted)

    async def idle(self) -> bool:
        """Whether every event that was accepted is decided."""
        return not any([await self._undecided(flow, 1) for flow in await self._inbox.flows()])

    async def run(self) -> None:
        """For as long as the process lives."""
        while True:
            if not (batch := await self._waiting.take(BATCH)):
                continue
            try:
                await self._process(batch)
            except Exception:
                log.exception("a batch of events cannot be decided: each is tried alone")
                await self._process_each(batch)

    async def _process_each(self, batch: Sequence[Accepted]) -> None:
        """One that cannot be decided, by a fault of ours, is kept on disk, and tried anew after a restart."""
        for accepted in batch:
            try:
                await self._process([accepted])
            except Exception:
                log.exception("the event %s cannot be decided: it is set aside", accepted.event.id)
                self._set_aside.add(accepted.seq)

    def _cost(self, flow: Flow) -> int:
        return BULK_COST if flow.bulk and monotonic() - self._live_at < QUIET_SECONDS else 1

    async def _undecided(self, flow: Flow, limit: int) -> list[Accepted]:
        return await self._inbox.undecided(limit, frozenset(self._set_aside), flow)

    async def _process(self, batch: Sequence[Accepted]) -> None:
        index, at = self._hooks.index(), self._now()
        self._turns.begin()
        jobs: list[Job] = []
        for accepted in batch:
            for hook in await self._fires(accepted.event, index, at):
                jobs.append(self._job(accepted.event, hook, at))
                await self._turns.give_way()
        jobs = await self._parking.park(await self._limiter.limit(jobs))
        made: defaultdict[str, list[Execution]] = defaultdict(list)
        for job in jobs:
            made[job.event.id].append(job.execution)
        decided = [
            DecidedEvent(seq=one.seq, revision=index.revision, at=at, executions=tuple(made[one.event.id]))
            for one in batch
        ]
        await insist(partial(self._store.decide, decided), "decisions cannot be stored")
        self._turns.begin()
        for job in jobs:
            if job.execution.status is Status.PENDING:
                self._lanes.offer(job)
            else:
                self._feed.publish(job.execution)
            await self._turns.give_way()
        await self._parking.tell()

    async def _fires(self, event: Event, index: HookIndex, at: datetime) -> list[Hook]:
        names = context_of(event, at, self._catalogue.aliases_of(event.type))
        await self._turns.give_way()
        fires: list[Hook] = []
        for compiled in index.candidates(event):
            if stopped_by(compiled, event, names) is None:
                fires.append(compiled.hook)
            await self._turns.give_way()
        return fires

    def _job(self, event: Event, hook: Hook, at: datetime) -> Job:
        """Of a hook in shadow it is over at once: it never comes near a lane."""
        execution = replace(new_execution(self._ids.new("exe"), event, hook, at), bulk=event.flow.bulk)
        execution = held_until_open(execution, event, hook)
        if hook.definition.shadow:
            execution = replace(execution, status=Status.SHADOWED, finished_at=at, next_attempt_at=None)
        return Job(execution=execution, event=event, hook=hook)


def new_execution(id: str, event: Event, hook: Hook, at: datetime) -> Execution:
    counts = hook.definition.limits.counts and not event.test
    return Execution(
        id=id,
        event_id=event.id,
        event_type=event.type,
        hook_id=hook.id,
        hook_version=hook.version,
        hook_title=hook.definition.title,
        hook_type=hook.definition.type,
        status=Status.PENDING,
        created_at=at,
        test=event.test,
        about=about_of(event.data),
        entity=entity_of(event.data) if hook.definition.ordered else "",
        subject=subject_of(event.data) if counts else "",
        counts_at=at if counts else None,
    )


def held_until_open(execution: Execution, event: Event, hook: Hook) -> Execution:
    """As it is where the hook's active hours are open, or it has none."""
    hours, at = hook.definition.limits.hours, execution.created_at
    if hours is None:
        return execution
    zone = zone_of(hours, event.data)
    opening = next_opening(hours, at, zone)
    if opening == at:
        return execution
    return replace(
        execution,
        status=Status.HELD,
        next_attempt_at=opening,
        reason=why_held(hours, opening, at, zone),
        counts_at=opening if execution.counts_at else None,
    )


def _key(accepted: Accepted) -> int:
    return accepted.seq
