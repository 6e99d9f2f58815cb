"""Whatever an event or a definition holds comes back as it was."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model import (
    Action,
    Event,
    FilterRow,
    Filters,
    HookDefinition,
    HookType,
    Match,
    Method,
    Operator,
    Role,
    Run,
)
from storage.rows.hooks import read_definition, write_definition
from storage.store import SqlStore
from tests.examples import times
from tests.storage.conftest import url_of

# Surrogates are no text, and no JSON parser lets them in.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TIMES = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1), max_value=datetime(9999, 12, 31))  # noqa: DTZ001
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=10
)
# The engine strips the texts that a person writes, on their way in and out.
STRIPPED = TEXT.map(str.strip)
ROWS = st.builds(
    FilterRow, field=STRIPPED, operator=st.sampled_from(Operator), value=SCALARS | st.lists(SCALARS, max_size=3)
)
ACTIONS = st.builds(
    Action, url=STRIPPED, method=st.sampled_from(Method), headers=st.dictionaries(STRIPPED, STRIPPED, max_size=3)
)
DEFINITIONS = st.builds(
    HookDefinition,
    title=STRIPPED,
    trigger=STRIPPED,
    actions=st.lists(ACTIONS, max_size=3).map(tuple),
    key=STRIPPED,
    description=STRIPPED,
    enabled=st.booleans(),
    role=st.sampled_from(Role),
    type=st.sampled_from(HookType),
    filters=st.builds(Filters, match=st.sampled_from(Match), rows=st.lists(ROWS, max_size=3).map(tuple)),
    condition=STRIPPED,
    run=st.sampled_from(Run),
)
EVENTS = st.builds(
    Event,
    id=TEXT,
    type=TEXT,
    role=st.sampled_from(Role),
    occurred_at=TIMES,
    received_at=TIMES,
    data=st.dictionaries(TEXT, JSON, max_size=5),
    test=st.booleans(),
)


@given(DEFINITIONS)
def test_a_definition_comes_back_as_it_was(definition: HookDefinition) -> None:
    assert read_definition(write_definition(definition)) == definition


@settings(max_examples=times(15))
@given(st.lists(EVENTS, max_size=30))
def test_events_come_back_as_they_were_and_in_order(events: list[Event]) -> None:
    numbered: list[Any] = [replace(event, id=f"{number} {event.id}") for number, event in enumerate(events)]

    assert asyncio.run(_stored(numbered)) == numbered


async def _stored(events: list[Event]) -> list[Event]:
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(url_of(Path(folder)))
        await store.open()
        await store.append(events)
        found = await store.undecided(100, set())
        await store.close()
    return [accepted.event for accepted in found]
