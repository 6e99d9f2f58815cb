"""The corridor: events are decided as they come, and stored with what fires; those that cannot be wait on disk.

What waits is taken flows in turn, asks the hooks of its type by the same rules, and is stored as decided.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from datetime import datetime
from functools import partial
from operator import attrgetter
from time import monotonic

from engine.delivery.lanes import Lanes
from engine.delivery.limiter import Limiter
from engine.delivery.new_runs import new_job
from engine.delivery.parking import Parking
from engine.errors import TriggerHooksError
from engine.events.catalogue import Catalogue
from engine.feed import Feed
from engine.hooks.commands import Hooks
from engine.model import Event, Flow, Hook, Job, Status
from engine.ports import Accepted, DecidedEvent, ExecutionStore, Inbox
from engine.process.flow_queues import FlowQueues
from engine.process.ids import Ids
from engine.process.insist import insist
from engine.process.turns import Turns
from engine.rules.decisions import context_of, stopped_by
from engine.rules.index import HookIndex
from engine.rules.parts import Answers

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
        self._deciding: Set[Flow] = frozenset()
        self._set_aside: set[int] = set()
        self._turns = Turns()

    async def accept(self, events: Sequence[Event]) -> list[Accepted | None]:
        """Stores events of one flow and takes them up; None for an id that was seen before.

        Raises Overloaded, StoreUnavailable; then none of them was stored.
        """
        jobs, decided = await self._at_once(events)
        stored = await self._append(events, decided)
        for accepted, fired in zip(stored, jobs or [[] for _ in events], strict=True):
            if accepted and accepted.decided:
                self._begin(fired)
            elif accepted:
                self.offer(accepted)
        return stored

    def offer(self, accepted: Accepted) -> None:
        """One that is not decided, after it was committed."""
        flow = accepted.event.flow
        self._note_live(flow)
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

    async def _at_once(self, events: Sequence[Event]) -> tuple[list[list[Job]], list[DecidedEvent]]:
        """What fires for each event, and the decisions; none at all where they have to wait for their turn: behind what
        waits of their flow, or since what fires has to be held against what is on disk."""
        flow = events[0].flow
        if flow.bulk or flow in self._deciding or self._waiting.waits(flow):
            return [], []
        self._note_live(flow)
        self._turns.begin()
        index, at = self._hooks.index(), self._now()
        try:
            jobs = [await self._jobs(event, index, at) for event in events]
        except Exception:
            log.exception("events cannot be decided as they come: they wait for their turn")
            return [], []
        every = [job for fired in jobs for job in fired]
        if not (self._limiter.passes(every) and self._parking.passes(every)):
            return [], []
        return jobs, [_decided(0, fired, index, at) for fired in jobs]

    async def _append(self, events: Sequence[Event], decided: Sequence[DecidedEvent]) -> list[Accepted | None]:
        """What cannot be stored with what fires, by a fault of ours, is stored without."""
        try:
            return await self._inbox.append(events, decided)
        except Exception as error:
            if isinstance(error, TriggerHooksError) or not decided:
                raise
            log.exception("events cannot be stored as decided: they wait for their turn")
            return await self._inbox.append(events)

    def _note_live(self, flow: Flow) -> None:
        if not flow.bulk:
            self._live_at = monotonic()

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
        self._deciding = {one.event.flow for one in batch}
        try:
            jobs = await self._decide(batch)
        finally:
            self._deciding = frozenset()
        self._turns.begin()
        for job in jobs:
            self._begin([job])
            await self._turns.give_way()
        await self._parking.tell()

    async def _decide(self, batch: Sequence[Accepted]) -> list[Job]:
        """Stored with what fires, which this returns."""
        index, at = self._hooks.index(), self._now()
        self._turns.begin()
        jobs = [job for one in batch for job in await self._jobs(one.event, index, at)]
        jobs = await self._parking.park(await self._limiter.limit(jobs))
        fired: defaultdict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            fired[job.event.id].append(job)
        decided = [_decided(one.seq, fired[one.event.id], index, at) for one in batch]
        await insist(partial(self._store.decide, decided), "decisions cannot be stored")
        return jobs

    def _begin(self, jobs: Sequence[Job]) -> None:
        """After they were committed."""
        for job in jobs:
            if job.execution.status is Status.PENDING:
                self._lanes.offer(job)
            else:
                self._feed.publish(job.execution)

    async def _jobs(self, event: Event, index: HookIndex, at: datetime) -> list[Job]:
        jobs: list[Job] = []
        for hook in await self._fires(event, index, at):
            jobs.append(new_job(self._ids.new("exe"), event, hook, at))
            await self._turns.give_way()
        return jobs

    async def _fires(self, event: Event, index: HookIndex, at: datetime) -> list[Hook]:
        names = context_of(event, at, self._catalogue.aliases_of(event.type))
        await self._turns.give_way()
        fires: list[Hook] = []
        answers = Answers(names)
        for compiled in index.candidates(event, names):
            if stopped_by(compiled, event, names, answers) is None:
                fires.append(compiled.hook)
            await self._turns.give_way()
        return fires


def _decided(seq: int, jobs: Sequence[Job], index: HookIndex, at: datetime) -> DecidedEvent:
    executions = tuple(job.execution for job in jobs)
    return DecidedEvent(seq=seq, revision=index.revision, at=at, executions=executions)


def _key(accepted: Accepted) -> int:
    return accepted.seq
