"""What holds of every condition, whatever its text and whatever the event."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from engine.expressions.condition import FUNCTIONS, Condition, ConditionError, compile_condition
from engine.expressions.reaching import OWN
from engine.expressions.values import read_number, short
from tests import examples

checked = examples.checked(400, HealthCheck.filter_too_much)

FIELDS = ["a", "b", "c", "d"]
CONSTANTS = [
    "0",
    "1",
    "-2.5",
    "60",
    "1e30",
    '"positive"',
    '"60"',
    '""',
    "true",
    "false",
    "null",
    "[]",
    "[1, 'a', null]",
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-100, 100),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["60", " -1.5e3 ", "1e999", "positive", "2025-09-09T15:30:00Z", "0001-01-01T00:00:00+14:00"]),
    st.sampled_from(
        ["2025-09-09", "2025-09-09T15:30", "2025-09-09T17:30+0200", "true", "yes", "Zoe\u0308", "Europe/Berlin"]
    ),
    st.just(10**4000),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=8,
)
times = st.datetimes(timezones=st.timezones() | st.just(UTC))
likely = st.integers(-3, 3) | st.sampled_from(["2", "60"])
complete = st.fixed_dictionaries({"a": likely, "b": likely, "c": st.booleans() | likely, "d": likely | values})
events = complete | complete | st.dictionaries(st.sampled_from(FIELDS), values | times)

STEPS = ["a.b", "b.c.d", 'c["a"]', "d[0]", "a[-1].b", "now", "event.occurred_at", 'data["a"]', "data.b.c"]
paths = st.sampled_from([*FIELDS, *STEPS])
leaves = paths | st.sampled_from(CONSTANTS)


def joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda given: f"({' '.join(given)})")


def larger_terms(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        joined(inner, st.sampled_from("+-*/%"), inner),
        joined(st.just("-"), inner),
        joined(inner, st.just("if"), inner, st.just("else"), inner),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.sampled_from(sorted(FUNCTIONS)).flatmap(lambda name: call(name, inner)),
    )


def larger_truths(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        joined(inner, st.sampled_from(["and", "or"]), inner),
        joined(st.just("not"), inner),
        joined(inner, st.just("if"), inner, st.just("else"), inner),
    )


def call(name: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    least, most = FUNCTIONS[name].arity
    arguments = st.lists(inner, min_size=least, max_size=min(most, 3))
    return arguments.map(lambda given: f"{name}({', '.join(given)})")


simple = st.sampled_from(FIELDS) | st.sampled_from(["0", "1", '"positive"'])
terms = simple | simple | st.recursive(leaves, larger_terms, max_leaves=6)
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
orders = st.sampled_from(["<", "<=", "==", "!="])
relations = joined(terms, signs, terms) | joined(simple, orders, simple) | joined(terms, orders, terms, orders, terms)
truths = st.recursive(relations | st.sampled_from([*FIELDS, "true", "false"]), larger_truths, max_leaves=6)
expressions = truths | truths | terms
fragments = st.lists(
    st.sampled_from([*FIELDS, *CONSTANTS, *FUNCTIONS, *"()[]{}.,:=<>!&|~^%@#'\"\\+-*/ \n\t", "and", "or", "not", "if"])
    | st.text(max_size=3),
    max_size=30,
).map("".join)

comparisons = st.tuples(st.sampled_from(FIELDS), st.sampled_from(["==", "!=", "<", ">=", "in"]), leaves).map(" ".join)
plain = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda part: f"not ({part})"),
    ),
    max_leaves=8,
)


def compiled(source: str) -> Condition | None:
    try:
        return compile_condition(source)
    except ConditionError as error:
        assert str(error)
        assert error.column is None or error.column >= 1
        return None


@checked
@given(st.text(max_size=60) | fragments | expressions)
def test_any_text_compiles_or_is_refused(source: str) -> None:
    compiled(source)


@checked
@given(expressions, events)
def test_evaluation_never_raises_and_is_explained(source: str, names: dict[str, Any]) -> None:
    condition = compiled(source)
    if condition is None:
        return
    names = {**names, "now": datetime(2025, 9, 9, tzinfo=UTC), OWN: names}
    explanation = condition.explain(names)

    assert condition.evaluate(names) is explanation.verdict
    assert explanation.reason
    assert (explanation.unknown is None) or (explanation.verdict is None)
    json.dumps(explanation.to_json(), allow_nan=False)


@checked
@given(fragments, events)
def test_what_compiles_by_chance_never_raises(source: str, names: dict[str, Any]) -> None:
    condition = compiled(source)
    if condition is not None:
        assert condition.evaluate(names) is condition.explain(names).verdict


@checked
@given(plain, events)
def test_without_its_fields_no_comparison_answers(source: str, names: dict[str, Any]) -> None:
    condition = compiled(source)
    if condition is None:
        return
    rest = {name: value for name, value in names.items() if name not in FIELDS}

    assert condition.evaluate(rest) is None


@checked
@given(expressions, events, st.sampled_from(FIELDS))
def test_a_field_more_never_changes_an_answer(source: str, names: dict[str, Any], field: str) -> None:
    """What is answered without a field stays so with it: unknown is ignorance, not a value."""
    condition = compiled(source)
    if condition is None or condition.functions & {"exists", "coalesce"}:
        return
    less = {name: value for name, value in names.items() if name != field}
    before = condition.evaluate(less)

    assert before is None or before is condition.evaluate(names)


@checked
@given(expressions, expressions, expressions, events)
def test_the_laws_of_kleene(a: str, b: str, c: str, names: dict[str, Any]) -> None:
    laws = [
        (f"({a}) and ({b})", f"({b}) and ({a})"),
        (f"({a}) or ({b})", f"({b}) or ({a})"),
        (f"not (({a}) and ({b}))", f"(not ({a})) or (not ({b}))"),
        (f"not (({a}) or ({b}))", f"(not ({a})) and (not ({b}))"),
        (f"not not ({a})", f"({a}) and true"),
        (f"({a}) and (({b}) or ({c}))", f"(({a}) and ({b})) or (({a}) and ({c}))"),
        (f"(({a}) and ({b})) and ({c})", f"({a}) and (({b}) and ({c}))"),
        (f"({a}) or true", "true"),
        (f"({a}) and false", "false"),
    ]
    for one, other in laws:
        left, right = compiled(one), compiled(other)
        if left is not None and right is not None:
            assert left.evaluate(names) is right.evaluate(names)


@checked
@given(scalars, scalars)
def test_opposites(a: Any, b: Any) -> None:
    names = {"a": a, "b": b}
    for one, other in (("a == b", "a != b"), ("a in [b]", "a not in [b]"), ("a in b", "a not in b")):
        answer, opposite = compile_condition(one).evaluate(names), compile_condition(other).evaluate(names)

        assert (answer is None) is (opposite is None)
        assert answer is None or answer is not opposite


@checked
@given(scalars | times, scalars | times)
def test_order_is_consistent(a: Any, b: Any) -> None:
    signs = ("a < b", "b > a", "not (a >= b)", "not (b <= a)")
    answers = {compile_condition(sign).evaluate({"a": a, "b": b}) for sign in signs}

    assert len(answers) == 1


numbers = st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15)


@checked
@given(numbers, numbers, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
def test_a_number_in_text_is_that_number(a: float, b: float, sign: str) -> None:
    condition = compile_condition(f"a {sign} b")
    expected = eval(f"a {sign} b")

    assert condition.evaluate({"a": a, "b": b}) is expected
    assert condition.evaluate({"a": f" {a!r} ", "b": b}) is expected
    assert condition.evaluate({"a": a, "b": repr(b)}) is expected
    if sign not in ("==", "!="):
        assert condition.evaluate({"a": repr(a), "b": repr(b)}) is expected


@checked
@given(st.text(max_size=50) | st.from_regex(r"\s?[-+]?[0-9]{0,3}\.?[0-9]{0,3}(e[-+]?[0-9]{1,3})?", fullmatch=True))
def test_text_reads_as_a_number_only_if_python_agrees(text: str) -> None:
    number = read_number(text)
    if number is not None:
        assert float(text) == float(number)
        assert "_" not in text
        assert text.isascii()


@checked
@given(values | times, st.integers(2, 100))
def test_a_value_is_shown_shortly(value: Any, limit: int) -> None:
    assert 0 < len(short(value, limit)) <= limit
