"""No accepted condition or filter works for long on any accepted event, and the answer stays the explained one."""

import time
from datetime import UTC, datetime

import orjson
import pytest

from engine.errors import InvalidEvent
from engine.events.bounds import MAX_CONTAINERS, MAX_VALUES, Bounds
from engine.events.catalogue import load_catalogue
from engine.events.parsing import read_events
from engine.expressions.condition import compile_condition, names_for
from engine.expressions.work import TOO_MUCH
from engine.model import Event, FilterRow, Filters, Operator, Role
from engine.rules import filters
from tests.attacks.events import CONDITIONS, FILTERS, LISTS, hostile_data

NOW = datetime(2025, 9, 9, tzinfo=UTC)
SECONDS = 0.2
"""It takes a few milliseconds where nothing else runs; without the budget, seconds."""
DATA = dict(hostile_data())


@pytest.fixture(params=DATA)
def names(request: pytest.FixtureRequest) -> dict[str, object]:
    event = Event(
        id="e", type="call.ended", role=Role.AGENT, occurred_at=NOW, received_at=NOW, data=DATA[request.param]
    )
    return names_for(event, NOW, {})


@pytest.mark.parametrize("source", CONDITIONS)
def test_a_condition_ends_soon(names: dict[str, object], source: str) -> None:
    condition = compile_condition(source)
    began = time.thread_time()
    verdict = condition.evaluate(names)  # type: ignore[arg-type]
    took = time.thread_time() - began

    assert took < SECONDS
    assert condition.explain(names).verdict == verdict  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", FILTERS)
def test_and_so_do_filters(names: dict[str, object], rows: Filters) -> None:
    began = time.thread_time()
    holds = filters.matches(rows, names)  # type: ignore[arg-type]
    took = time.thread_time() - began
    results = [row.holds for row in filters.explain(rows, names)]  # type: ignore[arg-type]

    assert took < SECONDS
    assert holds == (any(results) if rows.match == "any" else all(results))


def test_the_reason_names_it() -> None:
    names = {"a": DATA["lists of lists"]["a"], "b": [*LISTS["lists of lists"]]}  # type: ignore[misc]
    told = compile_condition("a == b").explain(names)
    row = FilterRow(field="c", operator=Operator.CONTAINS, value="5.5")
    result = filters.explain(Filters(rows=(row,) * 20), {"c": LISTS["times"]})[-1]

    assert told.verdict is None and told.reason == TOO_MUCH
    assert not result.holds and TOO_MUCH in result.reason


@pytest.mark.parametrize("body", [b"[" + b"{}," * MAX_CONTAINERS + b"0]", b"[" + b"0," * (MAX_VALUES + 1) + b"0]"])
def test_a_body_that_takes_long_to_parse_is_refused_before(body: bytes) -> None:
    event = b'{"type": "call.ended", "data": {"a": ' + body + b"}}"
    began = time.thread_time()
    with pytest.raises(InvalidEvent, match="Too many"):
        read_events(event, {}, load_catalogue(), Bounds())

    assert time.thread_time() - began < SECONDS
    assert orjson.loads(event)
