"""What counts as success: statuses, and what has to hold for the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import ErrorClass, Response, Success
from engine.rules.success import answer_names, judged, problems, ranges_of
from tests.unit.samples import response

PROBLEM = {"Content-Type": "application/problem+json; charset=utf-8"}


def message(success: Success, answer: Response) -> str:
    """Empty for a success."""
    error = judged(success, answer)
    assert error is None or error.error_class is ErrorClass.REJECTED
    return error.message if error else ""


@pytest.mark.parametrize(
    ("statuses", "ranges"),
    [
        ("", ((200, 299),)),
        ("  ", ((200, 299),)),
        ("200", ((200, 200),)),
        (" 200 - 299 , 404", ((200, 299), (404, 404))),
        ("599-599", ((599, 599),)),
        ("2xx", None),
        ("200,", None),
        ("299-200", None),
        ("600", None),
        ("099", None),
        ("200-", None),
        ("200;404", None),
    ],
)
def test_statuses_are_read_as_ranges_or_not_at_all(statuses: str, ranges: object) -> None:
    assert ranges_of(statuses) == ranges


@given(st.lists(st.tuples(st.integers(100, 599), st.integers(100, 599)).map(sorted), min_size=1), st.integers(100, 599))
def test_a_status_succeeds_exactly_within_its_ranges(ranges: list[list[int]], status: int) -> None:
    statuses = ", ".join(f"{low}-{high}" for low, high in ranges)
    expected = any(status in range(low, high + 1) for low, high in ranges)

    assert (judged(Success(statuses=statuses), response(status)) is None) is expected


@pytest.mark.parametrize(
    ("success", "problem"),
    [
        (Success(), {}),
        (Success(statuses="200, 404", check="json.ok == true"), {}),
        (Success(statuses="2xx"), {"statuses": "List statuses and ranges such as 200-299, 404."}),
        (Success(check="json.ok = true"), {"check": "Column 9: Use == to compare."}),
        (Success(check="a" * 1_001), {"check": "This is too long: 1001 characters, where 1000 are allowed."}),
    ],
)
def test_what_cannot_be_saved_is_named_by_its_field(success: Success, problem: dict[str, str]) -> None:
    assert problems(success) == problem


@pytest.mark.parametrize(
    ("success", "answer", "expected"),
    [
        (Success(), response(204), ""),
        (Success(), response(404), "Answered 404; only 200 to 299 is success."),
        (Success(statuses="201, 202"), response(200), "Answered 200; only 201, 202 is success."),
        (
            Success(),
            response(301),
            "Answered 301, a redirect. Redirects are not followed: enter the final address.",
        ),
        (Success(statuses="300-399"), response(301), ""),
        (Success(check="json.ok == true"), response(200, '{"ok": true}'), ""),
        (
            Success(check="json.ok == true"),
            response(200, '{"ok": false}'),
            "Answered 200, and what has to hold for success does not: `json.ok == true` is false: false == true.",
        ),
        (
            Success(check="json.ok == true"),
            response(200, "fine"),
            "Answered 200, and what has to hold for success does not: no field `json` in this event.",
        ),
        (Success(check='headers["x-state"] == "done"'), response(200, headers={"X-State": "done"}), ""),
        (Success(check='status == 200 and contains(text, "queued")'), response(200, "It is queued."), ""),
    ],
)
def test_an_answer_is_a_success_or_the_reason_says_why_not(success: Success, answer: Response, expected: str) -> None:
    assert message(success, answer) == expected


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (response(422, '{"detail": "The phone number is taken."}', headers=PROBLEM), " The phone number is taken."),
        (response(422, '{"detail": "' + "x" * 600 + '"}', headers=PROBLEM), " " + "x" * 500),
        (response(422, '{"detail": ""}', headers=PROBLEM), None),
        (response(422, '{"detail": 7}', headers=PROBLEM), None),
        (response(422, '{"title": "Taken"}', headers=PROBLEM), None),
        (response(422, "[1]", headers=PROBLEM), None),
        (response(422, "no json", headers=PROBLEM), None),
        (response(422, '{"detail": "cut', headers=PROBLEM, truncated=True), None),
        (response(422, '{"detail": "The phone number is taken."}'), None),
        (response(422, '{"detail": "The phone number is taken."}', headers={}), None),
    ],
)
def test_a_problem_document_is_quoted(answer: Response, told: str | None) -> None:
    quoted = "" if told is None else f" It says:{told}"

    assert message(Success(), answer) == f"Answered 422; only 200 to 299 is success.{quoted}"


@pytest.mark.parametrize("answer", [response(200, "no json"), response(200, '{"a": 1}', truncated=True), response()])
def test_an_answer_without_whole_json_has_none_to_read(answer: Response) -> None:
    assert set(answer_names(answer)) == {"status", "headers", "text"}
