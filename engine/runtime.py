"""The engine: builds the rooms, opens and closes them, and answers what views and routes ask."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from engine.access.audit import Audit
from engine.access.permissions import Permission, acting_roles, refuse, require, require_types, watch_refusals
from engine.actions.endpoint import Endpoint
from engine.actions.http import HttpClient
from engine.actions.internal import InternalApp
from engine.actions.internal.create_task import create_task
from engine.actions.internal.echo import echo
from engine.actions.internal.emit import emit
from engine.actions.internal.notify import notify
from engine.actions.internal.process_lead import process_lead
from engine.actions.internal.record_metric import record_metric
from engine.actions.own_endpoints import OwnEndpoints
from engine.actions.preview import WouldSend, would_send
from engine.actions.request import render, unfilled
from engine.delivery.backlog import Backlog
from engine.delivery.breaker import Breaker
from engine.delivery.continuation import Continuation
from engine.delivery.dispatch import Dispatcher
from engine.delivery.held import Release
from engine.delivery.intake import Pipeline, held_until_open, new_execution
from engine.delivery.lane_settings import AllLaneSettings
from engine.delivery.lanes import Lanes
from engine.delivery.limiter import Limiter
from engine.errors import NotAllowed, StoreUnavailable
from engine.events.bounds import Bounds
from engine.events.catalogue import Catalogue, load_catalogue
from engine.events.draft import EventDraft
from engine.expressions.condition import Condition, ConditionCheck, check, doubts
from engine.expressions.template import TemplateError, template
from engine.feed import Feed
from engine.history.look_back import Insight
from engine.history.replays import Replays
from engine.history.retention import Retention
from engine.history.silence import Silence
from engine.hooks.cases import Cases
from engine.hooks.commands import Hooks, named
from engine.hooks.definition import url_problem
from engine.hooks.timers import Timers
from engine.hooks.watchdog import Watch
from engine.leads.commands import Leads
from engine.messages.mail import SmtpSettings
from engine.messages.mailer import Mailer
from engine.messages.notices import Notices
from engine.metrics.commands import Metrics
from engine.model import (
    Actor,
    Attempt,
    Chain,
    Change,
    Decision,
    DiskUse,
    Event,
    Execution,
    Gate,
    Hook,
    HookType,
    Job,
    Json,
    LaneSettings,
    Page,
    Request,
    Role,
    Run,
    Status,
)
from engine.model.states import FINISHED
from engine.people.accounts import Accounts
from engine.people.api_keys import Keys
from engine.people.credentials import Credentials
from engine.people.directory import People
from engine.people.own_account import OwnAccount
from engine.people.passwords import Passwords
from engine.people.refusals import Refusals
from engine.people.second_factor import SecondFactor
from engine.people.sessions import Sessions
from engine.ports import Accepted, ExecutionQuery, Performed, Store
from engine.privacy.sensitive import Sensitive
from engine.process.clock_watch import ClockWatch
from engine.process.due_sweep import Sweep
from engine.process.ids import Ids
from engine.process.supervisor import Supervisor
from engine.process.ticks import Schedule
from engine.rules.decisions import explain, limited, loosened
from engine.rules.index import CompiledHook, compile_hook
from engine.rules.progress import Passage, course_of
from engine.rules.sequence import names_of
from engine.secrets.chain_marks import ChainMarks
from engine.secrets.headers import as_kept, opened
from engine.secrets.renewal import Sealing
from engine.secrets.vault import Vault
from engine.tasks.commands import Tasks
from engine.tasks.plans import Plans

log = logging.getLogger(__name__)

THREADS = 64
TEST_SECONDS = 60.0
MOST_CHAINED = 200
KEY_USE_SECONDS = 60.0
FINISH_SECONDS = 6.0
MEASURE_SECONDS = 5.0
CLOCK_SECONDS = 1.0
RETENTION_SECONDS = 3_600.0
SILENCE_SECONDS = 300.0
SWEEP_SECONDS = 0.25
INDEX_STEP = 500
INDEX_SECONDS = 1.0
INDEX_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """`public_url` is where browsers and senders reach us, without a slash at the end.

    `most_waiting` events and calls may wait in all; with less than `least_free` bytes of disk nothing is taken.
    Secrets are sealed under the first of `secret_keys`; the others still open what they sealed.
    """

    version: str
    public_url: str = "http://127.0.0.1:8080"
    internal_url: str = "https://internal.ai-sync.com"
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)
    most_waiting: int = 1_000_000
    least_free: int = 256 << 20
    retention_days: int = 30
    data_dir: Path | None = None
    smtp: SmtpSettings | None = None
    secret_keys: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`status` is `accepted` or `duplicate`."""

    id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """`requests` are those that would go out, or with `execution` those that did. `problems` tells, by the index of an
    action, why its request cannot be filled in before the call. `course` is how each action went, or is to go."""

    __test__ = False

    decision: Decision
    requests: tuple[Request, ...]
    execution: Execution | None = None
    problems: Mapping[int, str] = field(default_factory=dict[int, str])
    course: tuple[Passage, ...] = ()


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
        self.vault = Vault(settings.secret_keys)
        self._sealing = Sealing(store, self.vault)
        self._chain_marks = ChainMarks(self.vault.key_for("chains of hooks"))
        self.continuation = Continuation(store, self._chain_marks)
        self.audit = Audit(store, self._now)
        self._refusals = Refusals(self.audit, self._supervisor, monotonic)
        self._leaving = contextlib.ExitStack()
        self.sensitive = Sensitive(store, self.catalogue, self.audit, self._now)
        self.sessions = Sessions(store, self._now)
        passwords, factor = Passwords(), SecondFactor(store, self.vault, self._now)
        credentials = Credentials(store, passwords, factor, self.audit, monotonic)
        self.keys = Keys(store, self.catalogue, self.audit, self._refusals, self._now, monotonic)
        self.accounts = Accounts(
            store, self.sessions, credentials, passwords, self.keys, self.audit, self._now, monotonic
        )
        self.people = People(store, self.sessions, self.audit, self._now, settings.public_url)
        self.own_account = OwnAccount(store, self.sessions, credentials, passwords, factor, self.audit)
        self.hooks = Hooks(store, self.catalogue, self.vault, self.audit, self._now)
        self._backlog = Backlog(
            count=store.backlog,
            disk_use=store.disk_use,
            most_waiting=settings.most_waiting,
            least_free=settings.least_free,
        )
        self.leads = Leads(
            store=store,
            events=store,
            make=self._make,
            catalogue=self.catalogue,
            audit=self.audit,
            ids=self._ids,
            now=self._now,
        )
        self.metrics = Metrics(store=store, make=self._make, audit=self.audit, ids=self._ids, now=self._now)
        built_in = (
            echo,
            emit(self.catalogue, settings.bounds),
            create_task(self.catalogue),
            notify(settings.public_url, mails=settings.smtp is not None),
            process_lead(self.leads.process),
            record_metric(self.metrics.admits),
        )
        self._internal = InternalApp(
            built_in,
            perform=store.perform,
            admit=self._backlog.admit,
            tell=self._tell,
            spawn=self._supervisor.spawn,
            now=self._now,
        )
        folder = settings.data_dir and settings.data_dir / "endpoints"
        self.own_endpoints = OwnEndpoints(self._internal, folder, self.audit)
        internal_host = urlsplit(settings.internal_url).hostname or ""
        self._client = HttpClient(networks=settings.allowed_networks, internal={internal_host: self._internal})
        self.notices = Notices(store, self._now)
        self.watch = Watch(store, self.hooks, self.notices, self._now)
        self.lane_settings = AllLaneSettings(store, self.audit, self._resize)
        self._breaker = Breaker(monotonic)
        self._dispatcher = Dispatcher(
            store=store,
            client=self._client,
            breaker=self._breaker,
            feed=self.feed,
            supervisor=self._supervisor,
            now=self._now,
            draw=random.random,
            version=settings.version,
            secret_of=self.hooks.secret_of,
            settings_of=self.lane_settings.of,
            note=self.watch.note,
            heed=self.watch.heed,
            aliases_of=self._aliases_of,
            new_id=self._ids.new,
            open_secret=self.vault.open,
            mark_chain=self._chain_marks.mark,
        )
        self._lanes = Lanes(
            store=store, run=self._run, breaker=self._breaker, now=self._now, supervisor=self._supervisor
        )
        self._limiter = Limiter(store)
        self._release = Release(store, self._lanes, self.feed, self._now)
        self._pipeline = Pipeline(
            inbox=store,
            store=store,
            lanes=self._lanes,
            limiter=self._limiter,
            publish=self.feed.publish,
            index=self.hooks.index,
            catalogue=self.catalogue,
            ids=self._ids,
            now=self._now,
        )
        self.replays = Replays(
            store=store,
            audit=self.audit,
            executions=store,
            hooks=self.hooks,
            catalogue=self.catalogue,
            lanes=self._lanes,
            release=self._release,
            feed=self.feed,
            ids=self._ids,
            supervisor=self._supervisor,
            now=self._now,
        )
        self.insight = Insight(store, self.hooks, self.catalogue, self._now)
        self.cases = Cases(store, self.hooks, self.catalogue, self._now)
        self._silence = Silence(store, self.hooks, self.insight, self.notices, self._now)
        self._timers = Timers(store, self.hooks, self._ids, self._now)
        self._sweep = Sweep(
            (self._timers, Plans(store, self._ids, self._now)),
            admit=self._backlog.admit,
            offer=self._pipeline.offer,
        )
        self.tasks = Tasks(
            store=store,
            audit=self.audit,
            ids=self._ids,
            now=self._now,
            offer=self._pipeline.offer,
            wake=self._sweep.wake,
        )
        self._retention = Retention(store, settings.retention_days, self._now)
        self._clock = ClockWatch(now=self._now, steady=monotonic, went_back=self._went_back)

    async def open(self) -> None:
        """Opens the store: enough for commands. Raises SecretLost, StoreUnavailable."""
        await self._store.open()
        await self._sealing.check()
        await self.sensitive.load()
        await self.hooks.load()
        self._leaving.callback(watch_refusals(self._refusals.access))

    async def forget_secrets(self) -> int:
        """In place of opening, where the key is lost for good; gives how many secrets were. Raises StoreUnavailable."""
        await self._store.open()
        return await self._sealing.forget()

    async def close(self) -> None:
        self._leaving.close()
        self.insight.close()
        await self._client.close()
        await self._store.close()

    async def start(self) -> None:
        """Opens, and takes up what an earlier process left unfinished."""
        # Names are looked up in these, and a resolver that hangs holds one for a while.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="worker"))
        await self.open()
        if await self._sealing.renew():
            await self.hooks.load()
        await self.lane_settings.load()
        await self.own_endpoints.load()
        await self.watch.load()
        await self.leads.load()
        await self.metrics.load()
        if newest := await self._store.newest_execution():
            self._ids.resume_after(newest[0])
            await self._clock.look_at(newest[1])
        await self._backlog.measure()
        await self._lanes.start()
        self._supervisor.keep(self._pipeline.run, "pipeline")
        self._supervisor.keep(self._release.run, "release")
        self._supervisor.keep(self._watch_clock, "clock")
        if self.settings.smtp:
            mailer = Mailer(
                self._store,
                self.settings.smtp,
                self.notices,
                place=self.settings.public_url,
                now=self._now,
                steady=monotonic,
            )
            self._supervisor.keep(mailer.run, "mails")
        self._supervisor.keep(self.metrics.watch, "limits of metrics")
        self._supervisor.keep(self._index_text, "text of events")
        self._supervisor.keep(self._sweep.run, "what is due")
        await self.replays.start()
        self._schedule.every(KEY_USE_SECONDS, self.keys.note_use)
        self._schedule.every(MEASURE_SECONDS, self._backlog.measure)
        self._schedule.every(SWEEP_SECONDS, self._sweep.look)
        self._schedule.every(RETENTION_SECONDS, self._retention.run)
        self._schedule.every(SILENCE_SECONDS, self._silence.look)
        self._schedule.start()

    async def stop(self) -> None:
        """Calls that run may finish; what is cut off even so, or still waits, is taken up by the next start."""
        self._schedule.stop()
        await self._supervisor.stop(FINISH_SECONDS)
        await self.keys.note_use()
        await self.close()

    async def check(self) -> None:
        """Raises StoreUnavailable where nothing can be stored."""
        await self._store.check()

    async def accept(self, drafts: Sequence[EventDraft], actor: Actor) -> tuple[Receipt, ...]:
        """Returns once they are on disk. The role of an event is that of its sender, whatever it says.

        Raises NotAllowed, Overloaded, StoreUnavailable; then none of them was stored.
        """
        require(actor, Permission.INGEST)
        require_types(actor, {draft.type for draft in drafts})
        self._backlog.admit(len(drafts))
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
        it ran and whatever the time; without, its limits are asked too. Raises NotAllowed, NotFound, InvalidHook.
        """
        require(actor, Permission.TEST)
        if role not in acting_roles(actor):
            refuse(actor, f"test as {role}", f"The role {actor.role} cannot test as {role}.")
        compiled = self.hooks.compiled(draft) if isinstance(draft, int) else self._compiled_draft(draft, actor)
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
        decision = self._explain(loosened(compiled, without, role), event, at)
        execution = new_execution(self._ids.new("exe"), event, hook, at)
        if decision.fired and not send and Gate.LIMITS not in without:
            decision = await self._foreseen(decision, replace(event, test=False), hook)
        if send:
            require(actor, Permission.MANAGE_HOOKS)
            if not decision.fired:
                raise NotAllowed(f"Nothing was sent, since the hook would not fire: {decision.reason}")
            await self.audit.note(
                actor, "hook.tested", named(hook), after={"execution": execution.id, "role": str(role)}
            )
            execution = await self._send_test(Job(execution=execution, event=event, hook=hook))
            requests = tuple(attempt.request for attempt in execution.attempts)
            course = self.course(Job(execution=execution, event=event, hook=hook))
            return TestResult(decision=decision, requests=requests, execution=execution, course=course)
        requests, problems = self._requests(hook, event, execution.id, at)
        course = self.course(Job(execution=execution, event=event, hook=hook))
        return TestResult(decision=decision, requests=requests, problems=problems, course=course)

    async def executions(self, query: ExecutionQuery) -> Page[Execution]:
        """Newest first. Raises InvalidQuery for a cursor that is none."""
        return await self._store.executions(query)

    async def execution(self, execution_id: str) -> Job:
        """With its event and the hook's version of then. Raises NotFound.

        One in shadow has the request that it would have sent, and no response.
        """
        job = await self._store.execution(execution_id)
        if job.execution.status is not Status.SHADOWED:
            return job
        at = job.execution.created_at
        requests, _ = self._requests(job.hook, job.event, execution_id, at)
        would_be = tuple(
            Attempt(number=index + 1, action=index, started_at=at, latency_ms=0.0, request=request)
            for index, request in enumerate(requests)
        )
        return replace(job, execution=replace(job.execution, attempts=would_be))

    async def chain(self, execution_id: str) -> Chain:
        """What it descends from, and what came of it. Raises NotFound."""
        return await self._store.chain(execution_id, MOST_CHAINED)

    async def disk_use(self) -> DiskUse:
        return await self._store.disk_use()

    async def mail_waiting(self) -> int:
        """How many mails wait to be sent."""
        return await self._store.mail_waiting()

    @property
    def waiting(self) -> int:
        """Events and calls that waited when they were counted last, a few seconds ago."""
        return self._backlog.waiting

    def paused_targets(self) -> dict[str, float]:
        """Targets that fail and are left alone, with the seconds until each is tried again."""
        return self._breaker.paused()

    def course(self, job: Job) -> tuple[Passage, ...]:
        """How each of its actions went."""
        return course_of(job, self._aliases_of(job.event.type))

    def explain(self, job: Job) -> Decision:
        """Why it ran, or was held or skipped, as it was decided then."""
        execution = job.execution
        decision = self._explain(compile_hook(job.hook), job.event, execution.created_at)
        return limited(decision, execution.status, execution.reason) if execution.reason else decision

    def check_condition(self, source: str, trigger: str, *, more: Collection[str] = ()) -> ConditionCheck:
        """As one types. `trigger` may be empty, or a type that the catalogue lacks; `more` are names that are known
        besides its fields."""
        return check(source, lambda condition: self._doubts((condition,), trigger, more))

    def check_template(self, source: str, trigger: str, *, more: Collection[str] = ()) -> ConditionCheck:
        """The same of the expressions in an address, a header or a body."""
        try:
            expressions = template(source).expressions
        except TemplateError as error:
            return ConditionCheck(error=str(error))
        return ConditionCheck(warnings=self._doubts(expressions, trigger, more))

    def _doubts(self, read: Iterable[Condition], trigger: str, more: Collection[str]) -> tuple[str, ...]:
        """What is read and no field of the catalogue, nor of what came."""
        known = self.catalogue.by_name.get(trigger)
        if known is None:
            return ()
        names = {*known.fields, *known.aliases, *self.insight.names_seen(trigger), *more}
        return doubts(read, names, known.label)

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Those that answer at the internal host, by path."""
        return tuple(one for _, one in sorted(self._internal.endpoints.items()))

    def preview(self, draft: Mapping[str, Json], index: int, event: Event | None = None) -> WouldSend:
        """What that action of a draft would send for the event, else for the sample of the draft's type; as one types.

        A draft bears the `id` of its hook, if there is one.
        """
        event = event or self._sample(str(draft["trigger"]))
        return would_send(
            draft["actions"][: index + 1],
            event,
            in_turn=draft["run"] != Run.PARALLEL,
            at=self._now(),
            aliases=self._aliases_of(event.type),
            version=self.settings.version,
            secret=self.hooks.secret_of(draft.get("id", 0)),
        )

    def address_of(self, endpoint: Endpoint) -> str:
        return self.settings.internal_url.rstrip("/") + endpoint.path

    def endpoint_at(self, url: str) -> Endpoint | None:
        """The one that answers at an address as a hook has it."""
        if url_problem(url) or not self._client.is_internal(url):
            return None
        return self._internal.endpoints.get(urlsplit(url).path)

    def describe_target(self, url: str) -> str | None:
        """A warning about an address that could be saved; None where there is nothing to warn of."""
        if url_problem(url):
            return None
        if refusal := self._client.refusal(url):
            return refusal
        parts = urlsplit(url)
        if self._client.is_internal(url):
            unknown = "{{" not in parts.path and self.endpoint_at(url) is None
            return self._internal.nowhere(parts.path) if unknown else None
        if parts.scheme == "http":
            return "http is not encrypted: anybody on the way can read what is sent. Use https where you can."
        return None

    def _requests(
        self, hook: Hook, event: Event, webhook_id: str, at: datetime
    ) -> tuple[tuple[Request, ...], Mapping[int, str]]:
        """Those of all actions, none of which has run, and why some of them cannot be filled in."""
        names = names_of(event, at, self._aliases_of(event.type), ())
        requests: list[Request] = []
        problems: dict[int, str] = {}
        for index, action in enumerate(hook.definition.actions):
            try:
                request = render(
                    opened(action, self.vault.open),
                    event,
                    names,
                    webhook_id=webhook_id,
                    at=at,
                    version=self.settings.version,
                    test=event.test,
                    secret=self.hooks.secret_of(hook.id),
                    chain=self._chain_marks.mark(webhook_id, index),
                )
            except TemplateError as error:
                request, problems[index] = unfilled(action), str(error)
            requests.append(as_kept(request, action))
        return tuple(requests), problems

    async def _foreseen(self, decision: Decision, event: Event, hook: Hook) -> Decision:
        """With what the limits would say, were this no test."""
        execution = held_until_open(new_execution("", event, hook, event.received_at), event, hook)
        (job,) = await self._limiter.heed([Job(execution=execution, event=event, hook=hook)])
        foreseen = job.execution
        return limited(decision, foreseen.status, foreseen.reason) if foreseen.reason else decision

    async def _send_test(self, job: Job) -> Execution:
        """By the same dispatcher as any other; the caller waits for the end, in the feed."""
        ended: asyncio.Future[Execution] = asyncio.get_running_loop().create_future()

        def watch(execution: Execution) -> None:
            if execution.id == job.execution.id and execution.status in FINISHED and not ended.done():
                ended.set_result(execution)

        _, leave = self.feed.join(watch)
        try:
            await self._lanes.run_now(job, self._store.add_test(job.event, job.execution))
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(ended, TEST_SECONDS)
            return replace(job.execution, status=Status.PENDING)
        finally:
            leave()

    async def _run(self, job: Job) -> Execution:
        """By the hook's version of then. A hook that was switched off or deleted meanwhile calls nobody any more."""
        compiled = self.hooks.index().by_id.get(job.hook.id)
        definition = compiled and compiled.hook.definition
        if not job.execution.test and (definition is None or not definition.enabled or definition.shadow):
            return await self._dispatcher.cancel(job)
        return await self._dispatcher.run(job)

    def _tell(self, performed: Performed) -> None:
        for accepted in performed.events:
            self._pipeline.offer(accepted)
        for notice in performed.notices:
            self.notices.publish(notice)
        if performed.tasks:
            self.tasks.changed()
        if performed.recorded:
            self.metrics.recorded()

    async def _make(self, changes: Sequence[Change]) -> None:
        self._tell(await self._store.make(changes, self._now()))

    def _resize(self, type: HookType, settings: LaneSettings) -> None:
        self._lanes.resize(type, settings.concurrency)

    async def _index_text(self) -> None:
        """A little after the events, and in small steps: whoever searches meanwhile finds them all the same."""
        while True:
            try:
                indexed = await self._store.index_text(INDEX_STEP)
            except StoreUnavailable as error:
                log.warning("events cannot be indexed, later again: %s", error)
                indexed = 0
            await asyncio.sleep(INDEX_SECONDS if indexed < INDEX_STEP else INDEX_PAUSE_SECONDS)

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(CLOCK_SECONDS)
            await self._clock.look()

    async def _went_back(self, by: timedelta) -> None:
        self._schedule.clock_went_back()
        await self._store.advance_due(by)
        await self._timers.clock_went_back(by)

    def _event(self, draft: EventDraft, role: Role, received_at: datetime) -> Event:
        return Event(
            id=draft.id or self._ids.new("evt"),
            type=draft.type,
            role=role,
            occurred_at=draft.occurred_at or received_at,
            received_at=received_at,
            data=draft.data,
            attributes=draft.attributes,
            test=draft.test,
            chain=draft.chain,
        )

    def _sample(self, type: str) -> Event:
        known, at = self.catalogue.by_name.get(type), self._now()
        data: Mapping[str, Json] = known.sample if known else {}
        return Event(id="evt_…", type=type, role=Role.AGENT, occurred_at=at, received_at=at, data=data)

    def _explain(self, compiled: CompiledHook, event: Event, at: datetime) -> Decision:
        return explain(compiled, event, at, self._aliases_of(event.type))

    def _aliases_of(self, type: str) -> Mapping[str, str]:
        known = self.catalogue.by_name.get(type)
        return known.aliases if known else {}

    def _compiled_draft(self, draft: Mapping[str, Json], actor: Actor) -> CompiledHook:
        now, definition = self._now(), self.hooks.read(draft, actor=actor)
        return compile_hook(Hook(id=0, version=0, definition=definition, created_at=now, updated_at=now))
