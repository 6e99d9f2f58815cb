from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.model import Action, Actor, Event, Execution, Hook, HookDefinition, HookType, Role, Status
from engine.ports import Bounds, DecidedEvent, Old
from storage.store import SqlStore

NOW = datetime(2025, 9, 9, 14, 27, 0, 123456, tzinfo=UTC)
ADA = Actor(kind="user", id=1, name="ada@example.com", role=Role.ADMIN)


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'test.db'}"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[SqlStore]:
    store = SqlStore(url_of(tmp_path))
    await store.open()
    yield store
    await store.close()


def event(id: str = "evt_1", **changes: object) -> Event:
    values: dict[str, object] = {
        "id": id,
        "type": "call.ended",
        "role": Role.AGENT,
        "occurred_at": NOW,
        "received_at": NOW,
        "data": {"call_duration": 187, "name": "Zoë", "nested": {"list": [1, None, True, 1.5]}},
    }
    return Event(**(values | changes))  # type: ignore[arg-type]


def definition(key: str = "lead-qualification", **changes: object) -> HookDefinition:
    values: dict[str, object] = {
        "key": key,
        "title": "Lead Qualification",
        "trigger": "call.ended",
        "actions": (Action(url="https://api.example.com/leads"),),
    }
    return HookDefinition(**(values | changes))  # type: ignore[arg-type]


async def saved(store: SqlStore, key: str = "lead-qualification", **changes: object) -> Hook:
    hook, _ = await store.save_hook(
        definition(key, **changes), hook_id=None, expected=None, actor=ADA, at=NOW, secret="whsec_eA=="
    )
    return hook


def execution(id: str, hook: Hook, event_id: str = "evt_1", **changes: object) -> Execution:
    values: dict[str, object] = {
        "id": id,
        "event_id": event_id,
        "event_type": "call.ended",
        "hook_id": hook.id,
        "hook_version": hook.version,
        "hook_title": hook.definition.title,
        "hook_type": HookType.OTHER,
        "status": Status.PENDING,
        "created_at": NOW,
        "about": "Zoë Díaz",
    }
    return Execution(**(values | changes))  # type: ignore[arg-type]


async def stored(store: SqlStore, events: Sequence[Event]) -> list[int | None]:
    """Accepts events; returns their seqs, or None for an id that was seen before."""
    return [accepted and accepted.seq for accepted in await store.append(events)]


async def decided(store: SqlStore, hook: Hook, *ids: str, event_id: str = "evt_1", **changes: object) -> int:
    """Accepts an event and decides it, with these executions; gives its seq."""
    (seq,) = await stored(store, [event(event_id)])
    assert seq is not None
    made = tuple(execution(id, hook, event_id, **changes) for id in ids)
    await store.decide([DecidedEvent(seq=seq, revision=1, at=NOW, executions=made)])
    return seq


async def forget(
    store: Any, before: datetime, failed_before: datetime | None = None, now: datetime | None = None
) -> int:
    """All that is older than a moment; gives how many rows went."""
    bounds, count = Bounds(now=now or before, before=before, failed_before=failed_before or before), 0
    for kind in Old:
        place = 0
        while step := await store.forget(kind, bounds, place):
            place, count = step.place, count + step.count
    return count
