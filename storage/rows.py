"""Rows to nouns and back. JSON is written by orjson; a hook's definition is read by pydantic."""

from typing import Any, cast

import orjson
from pydantic import TypeAdapter

from engine.model import (
    Actor,
    ApiKey,
    Attempt,
    AttemptError,
    AuditEntry,
    ErrorClass,
    Event,
    Execution,
    Hook,
    HookCase,
    HookDefinition,
    HookHealth,
    HookType,
    HookVersion,
    Json,
    KeySettings,
    LaneSettings,
    Link,
    Mail,
    Method,
    Notice,
    Replay,
    ReplayQuery,
    ReplayState,
    Request,
    Response,
    Role,
    Scope,
    Session,
    Status,
    Task,
    TaskDefinition,
    User,
    UserState,
)
from engine.ports import Recorded
from storage.tables import (
    ApiKeyRow,
    AttemptRow,
    AuditRow,
    EventRow,
    ExecutionRow,
    HookCaseRow,
    HookHealthRow,
    HookRow,
    HookVersionRow,
    MailRow,
    NoticeRow,
    ReplayRow,
    SessionRow,
    TaskRow,
    UserRow,
)

_DEFINITION = TypeAdapter(HookDefinition)
_LANE = TypeAdapter(LaneSettings)
_REPLAY_QUERY = TypeAdapter(ReplayQuery)
_TASK = TypeAdapter(TaskDefinition)


def write_definition(definition: HookDefinition) -> str:
    return _DEFINITION.dump_json(definition).decode()


def read_definition(text: str) -> HookDefinition:
    return _DEFINITION.validate_json(text)


def event_values(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "role": event.role.value,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "data": orjson.dumps(event.data).decode(),
        "test": event.test,
        "chain": _chain_text(event.chain),
        "cause": event.chain[-1].execution_id if event.chain else None,
        "attributes": orjson.dumps(event.attributes).decode() if event.attributes else None,
    }


def event_of(row: EventRow) -> Event:
    return Event(
        id=row.id,
        type=row.type,
        role=Role(row.role),
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        data=orjson.loads(row.data),
        test=row.test,
        chain=chain_of(row),
        attributes=attributes_of(row.attributes),
    )


def attributes_of(text: str | None) -> dict[str, Json]:
    return orjson.loads(text) if text else {}


def chain_of(row: EventRow | TaskRow) -> tuple[Link, ...]:
    return tuple(Link(**one) for one in orjson.loads(row.chain)) if row.chain else ()


def _chain_text(chain: tuple[Link, ...]) -> str | None:
    return orjson.dumps(chain).decode() if chain else None


def recorded_of(row: EventRow) -> Recorded:
    return Recorded(seq=cast("int", row.seq), event=event_of(row), revision=row.revision, decided_at=row.decided_at)


