"""The engine: builds the rooms, opens and closes them, and answers what views and routes ask."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network
from urllib.parse import urlsplit

from engine.access import Permission, acting_roles, require
from engine.accounts import Accounts
from engine.actions.http import HttpClient
from engine.actions.internal import internal_app
from engine.actions.request import render
from engine.catalogue import Catalogue, load_catalogue
from engine.conditions import ConditionError, check_names, compile_condition
from engine.decisions import explain
from engine.definitions import url_problem
from engine.dispatch import Dispatcher
from engine.errors import Conflict, NotAllowed, NotFound
from engine.events import EventDraft
from engine.feed import Feed
from engine.hooks import Hooks
from engine.ids import Ids
from engine.lanes import Lanes
from engine.matching import CompiledHook, compile_hook
from engine.model import Actor, Decision, Event, Execution, Hook, Job, Json, Page, Request, Role, Status
from engine.pipeline import Pipeline, new_execution
from engine.ports import Accepted, ExecutionQuery, Store
from engine.schedule import Schedule
from engine.supervisor import Supervisor

TEST_SECONDS = 60.0
GONE = Actor(kind="system", id=0, name="Trigger Hooks (the receiver answered 410, Gone)", role=Role.ADMIN)
KEY_USE_SECONDS = 60.0
FINISH_SECONDS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """`public_url` is where browsers and senders reach us, without a slash at the end."""

    version: str
    public_url: str = "http://127.0.0.1:8080"
    internal_url: str = "https://internal.ai-sync.com"
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    max_event_bytes: int = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`status` is `accepted` or `duplicate`."""

    id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """`requests` are those that would go out, or with `execution` those that did."""

    __test__ = False

    decision: Decision
    requests: tuple[Request, ...]
    execution: Execution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionCheck:
    """`column` counts from 1; `warnings` do not keep the hook from being saved."""

    error: str | None = None
    column: int | None = None
    warnings: tuple[str, ...] = field(default=())


