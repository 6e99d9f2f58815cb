"""The engine's ports on a SQL database. Reads run in a few threads, everything that changes goes to the one writer."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from engine.errors import StoreUnavailable
from engine.model import (
    Actor,
    ApiKey,
    AuditEntry,
    Chain,
    Change,
    DiskUse,
    Effects,
    Event,
    Execution,
    Hook,
    HookCase,
    HookDefinition,
    HookHealth,
    HookStats,
    HookType,
    HookVersion,
    Job,
    Json,
    KeySettings,
    LaneSettings,
    Mail,
    Notice,
    OneTimeLink,
    Page,
    Plan,
    Replay,
    ReplayQuery,
    Role,
    SigningSecret,
    Status,
    Task,
    User,
)
from engine.model import Session as Signed
from engine.model.leads import Lead, LeadChange, LeadQuery, LeadRules, SavedRules
from engine.model.metrics import Bucket, SavedLimit, Series, Standing, Window
from engine.ports import (
    Accepted,
    AuditQuery,
    DecidedEvent,
    Due,
    EventQuery,
    ExecutionQuery,
    Firing,
    HookSet,
    Performed,
    Progress,
    Recorded,
    Runs,
    RunsQuery,
    TaskQuery,
    Timer,
    TimerRun,
)
from storage import migrate, sqlite
from storage.queries import (
    accounts,
    audit,
    executions,
    found,
    history,
    hooks,
    keys,
    leads,
    limits,
    mails,
    metrics,
    people,
    plans,
    replays,
    sealed,
    settings,
    tasks,
    timers,
    upkeep,
)
from storage.queries import effects as inner
from storage.queries import events as inbox
from storage.queries.chains import chain
from storage.tables import OneTimeLinkRow, SessionRow, UserRow
from storage.writer import Writer

MOST_INDEXED_FIRST = 2_000

P = ParamSpec("P")
R = TypeVar("R")


class Source:
    """An EventSource on the same database."""

    def __init__(self, url: str) -> None:
        self._url = url

    def latest(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        with Session(_reader_of(self._url)) as session:
            return history.latest(session, type, before, limit)


@lru_cache(1)
def _reader_of(url: str) -> SqlEngine:
    return sqlite.read_engine(url)


class SqlStore:
    def __init__(self, url: str) -> None:
        """`url` as SQLAlchemy writes it, such as `sqlite:///data/trigger-hooks.db`."""
        self._url = url
        self._write_engine = sqlite.write_engine(url)
        self._read_engine = sqlite.read_engine(url)
        self._readers = ThreadPoolExecutor(sqlite.READERS, thread_name_prefix="reader")
        self._writer = Writer(self._write_engine)

    async def open(self) -> None:
        await self._in_thread(partial(sqlite.make_folder, self._url))
        try:
            await self._in_thread(partial(migrate.upgrade, self._write_engine))
        except (DBAPIError, sqlite3.Error) as error:
            raise StoreUnavailable(f"The database cannot be opened: {getattr(error, 'orig', error)}.") from error
        self._writer.start()

    async def close(self) -> None:
        """What was submitted before is still stored."""
        await self._writer.stop()
        await asyncio.to_thread(self._release)

    async def check(self) -> None:
        await self._writer.submit(_probe, None)

    async def append(self, events: Sequence[Event]) -> list[int | None]:
        return await self._writer.submit(inbox.append, events, refusable=True)

    async def undecided(self, limit: int, without: Set[int]) -> list[Accepted]:
        return await self._read(inbox.undecided, limit, without)

    def source(self) -> "Source":
        return Source(self._url)

    async def events(self, query: EventQuery) -> Page[Recorded]:
        if query.text:
            await self._bring_text_up_to_date()
        return await self._read(history.page, query)

    async def event(self, event_id: str) -> Recorded:
        return await self._read(history.one, event_id)

    async def events_by_id(self, ids: Sequence[str]) -> dict[str, Event]:
        return await self._read(history.by_id, ids)

    async def latest_events(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        return await self._read(history.latest, type, before, limit)

    async def hooks_as_of(self, revision: int, trigger: str) -> list[Hook]:
        return await self._read(hooks.as_of, revision, trigger)

    async def index_text(self, limit: int) -> int:
        return await self._write(history.index_text, limit)

    async def hook_set(self) -> HookSet:
        return await self._read(hooks.hook_set)

    async def save_hook(
        self,
        definition: HookDefinition,
        *,
        hook_id: int | None,
        expected: int | None,
        actor: Actor,
        at: datetime,
        secret: str,
        next_at: datetime | None = None,
    ) -> tuple[Hook, int]:
        order = hooks.Save(
            definition=definition,
            hook_id=hook_id,
            expected=expected,
            actor=actor,
            at=at,
            secret=secret,
            next_at=next_at,
        )
        return await self._write(hooks.save, order)

    async def set_secret(self, hook_id: int, secret: SigningSecret) -> None:
        await self._write(hooks.set_secret, hook_id, secret)

    async def delete_hook(self, hook_id: int, *, expected: int | None, actor: Actor, at: datetime) -> int:
        return await self._write(hooks.delete, hook_id, expected, actor, at)

    async def restore_hook(
        self, hook_id: int, *, actor: Actor, at: datetime, next_at: datetime | None = None
    ) -> tuple[Hook, int]:
        return await self._write(hooks.restore, hook_id, actor, at, next_at)

    async def hook_versions(self, hook_id: int) -> list[HookVersion]:
        return await self._read(hooks.versions, hook_id)

    async def cases(self, hook_id: int) -> list[HookCase]:
        return await self._read(hooks.cases, hook_id)

    async def add_case(self, case: HookCase) -> HookCase:
        return await self._write(hooks.add_case, case)

    async def delete_case(self, hook_id: int, case_id: int) -> None:
        await self._write(hooks.delete_case, hook_id, case_id)

    async def hits_among(self, hook_id: int, before: datetime, events: int) -> tuple[int, int]:
        return await self._read(hooks.hits_among, hook_id, before, events)

    async def hook_stats(self, now: datetime) -> dict[int, HookStats]:
        return await self._read(hooks.stats, now)

    async def decide(self, decided: Sequence[DecidedEvent]) -> None:
        await self._writer.submit(executions.decide, decided)

    async def add_test(self, event: Event, execution: Execution) -> None:
        await self._writer.submit(executions.add_test, (event, execution))

    async def add_execution(self, execution: Execution) -> None:
        await self._writer.submit(executions.add, execution)

    async def start(self, progress: Progress) -> None:
        await self._writer.submit(executions.start, progress)

    async def record(self, progress: Progress) -> None:
        await self._writer.submit(executions.record, progress)

    async def cancel(self, execution: Execution) -> None:
        await self._writer.submit(executions.cancel, execution)

    async def runs(self, queries: Sequence[RunsQuery]) -> list[Runs]:
        return await self._read(limits.runs, queries)

    async def reasons(self, event_id: str) -> dict[int, tuple[Status, str]]:
        return await self._read(limits.reasons, event_id)

    async def skipped_since(self, hook_id: int, since: datetime) -> bool:
        return await self._read(limits.skipped_since, hook_id, since)

    async def held(self, now: datetime, limit: int) -> list[Job]:
        return await self._read(limits.held, now, limit)

    async def release(self, execution_ids: Sequence[str]) -> list[str]:
        return await self._write(limits.release, execution_ids)

    async def put_back(self) -> None:
        await self._write(executions.put_back)

    async def pending(self, hook_id: int, limit: int, without: Set[str]) -> list[Job]:
        return await self._read(executions.pending, hook_id, limit, without)

    async def hooks_with_pending(self) -> list[int]:
        return await self._read(executions.hooks_with_pending)

    async def first_in_line(self, hook_id: int, entity: str) -> Job | None:
        return await self._read(executions.first_in_line, hook_id, entity)

    async def due(self, hook_id: int, now: datetime, limit: int) -> list[Job]:
        return await self._read(executions.due, hook_id, now, limit)

    async def hooks_with_due(self, now: datetime) -> list[int]:
        return await self._read(executions.hooks_with_due, now)

    async def advance_due(self, by: timedelta) -> None:
        await self._write(executions.advance_due, by)

    async def newest_execution(self) -> tuple[str, datetime] | None:
        return await self._read(executions.newest)

    async def backlog(self) -> int:
        return await self._read(executions.backlog)

    async def count_pairs(self, query: ReplayQuery, last: int, hooks: Set[int]) -> int:
        return await self._read(replays.count_pairs, query, last, hooks)

    async def last_seq(self, query: ReplayQuery) -> int:
        return await self._read(replays.last_seq, query)

    async def pairs(
        self, query: ReplayQuery, after: int, last: int, hooks: Set[int], limit: int
    ) -> list[tuple[int, Job]]:
        return await self._read(replays.pairs, query, after, last, hooks, limit)

    async def passed(self, query: ReplayQuery, trigger: str, after: int, last: int, limit: int) -> list[Recorded]:
        return await self._read(replays.passed, query, trigger, after, last, limit)

    async def add_replay(self, replay: Replay) -> Replay:
        return await self._write(replays.add, replay)

    async def step_replay(self, replay: Replay, executions: Sequence[Execution]) -> bool:
        return await self._writer.submit(replays.step, (replay, executions))

    async def stop_replay(self, replay_id: int, at: datetime) -> Replay:
        return await self._write(replays.stop, replay_id, at)

    async def replay(self, replay_id: int) -> Replay:
        return await self._read(replays.one, replay_id)

    async def replays(self, limit: int) -> list[Replay]:
        return await self._read(replays.newest, limit)

    async def add_task(self, task: Task, plans: Sequence[Plan], event: Event) -> int | None:
        return await self._write(tasks.add, task, plans, event)

    async def save_task(self, task: Task, plans: Sequence[Plan], deleted_at: datetime | None = None) -> None:
        await self._write(tasks.save, task, plans, deleted_at)

    async def task(self, task_id: str, *, deleted: bool = False) -> Task:
        return await self._read(tasks.one, task_id, deleted=deleted)

    async def tasks(self, query: TaskQuery) -> Page[Task]:
        return await self._read(tasks.page, query)

    async def task_people(self, limit: int) -> list[str]:
        return await self._read(tasks.people, limit)

    async def due_plans(self, now: datetime, limit: int, without: Set[int]) -> list[Due]:
        return await self._read(plans.due, now, limit, without)

    async def due_timers(self, now: datetime, limit: int) -> list[Timer]:
        return await self._read(timers.due, now, limit)

    async def run_timers(self, runs: Sequence[TimerRun]) -> list[int | None]:
        return await self._write(timers.run, runs)

    async def timers(self) -> list[Timer]:
        return await self._read(timers.all_timers)

    async def fire(self, firings: Sequence[Firing]) -> list[int | None]:
        return await self._write(plans.fire, firings)

    async def add_notice(self, notice: Notice) -> Notice:
        return await self._write(upkeep.add_notice, notice)

    async def notices(self, limit: int, before: int | None = None, role: Role | None = None) -> list[Notice]:
        return await self._read(upkeep.notices, limit, before, role)

    async def unread(self, user_id: int, role: Role) -> int:
        return await self._read(upkeep.unread, user_id, role)

    async def mark_read(self, user_id: int, seq: int) -> None:
        await self._write(upkeep.mark_read, user_id, seq)

    async def mail_due(self, now: datetime, limit: int) -> list[str]:
        return await self._read(mails.due, now, limit)

    async def mail_for(self, address: str, now: datetime, limit: int) -> list[Mail]:
        return await self._read(mails.due_to, address, now, limit)

    async def put_off_mail(self, seq: int, due_at: datetime) -> None:
        await self._write(mails.put_off, seq, due_at)

    async def drop_mail(self, seqs: Sequence[int]) -> None:
        await self._write(mails.drop, seqs)

    async def mail_waiting(self) -> int:
        return await self._read(mails.waiting)

    async def perform(self, execution_id: str, action: int, effects: Effects, at: datetime) -> Performed:
        return await self._write(inner.perform, execution_id, action, effects, at)

    async def make(self, changes: Sequence[Change], at: datetime) -> Performed:
        return await self._write(inner.make, changes, at)

    async def add_audit(self, entry: AuditEntry) -> None:
        await self._write(audit.add, entry)

    async def audit(self, query: AuditQuery) -> Page[AuditEntry]:
        return await self._read(audit.page, query)

    async def audit_areas(self) -> list[str]:
        return await self._read(audit.areas)

    async def audit_actors(self) -> list[str]:
        return await self._read(audit.actors)

    async def lane_settings(self) -> dict[HookType, LaneSettings]:
        return await self._read(upkeep.lane_settings)

    async def save_lane(self, type: HookType, settings: LaneSettings) -> None:
        await self._write(upkeep.save_lane, type, settings)

    async def hook_health(self) -> dict[int, HookHealth]:
        return await self._read(hooks.health)

    async def save_health(self, hook_id: int, health: HookHealth) -> None:
        await self._write(hooks.save_health, hook_id, health)

    async def forget(
        self, before: datetime, failed_before: datetime, after: tuple[int, int], limit: int
    ) -> tuple[int, int] | None:
        """What may go is looked for beside the writer, which then takes away no more than that."""
        going, empty = await self._read(upkeep.old, before, failed_before, after, limit)
        if not going and not empty:
            return None
        await self._write(upkeep.take_away, going, empty)
        return (going[-1][0] if going else after[0], empty[-1] if empty else after[1])

    async def tidy(self, before: datetime, now: datetime) -> None:
        await self._write(upkeep.tidy, before, now)

    async def disk_use(self) -> DiskUse:
        return await asyncio.to_thread(sqlite.disk_use, self._url)

    async def setting(self, name: str) -> Json:
        return await self._read(settings.get, name)

    async def save_setting(self, name: str, value: Json) -> None:
        await self._write(settings.put, name, value)

    async def reseal(
        self, secret: Callable[[str], str], definition: Callable[[HookDefinition], HookDefinition]
    ) -> None:
        for part in sealed.PARTS:
            after: int | None = 0
            while after is not None:
                after = await self._write(sealed.step, part, after, sealed.Renewal(secret, definition))
        await self._in_thread(partial(sqlite.empty_log, self._url))

    async def executions(self, query: ExecutionQuery) -> Page[Execution]:
        if query.text:
            await self._bring_text_up_to_date()
            return await self._read(found.page, query)
        return await self._read(executions.page, query)

    async def execution(self, execution_id: str) -> Job:
        return await self._read(executions.one, execution_id)

    async def chain(self, execution_id: str, most: int) -> Chain:
        return await self._read(chain, execution_id, most)

    async def has_admin(self) -> bool:
        return await self._read(accounts.has_admin)

    async def add_user(self, *, email: str, role: Role, password_hash: str, at: datetime) -> User:
        row = UserRow(
            email=email,
            email_folded=email.casefold(),
            role=role.value,
            password_hash=password_hash,
            created_at=at,
        )
        return await self._write(accounts.add_user, row)

    async def user_by_email(self, email: str) -> tuple[User, str] | None:
        return await self._read(accounts.user_by_email, email)

    async def add_session(self, token_hash: bytes, session: Signed) -> None:
        row = SessionRow(
            token_hash=token_hash,
            user_id=session.user.id,
            created_at=session.created_at,
            expires_at=session.expires_at,
            last_seen_at=session.last_seen_at,
            address=session.address,
            device=session.device,
        )
        await self._write(accounts.add_session, row)

    async def session(self, token_hash: bytes) -> Signed | None:
        return await self._read(accounts.session, token_hash)

    async def sessions_of(self, user_id: int) -> list[tuple[bytes, Signed]]:
        return await self._read(accounts.sessions_of, user_id)

    async def set_password_hash(self, user_id: int, password_hash: str) -> None:
        await self._write(accounts.set_password_hash, user_id, password_hash)

    async def touch_session(self, token_hash: bytes, at: datetime) -> None:
        await self._write(accounts.touch_session, token_hash, at)

    async def end_sessions(self, token_hashes: Sequence[bytes]) -> None:
        await self._write(accounts.end_sessions, token_hashes)

    async def end_sessions_of(self, user_id: int, but: bytes | None) -> None:
        await self._write(accounts.end_sessions_of, user_id, but)

    async def users(self, limit: int, after: int) -> list[User]:
        return await self._read(people.users, limit, after)

    async def user(self, user_id: int) -> User:
        return await self._read(people.user, user_id)

    async def change_user(
        self, user_id: int, *, role: Role | None, disabled: bool | None, at: datetime
    ) -> tuple[User, User]:
        return await self._write(people.change, user_id, role, disabled, at)

    async def withdraw_user(self, user_id: int) -> User:
        return await self._write(people.withdraw, user_id)

    async def set_link(self, user_id: int, token_hash: bytes, expires_at: datetime, *, drop: bool) -> None:
        row = OneTimeLinkRow(user_id=user_id, token_hash=token_hash, expires_at=expires_at, drops_second_factor=drop)
        await self._write(people.set_link, row)

    async def link(self, token_hash: bytes) -> OneTimeLink | None:
        return await self._read(people.link, token_hash)

    async def use_link(self, token_hash: bytes, password_hash: str, now: datetime) -> User | None:
        return await self._write(people.use_link, token_hash, password_hash, now)

    async def second_factor(self, user_id: int) -> str | None:
        return await self._read(people.second_factor, user_id)

    async def set_second_factor(self, user_id: int, secret: str, step: int, codes: Sequence[bytes]) -> None:
        await self._write(people.set_second_factor, user_id, secret, step, codes)

    async def drop_second_factor(self, user_id: int) -> None:
        await self._write(people.drop_second_factor, user_id)

    async def take_step(self, user_id: int, step: int) -> bool:
        return await self._write(people.take_step, user_id, step)

    async def set_recovery_codes(self, user_id: int, codes: Sequence[bytes]) -> None:
        await self._write(people.set_recovery_codes, user_id, codes)

    async def take_recovery_code(self, user_id: int, code: bytes) -> bool:
        return await self._write(people.take_recovery_code, user_id, code)

    async def recovery_codes(self, user_id: int) -> int:
        return await self._read(people.recovery_codes, user_id)

    async def add_key(self, key: ApiKey, key_hash: bytes) -> ApiKey:
        return await self._write(keys.add, key, key_hash)

    async def key(self, key_id: int) -> ApiKey:
        return await self._read(keys.one, key_id)

    async def key_by_hash(self, key_hash: bytes) -> ApiKey | None:
        return await self._read(keys.by_hash, key_hash)

    async def keys(self, limit: int, cursor: str | None) -> Page[ApiKey]:
        return await self._read(keys.page, limit, cursor)

    async def change_key(self, key_id: int, settings: KeySettings) -> None:
        await self._write(keys.change, key_id, settings)

    async def roll_key(self, old_id: int, key: ApiKey, key_hash: bytes, *, until: datetime) -> ApiKey:
        return await self._write(keys.roll, old_id, key, key_hash, until)

    async def revoke_key(self, key_id: int, at: datetime) -> None:
        await self._write(keys.revoke, key_id, at)

    async def touch_keys(self, used: Mapping[int, tuple[datetime, str]]) -> None:
        await self._write(keys.touch, used)

    async def lead(self, lead_id: int) -> Lead:
        return await self._read(leads.one, lead_id)

    async def lead_by_key(self, key: str) -> Lead | None:
        return await self._read(leads.by_key, key)

    async def leads(self, query: LeadQuery) -> Page[Lead]:
        return await self._read(leads.page, query)

    async def lead_changes(self, lead_id: int) -> list[LeadChange]:
        return await self._read(leads.changes, lead_id)

    async def lead_events(self, lead_id: int, limit: int, cursor: str | None) -> Page[Recorded]:
        return await self._read(leads.events, lead_id, limit, cursor)

    async def latest_lead_events(self, limit: int) -> list[Recorded]:
        return await self._read(leads.latest_events, limit)

    async def lead_rules(self) -> SavedRules | None:
        return await self._read(leads.rules)

    async def save_lead_rules(self, rules: LeadRules, *, expected: int | None, by: str, at: datetime) -> SavedRules:
        return await self._write(leads.save_rules, rules, expected, by, at)

    async def series(self) -> list[Series]:
        return await self._read(metrics.all_series)

    async def buckets(self, series_ids: Sequence[int], window: Window, now: datetime) -> dict[int, list[Bucket]]:
        return await self._read(metrics.buckets, series_ids, window, now)

    async def over(self, metric: str, minutes: int, now: datetime) -> dict[int, Bucket]:
        return await self._read(metrics.over, metric, minutes, now)

    async def limits(self) -> list[SavedLimit]:
        return await self._read(metrics.limits)

    async def save_limit(self, saved: SavedLimit) -> SavedLimit:
        return await self._write(metrics.save_limit, saved)

    async def delete_limit(self, limit_id: int) -> None:
        await self._write(metrics.delete_limit, limit_id)

    async def standings(self) -> list[Standing]:
        return await self._read(metrics.standings)

    async def forget_metrics(self, now: datetime, before: datetime) -> None:
        await self._write(metrics.forget, now, before)

    async def _bring_text_up_to_date(self) -> None:
        """What the index lacks of the newest events. Where the disk refuses, the search goes on without them."""
        with suppress(StoreUnavailable):
            await self.index_text(MOST_INDEXED_FIRST)

    def _release(self) -> None:
        """The writing connection last: whoever closes last brings the log into the file."""
        self._readers.shutdown()
        self._read_engine.dispose()
        self._write_engine.dispose()

    async def _write(self, edit: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """An edit by a session of its own, in the writer's transaction."""

        def work(session: Session) -> R:
            return edit(session, *args, **kwargs)

        return await self._writer.submit(_edit, work)

    async def _read(self, ask: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        def work() -> R:
            with Session(self._read_engine) as session:
                return ask(session, *args, **kwargs)

        return await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], R]) -> R:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, work)
        except DBAPIError as error:
            raise StoreUnavailable(f"The database refuses: {error.orig}.") from error


def _edit(connection: Connection, edits: Sequence[Callable[[Session], Any]]) -> list[Any]:
    results: list[Any] = []
    for edit in edits:
        with Session(connection, expire_on_commit=False, join_transaction_mode="conditional_savepoint") as session:
            results.append(edit(session))
            session.flush()
    return results


def _probe(connection: Connection, probes: Sequence[None]) -> list[None]:
    """Takes the write lock and writes a page, which changes nothing."""
    connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
    return list(probes)
