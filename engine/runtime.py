"""The engine as a whole: its public parts, its life, and the one door for events."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from engine.access.permissions import Permission, require, require_types, watch_refusals
from engine.events.bounds import MOST_LIVE
from engine.events.draft import EventDraft
from engine.events.subjects import entity_of
from engine.model import Actor, DiskUse, Event, Flow, Role
from engine.ports import Store
from engine.settings import EngineSettings
from engine.sources.reception import Reception
from engine.wiring import build

THREADS = 64
FINISH_SECONDS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`status` is `accepted` or `duplicate`."""

    id: str
    status: str


class Engine:
    def __init__(
        self,
        store: Store,
        settings: EngineSettings,
        now: Callable[[], datetime] | None = None,
        steady: Callable[[], float] = monotonic,
    ) -> None:
        self.settings = settings
        self.parts = parts = build(store, settings, now or (lambda: datetime.now(UTC)), steady)
        ground, people, hooks = parts.ground, parts.people, parts.hooks
        self._store, self._now, self._leaving = store, ground.now, contextlib.ExitStack()
        self.event_types = parts.event_types
        self.catalogue, self.feed, self.vault = ground.catalogue, ground.feed, ground.vault
        self.audit, self.notices = ground.audit, ground.notices
        self.accounts, self.own_account, self.sessions = people.accounts, people.own_account, people.sessions
        self.single_sign_on = people.single_sign_on
        self.people, self.keys, self.sensitive = people.people, people.keys, people.sensitive
        self.hooks, self.drafts, self.cases, self.watch = hooks.hooks, hooks.drafts, hooks.cases, hooks.watch
        self.waiting_behind = hooks.waiting
        actions, delivery, history = parts.actions, parts.delivery, parts.history
        self.leads, self.metrics, self.tasks = actions.leads, actions.metrics, actions.tasks
        self.targets, self.composer, self.own_endpoints = actions.targets, actions.composer, actions.own_endpoints
        self.lane_settings, self.testing = delivery.lane_settings, delivery.testing
        self.continuation = delivery.continuation
        self.sources, self.mappings = parts.sources.sources, parts.sources.mappings
        self.source_silence, self.drift = parts.sources.silence, parts.sources.drift
        self.reception = Reception(
            self.sources,
            parts.sources.journal,
            self.notices,
            ground.catalogue,
            settings.bounds,
            ground.now,
            ground.steady,
            self.accept,
            self.drift.note,
        )
        self.executions, self.insight, self.replays = history.executions, history.insight, history.replays

    async def open(self) -> None:
        """Opens the store: enough for commands. Raises SecretLost, StoreUnavailable."""
        await self._store.open()
        await self.parts.ground.sealing.check()
        await self.event_types.load()
        await self.sensitive.load()
        await self.parts.people.rule.load()
        await self.hooks.load()
        self._leaving.callback(watch_refusals(self.parts.people.refusals.access))

    async def forget_secrets(self) -> int:
        """In place of opening, where the key is lost for good; gives how many secrets were. Raises StoreUnavailable."""
        await self._store.open()
        return await self.parts.ground.sealing.forget()

    async def close(self) -> None:
        self._leaving.close()
        self.insight.close()
        await self.parts.actions.client.close()
        await self._store.close()

    async def start(self) -> None:
        """Opens, and takes up what an earlier process left unfinished."""
        # Names are looked up in these, and a resolver that hangs holds one for a while.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="worker"))
        await self.open()
        if await self.parts.ground.sealing.renew():
            await self.hooks.load()
        rules = (self.lane_settings, self.own_endpoints, self.watch, self.leads, self.metrics)
        for part in (*rules, self.sources, self.drift):
            await part.load()
        if newest := await self._store.newest_execution():
            self.parts.ground.ids.resume_after(newest[0])
            await self.parts.clock.look_at(newest[1])
        await self.parts.ground.backlog.measure()
        await self.parts.delivery.lanes.start()
        await self.replays.start()
        self.parts.background.start()

    async def stop(self) -> None:
        """Calls that run may finish; what is cut off even so, or still waits, is taken up by the next start."""
        await self.parts.background.stop(FINISH_SECONDS)
        await self.keys.note_use()
        await self.parts.sources.journal.store()
        await self.drift.stop()
        await self.close()

    async def check(self) -> None:
        """Raises StoreUnavailable where nothing can be stored, Overloaded where calls lack descriptors."""
        await self._store.check()
        self.parts.actions.client.check()

    async def accept(self, drafts: Sequence[EventDraft], actor: Actor) -> tuple[Receipt, ...]:
        """Returns once they are on disk. The role of an event is that of its sender, whatever it says.

        Raises NotAllowed, Overloaded, StoreUnavailable; then none of them was stored.
        """
        require(actor, Permission.INGEST)
        require_types(actor, {draft.type for draft in drafts})
        self.parts.ground.backlog.admit(len(drafts))
        received_at, flow = self._now(), Flow(sender=f"{actor.kind}:{actor.id}", bulk=len(drafts) > MOST_LIVE)
        events = [self._event(draft, actor.role, received_at, flow) for draft in drafts]
        stored = await self.parts.delivery.pipeline.accept(events)
        self.accounts.forget_first_key()
        return tuple(
            Receipt(id=event.id, status="accepted" if accepted else "duplicate")
            for event, accepted in zip(events, stored, strict=True)
        )

    async def disk_use(self) -> DiskUse:
        return await self._store.disk_use()

    async def mail_waiting(self) -> int:
        """How many mails wait to be sent."""
        return await self._store.mail_waiting()

    @property
    def waiting(self) -> int:
        """Events that waited to be decided when they were counted last, a few seconds ago."""
        return self.parts.ground.backlog.waiting

    def paused_targets(self) -> dict[str, float]:
        """Targets that fail and are left alone, with the seconds until each is tried again."""
        return self.parts.delivery.breaker.paused()

    def _event(self, draft: EventDraft, role: Role, received_at: datetime, flow: Flow) -> Event:
        return Event(
            id=draft.id or self.parts.ground.ids.new("evt"),
            type=draft.type,
            role=role,
            occurred_at=draft.occurred_at or received_at,
            received_at=received_at,
            data=draft.data,
            attributes=draft.attributes,
            test=draft.test,
            chain=draft.chain,
            entity=entity_of(draft.data),
            flow=flow,
        )