def hook_of(row: HookRow) -> Hook:
    return Hook(
        id=cast("int", row.id),
        version=row.version,
        definition=read_definition(row.definition),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def hook_then(row: HookRow, version: HookVersionRow) -> Hook:
    """The hook as it was at a version."""
    return Hook(
        id=version.hook_id,
        version=version.version,
        definition=read_definition(version.definition),
        created_at=row.created_at,
        updated_at=version.saved_at,
    )


def version_of(row: HookVersionRow) -> HookVersion:
    return HookVersion(
        revision=cast("int", row.revision),
        hook_id=row.hook_id,
        version=row.version,
        definition=read_definition(row.definition),
        saved_at=row.saved_at,
        saved_by=row.saved_by,
        deleted=row.deleted,
    )


def saved_by(actor: Actor) -> dict[str, Any]:
    return {"saved_by": actor.name, "saved_by_kind": actor.kind, "saved_by_id": actor.id}


def execution_values(execution: Execution, event_seq: int) -> dict[str, Any]:
    return {
        "id": execution.id,
        "event_seq": event_seq,
        "hook_id": execution.hook_id,
        "hook_version": execution.hook_version,
        "type": execution.hook_type.value,
        "status": execution.status.value,
        "test": execution.test,
        "about": execution.about,
        "entity": execution.entity,
        "created_at": execution.created_at,
        "finished_at": execution.finished_at,
        "next_attempt_at": execution.next_attempt_at,
        "reason": execution.reason,
        "subject": execution.subject,
        "counts_at": execution.counts_at,
    }


def execution_of(row: ExecutionRow, event: EventRow, title: str, attempts: tuple[Attempt, ...]) -> Execution:
    return Execution(
        id=row.id,
        event_id=event.id,
        event_type=event.type,
        hook_id=row.hook_id,
        hook_version=row.hook_version,
        hook_title=title,
        hook_type=HookType(row.type),
        status=Status(row.status),
        created_at=row.created_at,
        test=row.test,
        about=row.about,
        entity=row.entity,
        finished_at=row.finished_at,
        next_attempt_at=row.next_attempt_at,
        reason=row.reason,
        subject=row.subject,
        counts_at=row.counts_at,
        attempts=attempts,
    )


def attempt_values(execution_id: str, attempt: Attempt) -> dict[str, Any]:
    error = attempt.error
    return {
        "execution_id": execution_id,
        "number": attempt.number,
        "action": attempt.action,
        "started_at": attempt.started_at,
        "latency_ms": attempt.latency_ms,
        "status_code": attempt.status_code,
        "error_class": error.error_class.value if error else None,
        "error_message": error.message if error else None,
        "request": orjson.dumps(attempt.request).decode(),
        "response": orjson.dumps(attempt.response).decode() if attempt.response else None,
    }


def attempt_of(row: AttemptRow) -> Attempt:
    request = orjson.loads(row.request)
    error = None
    if row.error_class:
        error = AttemptError(error_class=ErrorClass(row.error_class), message=row.error_message or "")
    return Attempt(
        number=row.number,
        action=row.action,
        started_at=row.started_at,
        latency_ms=row.latency_ms,
        request=Request(
            method=Method(request["method"]), url=request["url"], headers=request["headers"], body=request["body"]
        ),
        response=Response(**orjson.loads(row.response)) if row.response else None,
        error=error,
    )


def case_of(row: HookCaseRow) -> HookCase:
    return HookCase(
        id=cast("int", row.id),
        hook_id=row.hook_id,
        name=row.name,
        role=Role(row.role),
        data=orjson.loads(row.data),
        fires=row.fires,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def replay_values(replay: Replay) -> dict[str, Any]:
    """Without the id."""
    return {
        "query": _REPLAY_QUERY.dump_json(replay.query).decode(),
        "state": replay.state.value,
        "total": replay.total,
        "done": replay.done,
        "left_out": replay.left_out,
        "cursor": replay.cursor,
        "last": replay.last,
        "created_at": replay.created_at,
        "created_by": replay.created_by,
        "finished_at": replay.finished_at,
    }


def replay_of(row: ReplayRow) -> Replay:
    return Replay(
        id=cast("int", row.id),
        query=_REPLAY_QUERY.validate_json(row.query),
        state=ReplayState(row.state),
        total=row.total,
        done=row.done,
        left_out=row.left_out,
        cursor=row.cursor,
        last=row.last,
        created_at=row.created_at,
        created_by=row.created_by,
        finished_at=row.finished_at,
    )


def task_values(task: Task) -> dict[str, Any]:
    definition = task.definition
    return {
        "id": task.id,
        "definition": _TASK.dump_json(definition).decode(),
        "due_at": definition.due_at,
        "assigned_to": definition.assigned_to,
        "created_at": task.created_at,
        "created_by": task.created_by,
        "updated_at": task.updated_at,
        "done_at": task.done_at,
        "done_by": task.done_by,
        "chain": _chain_text(task.chain),
        "test": task.test,
    }


def task_of(row: TaskRow) -> Task:
    return Task(
        id=row.id,
        definition=_TASK.validate_json(row.definition),
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
        done_at=row.done_at,
        done_by=row.done_by,
        chain=chain_of(row),
        test=row.test,
    )


def notice_of(row: NoticeRow) -> Notice:
    return Notice(
        seq=cast("int", row.seq),
        at=row.at,
        tone=row.tone,
        title=row.title,
        text=row.text,
        link=row.link,
        to=Role(row.role) if row.role else None,
    )


def mail_of(row: MailRow) -> Mail:
    return Mail(
        seq=cast("int", row.seq),
        address=row.address,
        subject=row.subject,
        text=row.text,
        created_at=row.created_at,
        tries=row.tries,
    )


def audit_row(entry: AuditEntry) -> AuditRow:
    return AuditRow(
        at=entry.at,
        actor=entry.actor,
        kind=entry.kind,
        role=entry.role.value,
        address=entry.address,
        action=entry.action,
        subject=entry.subject,
        before=None if entry.before is None else orjson.dumps(entry.before).decode(),
        after=None if entry.after is None else orjson.dumps(entry.after).decode(),
    )


def audit_of(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        seq=cast("int", row.seq),
        at=row.at,
        actor=row.actor,
        kind=row.kind,
        role=Role(row.role),
        address=row.address,
        action=row.action,
        subject=row.subject,
        before=None if row.before is None else orjson.loads(row.before),
        after=None if row.after is None else orjson.loads(row.after),
    )


def health_of(row: HookHealthRow) -> HookHealth:
    return HookHealth(
        attempts=row.attempts, executions=row.executions, failing_since=row.failing_since, warned=row.warned
    )


def write_lane(settings: LaneSettings) -> str:
    return _LANE.dump_json(settings).decode()


def read_lane(text: str) -> LaneSettings:
    return _LANE.validate_json(text)


def user_of(row: UserRow) -> User:
    return User(
        id=cast("int", row.id),
        email=row.email,
        role=Role(row.role),
        created_at=row.created_at,
        state=_state_of(row),
        second_factor=row.totp_secret is not None,
        last_sign_in_at=row.last_sign_in_at,
    )


def _state_of(row: UserRow) -> UserState:
    if row.disabled_at is not None:
        return UserState.DISABLED
    return UserState.ACTIVE if row.password_hash else UserState.INVITED


def session_of(row: SessionRow, user: UserRow) -> Session:
    return Session(
        id=row.token_hash[:6].hex(),
        user=user_of(user),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_seen_at=row.last_seen_at,
        address=row.address,
        device=row.device,
    )


def key_values(settings: KeySettings) -> dict[str, Any]:
    return {
        "name": settings.name,
        "role": settings.role.value,
        "scopes": " ".join(sorted(settings.scopes or ())),
        "types": " ".join(sorted(settings.types)),
        "rate": settings.rate,
        "expires_at": settings.expires_at,
    }


def key_of(row: ApiKeyRow) -> ApiKey:
    settings = KeySettings(
        name=row.name,
        role=Role(row.role),
        scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
        types=frozenset(row.types.split()),
        rate=row.rate,
        expires_at=row.expires_at,
    )
    return ApiKey(
        id=cast("int", row.id),
        prefix=row.prefix,
        settings=settings,
        created_at=row.created_at,
        created_by=row.created_by,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        last_used_from=row.last_used_from,
    )
