"""What is said of a condition as it is being written, and which values it asks for."""

import ast

import pytest

from engine.expressions.condition import Condition, ConditionCheck, ConditionError, check, compile_condition, doubts

LEAD = ("score", "country", "first_name")


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("", []),
        ("score", []),
        ('country == "US"', [("country", "US")]),
        ('"US" == country', [("country", "US")]),
        ('country != "US"', [("country", "US")]),
        ('country in ["US", "CA"]', [("country", "US"), ("country", "CA")]),
        ('country not in ["US", home]', [("country", "US")]),
        ('lead.owner["name"] == "Ana"', [("lead.owner.name", "Ana")]),
        ('score > 60 and (country == "US" or not is_new == true)', [("country", "US"), ("is_new", True)]),
        ("score > 60", []),
        ("score == limit", []),
        ("10 == score == 10", []),
        ('lower(country) == "us"', []),
        ('country in ("US" if is_new else "CA")', []),
        ('event.type == "call.ended"', []),
        ("now == 5", []),
    ],
)
def test_fields_that_are_compared_with_fixed_values_are_told_with_each(source: str, asked: list) -> None:
    assert sorted(compile_condition(source).compared_values(), key=str) == sorted(asked, key=str)


def test_while_a_condition_is_written_its_warnings_are_told() -> None:
    def warn(condition: Condition) -> tuple[str, ...]:
        return tuple(f"{path} is new." for path in condition.paths)

    assert check("score > 60", warn) == ConditionCheck(warnings=("score is new.",))


def test_while_a_condition_cannot_be_read_its_error_is_told_with_the_column() -> None:
    told = check("score = 60", lambda _: ("never asked",))

    assert told == ConditionCheck(error="Use == to compare.", column=7)


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        (["score > 60", "now > 5"], ()),
        (["scor > 60"], ("A lead has no field `scor` in the catalogue. Did you mean `score`?",)),
        (["zzz == 1"], ("A lead has no field `zzz` in the catalogue.",)),
        (["zzz == 1", "zzz == 2"], ("A lead has no field `zzz` in the catalogue.",)),
    ],
)
def test_a_name_that_no_lead_has_is_doubted_once(sources: list[str], told: tuple[str, ...]) -> None:
    assert doubts(map(compile_condition, sources), LEAD, "A lead") == told


@pytest.mark.parametrize("exhausted", [MemoryError, RecursionError])
def test_what_the_interpreter_has_no_room_to_parse_is_nested_too_deeply(
    exhausted: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object, **__: object) -> ast.AST:
        raise exhausted

    with monkeypatch.context() as patch, pytest.raises(ConditionError, match="This is nested too deeply"):
        patch.setattr(ast, "parse", parse)
        compile_condition("score > 60")
