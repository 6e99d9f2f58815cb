"""Converts events to rows and back; the chain and attributes are JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import orjson

from engine.model import Event, Flow, Json, Link, Role
from engine.ports import Recorded
from storage.tables import EventRow, TaskRow

EVENT_COLUMNS = (
    "id",
    "type",
    "role",
    "occurred_at",
    "received_at",
    "data",
    "test",
    "chain",
    "cause",
    "attributes",
    "sender",
    "entity",
    "bulk",
    "revision",
    "decided_at",
    "inherited",
)


def event_values(event: Event, revision: int | None = None, decided_at: datetime | None = None) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "role": event.role.value,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "data": orjson.dumps(event.data).decode(),
        "test": event.test,
        "chain": chain_text(event.chain),
        "cause": event.chain[-1].execution_id if event.chain else None,
        "attributes": fields_text(event.attributes),
        "sender": event.flow.sender,
        "entity": event.entity,
        "bulk": event.flow.bulk,
        "revision": revision,
        "decided_at": decided_at,
        "inherited": fields_text(event.inherited),
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
        attributes=fields_of(row.attributes),
        entity=row.entity,
        flow=Flow(sender=row.sender, bulk=row.bulk),
        inherited=fields_of(row.inherited),
    )


def fields_of(text: str | None) -> dict[str, Json]:
    return orjson.loads(text) if text else {}


def fields_text(fields: Mapping[str, Json]) -> str | None:
    return orjson.dumps(fields).decode() if fields else None


def chain_of(row: EventRow | TaskRow) -> tuple[Link, ...]:
    return tuple(Link(**one) for one in orjson.loads(row.chain)) if row.chain else ()


def chain_text(chain: tuple[Link, ...]) -> str | None:
    return orjson.dumps(chain).decode() if chain else None


def recorded_of(row: EventRow) -> Recorded:
    return Recorded(seq=cast("int", row.seq), event=event_of(row), revision=row.revision, decided_at=row.decided_at)
