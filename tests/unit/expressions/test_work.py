"""The budget of work: what uses it up is unknown and says so, and long texts are folded once."""

import pytest

from engine.expressions.comparing import caseless, has
from engine.expressions.condition import compile_condition
from engine.expressions.incomparable import why_not_within
from engine.expressions.work import BUDGET, TOO_MUCH, TooMuchWork, bounded_work, folded, spend, spend_on_search
from engine.model import FilterRow, Filters, Json, Operator
from engine.rules import filters

LISTS: list[Json] = [[[index], [index]] for index in range(9_000)]
NAMES: dict[str, Json] = {"a": LISTS, "b": [*LISTS]}


def test_a_condition_over_its_budget_is_unknown_and_says_so() -> None:
    condition = compile_condition("a == b")

    assert condition.evaluate(NAMES) is None
    assert condition.explain(NAMES).reason == TOO_MUCH
    assert condition.comparison(NAMES) == (LISTS, LISTS)


def test_so_is_a_row_of_filters_and_each_that_follows() -> None:
    numbers: Json = [str(index) for index in range(9_999)]
    rows = (FilterRow(field="c", operator=Operator.CONTAINS, value="0.5"),) * 20
    results = filters.explain(Filters(rows=rows), {"c": numbers})

    assert not filters.matches(Filters(rows=rows), {"c": numbers})
    assert TOO_MUCH not in results[0].reason
    assert TOO_MUCH in results[-1].reason


def test_outside_an_evaluation_there_is_no_limit() -> None:
    spend(BUDGET * 10)

    assert has("A" * 10_000_000, "a", caseless)


def test_the_budget_is_whole_for_each_evaluation() -> None:
    for _ in range(2):
        with bounded_work():
            spend(BUDGET)
            with pytest.raises(TooMuchWork):
                spend(1)


def test_a_long_text_is_folded_once() -> None:
    times: list[str] = []

    def fold(text: str) -> str:
        times.append(text)
        return text.lower()

    text = "Ä" * 1_000
    with bounded_work():
        assert folded(text, fold) == folded(text, fold) == text.lower()

    assert times == [text]


@pytest.mark.parametrize(("length", "part"), [(200, 100), (2_000, 500), (20_000, 500), (200_000, 500)])
def test_a_search_costs_what_it_may_compare(length: int, part: int) -> None:
    with bounded_work():
        spend_on_search("a" * length, "b" * part)


def test_why_a_list_has_no_answer_is_told_within_the_budget() -> None:
    with bounded_work():
        spend(BUDGET)

        assert "does not compare with every entry" in why_not_within({}, [1, 2])[1]


def test_evaluations_within_another_share_its_budget() -> None:
    with bounded_work(10):
        with bounded_work():
            spend(8)
        with bounded_work(), pytest.raises(TooMuchWork):
            spend(3)
