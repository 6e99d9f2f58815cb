"""Requests of a sender that nobody planned for, and mappings of them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.events.catalogue import load_catalogue
from engine.events.sources.platform import Incoming, Reading
from engine.model.sources import SourceMapping
from engine.rules.mapping.compiled import compiled
from engine.rules.mapping.reading import mapped

CATALOGUE = load_catalogue()
NOW = datetime(2025, 9, 9, 14, 30, tzinfo=UTC)
CALL = {
    "eventType": "CallFinished",
    "eventId": "e1",
    "timestamp": 1757428020,
    "payload": {
        "durationMs": 187000,
        "customer": {"phone": "+1 (415) 555-0132", "firstName": "Zoe"},
        "userSentiment": "Positive",
        "flags": {"beta": True, "none": {}},
    },
}
FIELDS = {
    "call_duration": "payload.durationMs / 1000",
    "phone_number": "payload.customer.phone",
    "sentiment": "payload.userSentiment",
}


def posted(body: Any, headers: Mapping[str, str] | None = None, query: str = "") -> Incoming:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Incoming(method="POST", url=f"https://x/in/t?{query}", headers=headers or {}, body=content)


def mapping(**parts: Any) -> SourceMapping:
    usual = {"type": "eventType", "types": {"CallFinished": "call.ended"}, "fields": FIELDS}
    return SourceMapping(**(usual | parts))


def read(body: Any, headers: Mapping[str, str] | None = None, query: str = "", **parts: Any) -> Reading:
    made, problems = compiled(mapping(**parts), "source-3")
    assert problems == {}
    return mapped(posted(body, headers, query), made, CATALOGUE, NOW)
