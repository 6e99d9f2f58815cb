"""Hooks that a field's value rules out are not asked: never one that fires, and of those that do not, most."""

import json
import unicodedata
from typing import Any

import pytest

from engine.model import FilterRow, Filters, Hook, Json, Match, Operator
from engine.rules.decisions import context_of, stopped_by
from engine.rules.index import FEWEST, HookIndex, build_index
from tests.unit.samples import AT, event, hook

COMPOSED, APART = (unicodedata.normalize(form, "Zoë Ärger") for form in ("NFC", "NFD"))
VALUES: list[Json] = [
    *("US", "us", "", COMPOSED, APART, COMPOSED.upper(), "straße", "STRASSE", "x" * 300, "y" * 3_000),
    *(60, 60.0, "60", "60.0", " 6e1 ", 1, 0, -0.0, "1", "0", 2**53 + 1, str(2**53 + 1), float(2**53), 1e300, 10**20),
    *(True, False, "true", "yes", "no", "FALSE", None, [], ["US"], [60], [["US"]], {}, {"US": 1}),
    *("2026-11-28", "2026-11-28T10:00:00Z", "2026-11-28T11:00:00+01:00", "10:00"),
]
CONSTANTS = [value for value in VALUES if not isinstance(value, list | dict)]


def row(operator: Operator, value: Json, **changes: Any) -> Filters:
    return Filters(rows=(FilterRow(field="x", operator=operator, value=value, **changes),))


def written(value: Json) -> str:
    return json.dumps(value) if value is None or isinstance(value, bool) else repr(value)


WAYS: dict[str, Any] = {
    "is": lambda value: {"filters": row(Operator.IS, value)},
    "is, by case": lambda value: {"filters": row(Operator.IS, value, case_sensitive=True)},
    "one of": lambda value: {"filters": row(Operator.ONE_OF, ["elsewhere", value])},
    "==": lambda value: {"condition": f"x == {written(value)}"},
    "reversed": lambda value: {"condition": f"{written(value)} == x and 1 == 1"},
    "in": lambda value: {"condition": f"x in ['elsewhere', {written(value)}]"},
}


def fired(index: HookIndex, data: dict[str, Json], *, asked_only: bool) -> tuple[list[int], int]:
    """And how many were asked."""
    came = event(data)
    names = context_of(came, AT, {})
    asked = index.candidates(came, names) if asked_only else index.candidates(came)
    return [one.hook.id for one in asked if stopped_by(one, came, names) is None], len(asked)


@pytest.mark.parametrize("way", WAYS)
def test_no_hook_that_fires_is_passed_over(way: str) -> None:
    index = build_index(1, [hook(number, **WAYS[way](value)) for number, value in enumerate(CONSTANTS, 1)])
    assert index.fields

    for value in VALUES:
        data = {"x": value}
        assert fired(index, data, asked_only=True)[0] == fired(index, data, asked_only=False)[0], value
    assert fired(index, {}, asked_only=True)[0] == fired(index, {}, asked_only=False)[0]


def of_campaigns(count: int = 10 * FEWEST) -> list[Hook]:
    return [
        hook(number, filters=row(Operator.IS, "us"), condition=f"score > 5 and campaign.id == 'c{number // 4}'")
        for number in range(count)
    ]


def test_the_field_that_tells_most_hooks_apart_is_looked_up() -> None:
    index = build_index(1, of_campaigns())

    found = fired(index, {"x": "US", "score": 7, "campaign": {"id": "c3"}}, asked_only=True)

    assert found == ([12, 13, 14, 15], 4)


def test_those_that_want_nothing_of_it_are_asked_as_well_and_in_their_order() -> None:
    either = Filters(match=Match.ANY, rows=(*row(Operator.IS, "de").rows, *row(Operator.IS, "us").rows))
    plain = [hook(1_000), hook(0, condition="score > 5"), hook(999, filters=either)]
    index = build_index(1, [*of_campaigns()[1:], *plain])

    found = fired(index, {"x": "US", "score": 7, "campaign": {"id": "c3"}}, asked_only=True)

    assert found == ([0, 12, 13, 14, 15, 999, 1_000], 7)


def test_a_few_hooks_are_asked_without_a_look_up() -> None:
    index = build_index(1, of_campaigns(FEWEST - 1))

    assert not index.fields
    assert fired(index, {"x": "US", "score": 7, "campaign": {"id": "c1"}}, asked_only=True) == (
        [4, 5, 6, 7],
        FEWEST - 1,
    )


def test_a_hook_that_is_saved_or_deleted_is_found_by_its_new_value() -> None:
    index = build_index(1, [*of_campaigns(), hook(5_000, trigger="sms.sent")])
    index = index.with_hook(hook(12, version=2, filters=row(Operator.IS, "us"), condition="campaign.id == 'new'"), 2)
    index = index.without(13, 3).without(5_000, 4)

    assert fired(index, {"x": "US", "score": 7, "campaign": {"id": "c3"}}, asked_only=True)[0] == [14, 15]
    assert fired(index, {"x": "US", "campaign": {"id": "new"}}, asked_only=True)[0] == [12]


def test_what_is_no_constant_or_no_field_is_not_looked_up() -> None:
    asked = ["x == y", "lower(x) == 'us'", "x in [y, 'us']", "x in 'us'", "x != 'us'", "x == now", "x == 1 or y == 1"]
    hooks = [hook(number, condition=condition) for number, condition in enumerate(asked * FEWEST)]

    assert not build_index(1, hooks).fields
