"""Requests of platforms, and what the catalogue says of the events that they become."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.events.bounds import Bounds
from engine.events.catalogue import load_catalogue
from engine.events.draft import EventDraft
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.platforms import platforms, within
from engine.model.sources import SigningChoice

NOW = datetime(2025, 9, 9, 14, 30, 15, tzinfo=UTC)
SECONDS = str(int(NOW.timestamp()))
MILLISECONDS = f"{SECONDS}000"
URL = "https://hooks.example.com/in/abc"
CATALOGUE = load_catalogue()
BOUNDS = Bounds()
PLATFORMS = platforms(CATALOGUE, BOUNDS)
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
}


def post(body: Any = b"", headers: Mapping[str, str] | None = None, url: str = URL, method: str = "POST") -> Incoming:
    """`body` as bytes, as a form in text, or as what becomes JSON."""
    if isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return Incoming(method=method, url=url, headers=headers or {}, body=body)


def verified(key: str, incoming: Incoming, *secrets: str, choice: SigningChoice | None = None, now: datetime = NOW):
    return PLATFORMS[key].verify(incoming, Verification(secrets=secrets, now=now, choice=choice))


def reading(key: str, incoming: Incoming) -> Reading:
    found = within(PLATFORMS[key].read(incoming), BOUNDS)
    for draft in found.drafts:
        assert_fits_catalogue(draft)
    return found


def only(key: str, body: Any, **rest: Any) -> EventDraft:
    found = reading(key, post(body, **rest))
    assert not found.ignored, found.ignored
    (draft,) = found.drafts
    return draft


def mapped(key: str, body: Any, **rest: Any) -> dict[str, Any]:
    """The fields of the one event, without `raw`."""
    return {name: value for name, value in only(key, body, **rest).data.items() if name != "raw"}


def ignored(key: str, body: Any, **rest: Any) -> tuple[str, ...]:
    found = reading(key, post(body, **rest))
    assert not found.drafts
    return found.ignored


def assert_fits_catalogue(draft: EventDraft) -> None:
    known = CATALOGUE.get(draft.type).fields
    for name, value in draft.data.items():
        if name == "raw":
            continue
        assert name in known, (draft.type, name)
        field = known[name]
        assert isinstance(value, TYPES[field.type]), (name, value)
        assert isinstance(value, bool) is (field.type == "boolean"), (name, value)
        assert not field.one_of or value in field.one_of, (name, value)


def platform(key: str) -> Platform:
    return PLATFORMS[key]
