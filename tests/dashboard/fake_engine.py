"""The real engine on a store that lives in memory: quick, complete, and forgotten with the test.

`await fake_engine()` gives one that runs, with the hooks of `HOOKS`; `await engine.stop()` ends it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from pwdlib import PasswordHash

from engine import (
    Actor,
    ApiKey,
    Conflict,
    Engine,
    EngineSettings,
    Event,
    Execution,
    ExecutionQuery,
    Hook,
    HookDefinition,
    HookStats,
    HookType,
    HookVersion,
    InvalidAccount,
    InvalidHook,
    Job,
    Json,
    NotFound,
    Page,
    Role,
    Status,
    User,
)
from engine.actions.http import parse_networks
from engine.ports import Accepted, Decided, HookSet, Progress

ADMIN = Actor(kind="user", id=1, name="ada@example.com", role=Role.ADMIN)
MANAGER = Actor(kind="user", id=2, name="mia@example.com", role=Role.MANAGER)
USER = Actor(kind="user", id=3, name="uli@example.com", role=Role.USER)
PASSWORD = "correct horse battery staple"
NOW = datetime(2025, 9, 9, 14, 27, tzinfo=UTC)
ECHO = "https://internal.ai-sync.com/echo"

HOOKS: tuple[dict[str, Json], ...] = (
    {
        "title": "Lead Qualification",
        "description": "Automatically qualifies leads based on call sentiment and duration",
        "trigger": "call.ended",
        "condition": 'call_duration > 60 and sentiment == "positive"',
        "filters": {"match": "all", "rows": [{"field": "country", "operator": "is", "value": "US"}]},
        "type": "lead_processing",
        "role": "agent",
        "actions": [{"url": ECHO, "method": "POST", "headers": {"X-Team": "sales"}, "body": None}],
    },
    {
        "title": "Follow-up Scheduler",
        "trigger": "lead.score_changed",
        "condition": "lead_score >= 80",
        "enabled": False,
        "type": "workflow",
        "role": "user",
        "actions": [{"url": "https://app.hookk.com/webhook", "method": "PUT", "headers": {}, "body": None}],
    },
    {
        "title": "CRM sync",
        "trigger": "appointment.scheduled",
        "type": "crm_integration",
        "role": "manager",
        "actions": [
            {"url": "https://api.yourcrm.com/webhook/leads", "method": "POST", "headers": {}, "body": None},
        ],
    },
)


async def fake_engine(*hooks: Mapping[str, Json], seed: bool = True, networks: str = "127.0.0.0/8") -> Engine:
    """Running, with Ada, Mia and Uli (`PASSWORD`), and with these hooks, or those of `HOOKS`."""
    settings = EngineSettings(version="0.0.0", allowed_networks=parse_networks(networks))
    store = MemoryStore()
    engine = Engine(store, settings)
    await engine.start()
    if seed:
        for actor in (ADMIN, MANAGER, USER):
            await store.add_user(email=actor.name, role=actor.role, password_hash=_password_hash(), at=NOW)
        for raw in hooks or HOOKS:
            await engine.hooks.save(raw, actor=ADMIN)
    return engine


@cache
def _password_hash() -> str:
    """Once: it is made to be slow."""
    return PasswordHash.recommended().hash(PASSWORD)


@dataclass
class MemoryStore:
    """The ports, by dictionaries."""

    revision: int = 0
    versions: dict[int, list[HookVersion]] = field(default_factory=dict)
    events: dict[str, Accepted] = field(default_factory=dict)
    decided: set[int] = field(default_factory=set)
    jobs: dict[str, Job] = field(default_factory=dict)
    users: dict[int, tuple[User, str]] = field(default_factory=dict)
    sessions: dict[bytes, tuple[int, datetime]] = field(default_factory=dict)
    api_keys: dict[int, tuple[ApiKey, bytes]] = field(default_factory=dict)

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def check(self) -> None: ...

    async def append(self, events: Sequence[Event]) -> list[int | None]:
        seqs: list[int | None] = []
        for event in events:
            new = event.id not in self.events
            seqs.append(len(self.events) + 1 if new else None)
            if new:
                self.events[event.id] = Accepted(seq=len(self.events) + 1, event=event)
        return seqs

    async def undecided(self, after: int, limit: int) -> list[Accepted]:
        found = [one for one in self.events.values() if one.seq > after and one.seq not in self.decided]
        return found[:limit]

    async def hook_set(self) -> HookSet:
        hooks = tuple(self._hook(hook_id) for hook_id, kept in self.versions.items() if not kept[-1].deleted)
        return HookSet(revision=self.revision, hooks=hooks)

    async def save_hook(
        self, definition: HookDefinition, *, hook_id: int | None, expected: int | None, actor: Actor, at: datetime
    ) -> tuple[Hook, int]:
        for number, kept in self.versions.items():
            if number != hook_id and not kept[-1].deleted and kept[-1].definition.key == definition.key:
                raise InvalidHook({"key": "Another hook has this key."})
        if hook_id is None:
            hook_id = len(self.versions) + 1
            self.versions[hook_id] = []
        else:
            self._expect(hook_id, expected)
        return self._add(hook_id, definition, actor, at, deleted=False)

    async def delete_hook(self, hook_id: int, *, expected: int | None, actor: Actor, at: datetime) -> int:
        self._expect(hook_id, expected)
        return self._add(hook_id, self.versions[hook_id][-1].definition, actor, at, deleted=True)[1]

    async def restore_hook(self, hook_id: int, *, actor: Actor, at: datetime) -> tuple[Hook, int]:
        if hook_id not in self.versions:
            raise NotFound("hook", hook_id)
        return self._add(hook_id, self.versions[hook_id][-1].definition, actor, at, deleted=False)

    async def hook_versions(self, hook_id: int) -> list[HookVersion]:
        if hook_id not in self.versions:
            raise NotFound("hook", hook_id)
        return self.versions[hook_id][::-1]

    async def hook_stats(self, now: datetime) -> dict[int, HookStats]:
        stats: dict[int, HookStats] = {}
        for job in self.jobs.values():
            execution = job.execution
            if execution.test:
                continue
            one = stats.get(execution.hook_id, HookStats())
            last = max(filter(None, (one.last_hit_at, execution.created_at)))
            recent = execution.finished_at and execution.finished_at > now - timedelta(days=1)
            stats[execution.hook_id] = HookStats(
                hits=one.hits + 1,
                last_hit_at=last,
                succeeded=one.succeeded + bool(recent and execution.status is Status.SUCCEEDED),
                failed=one.failed + bool(recent and execution.status is Status.FAILED),
            )
        return stats

    async def decide(self, decided: Sequence[Decided]) -> None:
        events = {one.seq: one.event for one in self.events.values()}
        for one in decided:
            if one.seq in self.decided:
                continue
            self.decided.add(one.seq)
            for execution in one.executions:
                self._keep(execution, events[one.seq])

    async def add_test(self, event: Event, execution: Execution) -> None:
        self._keep(execution, event)

    async def start(self, execution_ids: Sequence[str]) -> None:
        for execution_id in execution_ids:
            job = self.jobs[execution_id]
            if job.execution.status in {Status.PENDING, Status.RETRYING}:
                self.jobs[execution_id] = replace(job, execution=replace(job.execution, status=Status.RUNNING))

    async def record(self, progress: Progress) -> None:
        execution = progress.execution
        self.jobs[execution.id] = replace(self.jobs[execution.id], execution=execution)

    async def unfinished(self, type: HookType, after: str, limit: int) -> list[Job]:
        waiting = {Status.PENDING, Status.RUNNING}
        found = [job for job in self.jobs.values() if job.execution.hook_type is type]
        found = [job for job in found if job.execution.id > after and job.execution.status in waiting]
        return sorted(found, key=lambda job: job.execution.id)[:limit]

    async def executions(self, query: ExecutionQuery) -> Page[Execution]:
        found = [job.execution for job in self.jobs.values()]
        for name in ("hook_id", "event_id", "status", "test"):
            if (wanted := getattr(query, name)) is not None:
                found = [one for one in found if getattr(one, name) == wanted]
        if query.type is not None:
            found = [one for one in found if one.hook_type is query.type]
        if query.cursor:
            found = [one for one in found if one.id < query.cursor]
        found.sort(key=lambda one: one.id, reverse=True)
        items = tuple(found[: query.limit])
        return Page(items=items, next=items[-1].id if len(found) > query.limit else None)

    async def execution(self, execution_id: str) -> Job:
        if execution_id not in self.jobs:
            raise NotFound("execution", execution_id)
        return self.jobs[execution_id]

    async def has_admin(self) -> bool:
        return any(user.role is Role.ADMIN for user, _ in self.users.values())

    async def add_user(self, *, email: str, role: Role, password_hash: str, at: datetime) -> User:
        if await self.user_by_email(email):
            raise InvalidAccount("email", "There is a user with this address already.")
        user = User(id=len(self.users) + 1, email=email, role=role, created_at=at)
        self.users[user.id] = (user, password_hash)
        return user

    async def user_by_email(self, email: str) -> tuple[User, str] | None:
        return next((pair for pair in self.users.values() if pair[0].email.lower() == email.lower()), None)

    async def add_session(self, *, token_hash: bytes, user_id: int, at: datetime, expires_at: datetime) -> None:
        self.sessions[token_hash] = (user_id, expires_at)

    async def session_user(self, token_hash: bytes, now: datetime) -> User | None:
        user_id, expires_at = self.sessions.get(token_hash, (0, now))
        return self.users[user_id][0] if expires_at > now and not self.users[user_id][0].disabled else None

    async def end_session(self, token_hash: bytes) -> None:
        self.sessions.pop(token_hash, None)

    async def add_key(self, *, name: str, role: Role, prefix: str, key_hash: bytes, at: datetime) -> ApiKey:
        key = ApiKey(id=len(self.api_keys) + 1, name=name, role=role, prefix=prefix, created_at=at)
        self.api_keys[key.id] = (key, key_hash)
        return key

    async def key_by_hash(self, key_hash: bytes) -> ApiKey | None:
        return next(
            (key for key, known in self.api_keys.values() if known == key_hash and key.revoked_at is None), None
        )

    async def keys(self) -> list[ApiKey]:
        return [key for key, _ in self.api_keys.values()]

    async def revoke_key(self, key_id: int, at: datetime) -> None:
        key, key_hash = self.api_keys[key_id]
        self.api_keys[key_id] = (replace(key, revoked_at=at), key_hash)

    async def touch_keys(self, used: Sequence[tuple[int, datetime]]) -> None:
        for key_id, at in used:
            key, key_hash = self.api_keys[key_id]
            self.api_keys[key_id] = (replace(key, last_used_at=at), key_hash)

    def _keep(self, execution: Execution, event: Event) -> None:
        self.jobs[execution.id] = Job(execution=execution, event=event, hook=self._hook(execution.hook_id))

    def _hook(self, hook_id: int) -> Hook:
        first, last = self.versions[hook_id][0], self.versions[hook_id][-1]
        return Hook(
            id=hook_id,
            version=last.version,
            definition=last.definition,
            created_at=first.saved_at,
            updated_at=last.saved_at,
        )

    def _expect(self, hook_id: int, expected: int | None) -> None:
        kept = self.versions.get(hook_id)
        if not kept or kept[-1].deleted:
            raise NotFound("hook", hook_id)
        if expected is not None and kept[-1].version != expected:
            raise Conflict("hook", hook_id, kept[-1].version)

    def _add(
        self, hook_id: int, definition: HookDefinition, actor: Actor, at: datetime, *, deleted: bool
    ) -> tuple[Hook, int]:
        kept = self.versions[hook_id]
        kept.append(
            HookVersion(
                hook_id=hook_id,
                version=len(kept) + 1,
                definition=definition,
                saved_at=at,
                saved_by=actor.name,
                deleted=deleted,
            )
        )
        self.revision += 1
        return self._hook(hook_id), self.revision