class Engine:
    def __init__(self, store: Store, settings: EngineSettings, now: Callable[[], datetime] | None = None) -> None:
        self.settings = settings
        self.catalogue: Catalogue = load_catalogue()
        self._store = store
        self._now = now or (lambda: datetime.now(UTC))
        self._ids = Ids()
        self._supervisor = Supervisor()
        self._schedule = Schedule()
        self.feed = Feed()
        self.accounts = Accounts(store, self._now)
        self.hooks = Hooks(store, self.catalogue, self._now)
        internal_host = urlsplit(settings.internal_url).hostname or ""
        self._client = HttpClient(networks=settings.allowed_networks, internal={internal_host: internal_app()})
        self._dispatcher = Dispatcher(
            store=store,
            client=self._client,
            feed=self.feed,
            supervisor=self._supervisor,
            now=self._now,
            draw=random.random,
            version=settings.version,
            secret_of=self.hooks.secret_of,
            on_gone=self._switch_off,
        )
        self._lanes = Lanes(
            store=store,
            run=self._dispatcher.run,
            retry=self._retry,
            now=self._now,
            supervisor=self._supervisor,
        )
        self._pipeline = Pipeline(
            inbox=store,
            store=store,
            lanes=self._lanes,
            index=self.hooks.index,
            catalogue=self.catalogue,
            ids=self._ids,
            now=self._now,
        )

    async def open(self) -> None:
        """Opens the store: enough for commands."""
        await self._store.open()
        await self.hooks.load()

    async def close(self) -> None:
        await self._client.close()
        await self._store.close()

    async def start(self) -> None:
        """Opens, and takes up what an earlier process left unfinished."""
        await self.open()
        self._supervisor.keep(self._pipeline.run, "pipeline")
        await self._lanes.start()
        self._schedule.every(KEY_USE_SECONDS, self.accounts.note_use)
        self._schedule.start()

    async def stop(self) -> None:
        """Calls that run may finish; what is cut off even so, or still waits, is taken up by the next start."""
        self._schedule.stop()
        await self._supervisor.stop(FINISH_SECONDS)
        await self.accounts.note_use()
        await self.close()

    async def check(self) -> None:
        """Raises StoreUnavailable where nothing can be stored."""
        await self._store.check()

    async def accept(self, drafts: Sequence[EventDraft], actor: Actor) -> tuple[Receipt, ...]:
        """Returns once they are on disk. The role of an event is that of its sender, whatever it says.

        Raises NotAllowed, Overloaded, StoreUnavailable; then none of them was stored.
        """
        require(actor, Permission.INGEST)
        received_at = self._now()
        events = [self._event(draft, actor.role, received_at) for draft in drafts]
        receipts: list[Receipt] = []
        for event, seq in zip(events, await self._store.append(events), strict=True):
            if seq is not None:
                self._pipeline.offer(Accepted(seq=seq, event=event))
            receipts.append(Receipt(id=event.id, status="duplicate" if seq is None else "accepted"))
        self.accounts.forget_first_key()
        return tuple(receipts)

    async def test(
        self, draft: Mapping[str, Json] | int, *, data: Mapping[str, Json], role: Role, send: bool, actor: Actor
    ) -> TestResult:
        """What a hook (its id, or an unsaved draft) says to an event of its type with this data.

        With `send`, a hook that fires runs for real, marked as a test. Raises NotAllowed, NotFound, InvalidHook.
        """
        require(actor, Permission.TEST)
        if role not in acting_roles(actor):
            raise NotAllowed(f"The role {actor.role} cannot test as {role}.")
        compiled = self.hooks.compiled(draft) if isinstance(draft, int) else self._compiled_draft(draft)
        hook, at = compiled.hook, self._now()
        event = Event(
            id=self._ids.new("evt"),
            type=hook.definition.trigger,
            role=role,
            occurred_at=at,
            received_at=at,
            data=data,
            test=True,
        )
        decision = self._explain(compiled, event, at)
        execution = new_execution(self._ids.new("exe"), event, hook, at)
        if send:
            require(actor, Permission.MANAGE_HOOKS)
            if not decision.fired:
                raise NotAllowed(f"Nothing was sent, since the hook would not fire: {decision.reason}")
            execution = await self._send_test(Job(execution=execution, event=event, hook=hook))
            requests = tuple(attempt.request for attempt in execution.attempts)
            return TestResult(decision=decision, requests=requests, execution=execution)
        version, secret = self.settings.version, self.hooks.secret_of(hook.id)
        requests = tuple(
            render(action, event, webhook_id=execution.id, at=at, version=version, test=True, secret=secret)
            for action in hook.definition.actions
        )
        return TestResult(decision=decision, requests=requests)

    async def executions(self, query: ExecutionQuery) -> Page[Execution]:
        """Newest first. Raises InvalidQuery for a cursor that is none."""
        return await self._store.executions(query)

    async def execution(self, execution_id: str) -> Job:
        """With its event and the hook's version of then. Raises NotFound."""
        return await self._store.execution(execution_id)

    async def replay(self, execution_id: str, *, actor: Actor) -> Execution:
        """Runs the hook, as it is now, once more for the same event; gives the new execution, which waits in its lane.

        The decision is not made again: who asks for it wants it. Raises NotAllowed, NotFound.
        """
        require(actor, Permission.REPLAY)
        job = await self._store.execution(execution_id)
        if job.execution.test:
            raise NotAllowed("A test is not replayed. Test the hook again instead.")
        hook = self.hooks.get(job.hook.id)
        execution = new_execution(self._ids.new("exe"), job.event, hook, self._now())
        await self._store.add_execution(execution)
        self._lanes.offer(Job(execution=execution, event=job.event, hook=hook))
        return execution

    def explain(self, hook: Hook, event: Event, at: datetime) -> Decision:
        return self._explain(compile_hook(hook), event, at)

    def check_condition(self, source: str, trigger: str) -> ConditionCheck:
        """As one types. `trigger` may be empty, or a type that the catalogue lacks."""
        try:
            condition = compile_condition(source)
        except ConditionError as error:
            return ConditionCheck(error=str(error), column=error.column)
        known = self.catalogue.by_name.get(trigger)
        if known is None:
            return ConditionCheck()
        unknown = check_names(condition, {*known.fields, *known.aliases})
        return ConditionCheck(
            warnings=tuple(
                f"{known.label} has no field `{name.path}` in the catalogue."
                + (f" Did you mean `{name.suggestion}`?" if name.suggestion else "")
                for name in unknown
            )
        )

    def describe_target(self, url: str) -> str | None:
        """A warning about an address that could be saved; None where there is nothing to warn of."""
        if url_problem(url):
            return None
        if refusal := self._client.refusal(url):
            return refusal
        internal = url.startswith(self.settings.internal_url)
        if urlsplit(url).scheme == "http" and not internal:
            return "http is not encrypted: anybody on the way can read what is sent. Use https where you can."
        return None

    async def _send_test(self, job: Job) -> Execution:
        """Through its lane, like any other; the caller waits for the end, in the feed."""
        ended: asyncio.Future[Execution] = asyncio.get_running_loop().create_future()

        def watch(execution: Execution) -> None:
            if execution.id == job.execution.id and execution.attempts and not ended.done():
                ended.set_result(execution)

        _, leave = self.feed.join(watch)
        try:
            await self._store.add_test(job.event, job.execution)
            self._lanes.offer(job)
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(ended, TEST_SECONDS)
            return replace(job.execution, status=Status.PENDING)
        finally:
            leave()

    async def _retry(self, job: Job) -> None:
        """By the hook's version of then. A hook that was switched off or deleted meanwhile calls nobody any more."""
        compiled = self.hooks.index().by_id.get(job.hook.id)
        if compiled is None or not compiled.hook.definition.enabled:
            await self._dispatcher.cancel(job)
        else:
            await self._dispatcher.run(job)

    async def _switch_off(self, hook_id: int) -> None:
        with contextlib.suppress(NotFound, Conflict):
            await self.hooks.set_enabled(hook_id, False, actor=GONE)

    def _event(self, draft: EventDraft, role: Role, received_at: datetime) -> Event:
        return Event(
            id=draft.id or self._ids.new("evt"),
            type=draft.type,
            role=role,
            occurred_at=draft.occurred_at or received_at,
            received_at=received_at,
            data=draft.data,
        )

    def _explain(self, compiled: CompiledHook, event: Event, at: datetime) -> Decision:
        known = self.catalogue.by_name.get(event.type)
        return explain(compiled, event, at, known.aliases if known else {})

    def _compiled_draft(self, draft: Mapping[str, Json]) -> CompiledHook:
        now = self._now()
        return compile_hook(Hook(id=0, version=0, definition=self.hooks.read(draft), created_at=now, updated_at=now))
