"""Parts of hooks are answered once for an event, and what takes much work is asked as a whole, within its bounds."""

from typing import Any

import pytest

from engine.model import FilterRow, Filters, Gate, Match, Operator
from engine.rules.decisions import context_of, explain, stopped_by
from engine.rules.parts import Answers, Part, parts_of
from tests.unit.samples import AT, compiled, event

LONG = {"text": "é" * 30_000, "other": "ö" * 3_000, "score": 72}
DEAR = "contains(lower(text), 'é')"
SOME = "contains(lower(other), 'ö')"


def holding(operator: Operator, field: str = "text", value: str = "Ö") -> FilterRow:
    return FilterRow(field=field, operator=operator, value=value)


def test_a_part_that_hooks_share_is_answered_once() -> None:
    asked = list[object]()

    def ask(names: Any) -> bool:
        asked.append(names)
        return True

    answers, part = Answers({}), Part(ask)

    assert [answers.holds(part) for _ in range(3)] == [True] * 3
    assert len(asked) == 1


def test_equal_parts_are_one() -> None:
    one, other = compiled(condition="score > 60 and text == 'a'"), compiled(condition="text == 'a' and score > 61")
    row = holding(Operator.IS)

    assert one.parts and other.parts
    assert one.parts[1] is other.parts[0]
    assert one.parts[0] is not other.parts[1]
    assert compiled(filters=Filters(rows=(row,))).rows == compiled(filters=Filters(rows=(holding(Operator.IS),))).rows


def test_only_true_holds() -> None:
    condition = compiled(condition="score and missing == 1 and score > 60 and score > 90").condition
    parts = parts_of(condition)  # type: ignore[arg-type]

    assert [Answers(LONG).holds(part) for part in parts] == [False, False, True, False]


@pytest.mark.parametrize(
    "condition",
    [
        "score > 60",
        "score > 60 and missing == 1",
        SOME,
        DEAR,
        f"score > 60 and {SOME}",
        f"{SOME} and {SOME} and score > 90",
        f"{DEAR} and score > 60",
        f"score > 90 and {DEAR}",
        " and ".join([SOME] * 20),
        " and ".join(f"score > {number}" for number in range(37)),
        " and ".join(["exists(score)"] * 37),
        "score >",
    ],
)
def test_the_parts_answer_as_the_whole(condition: str) -> None:
    hook, came = compiled(condition=condition), event(LONG)

    decision = explain(hook, came, AT, {})

    assert decision.fired is (decision.trace[Gate.CONDITION]["verdict"] is True)


@pytest.mark.parametrize("match", list(Match))
@pytest.mark.parametrize(
    "rows",
    [
        (holding(Operator.CONTAINS),),
        (holding(Operator.CONTAINS, "other"), holding(Operator.IS, "score", "1")),
        (holding(Operator.IS, "score", "1"), holding(Operator.CONTAINS, "other")),
        (holding(Operator.IS, "score", "72"), holding(Operator.CONTAINS, "text")),
    ],
)
def test_rows_answer_as_all_filters(match: Match, rows: tuple[FilterRow, ...]) -> None:
    hook, came = compiled(filters=Filters(match=match, rows=rows)), event(LONG)

    holds = explain(hook, came, AT, {}).trace[Gate.FILTERS]["holds"]

    assert (stopped_by(hook, came, context_of(came, AT, {})) is None) is holds
