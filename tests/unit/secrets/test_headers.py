"""Secret headers: sealed where they are kept, masked where they are shown, open in the call alone."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Action, AttemptError, ErrorClass, HookDefinition
from engine.secrets.headers import (
    MASK,
    as_kept,
    echoes_masked,
    for_endpoints,
    is_secret,
    marked,
    masked,
    opened,
    problems,
    sealed,
    turned,
)
from tests.unit.samples import definition, request, response

CRM, MIRROR, OTHER = "https://crm.example.com/leads", "https://crm.example.com/mirror", "https://other.example.com/"
TOKEN = 'sk live/7"?'


def action(value: str = MASK, url: str = CRM, header: str = "Authorization", **changes: Any) -> Action:
    return Action(url=url, headers={header: value, "X-Source": "calls"}, secret_headers=("authorization",), **changes)


def hook(*actions: Action) -> HookDefinition:
    return definition(actions=actions)


def seal(value: str) -> str:
    return f"sealed({value})"


def values(one: HookDefinition) -> list[str]:
    return [next(iter(action.headers.values())) for action in one.actions]


@pytest.mark.parametrize(
    ("header", "expected"), [("Authorization", True), ("AUTHORIZATION", True), ("authorization", True), ("X", False)]
)
def test_a_header_is_secret_whatever_its_case(header: str, expected: bool) -> None:
    assert is_secret(action(), header) is expected


# Keeping


STORED = hook(action("kept-1"), action("kept-2", MIRROR), action("kept-3", OTHER))


@pytest.mark.parametrize(
    ("wanted", "stored", "may_move", "kept"),
    [
        ([action("typed")], None, False, ["sealed(typed)"]),
        ([action("typed")], STORED, False, ["sealed(typed)"]),
        ([action()], STORED, False, ["kept-1"]),
        ([action(url=OTHER), action(url=MIRROR), action()], STORED, False, ["kept-3", "kept-2", "kept-1"]),
        ([action(url="https://crm.example.com/new")], STORED, False, ["kept-1"]),
        ([action("typed"), action(url="https://crm.example.com/new")], STORED, False, ["sealed(typed)", "kept-2"]),
        ([action(url="HTTPS://CRM.example.com/new")], STORED, False, ["kept-1"]),
        ([action(header="AUTHORIZATION")], STORED, False, ["kept-1"]),
        ([action(url="https://new.example.com/")], STORED, True, ["kept-1"]),
    ],
)
def test_what_is_typed_is_sealed_and_a_mask_keeps_what_was_stored(
    wanted: list[Action], stored: HookDefinition | None, may_move: bool, kept: list[str]
) -> None:
    assert dict(problems(hook(*wanted), stored, may_move=may_move)) == {}
    assert values(sealed(hook(*wanted), stored, seal, may_move=may_move)) == kept


@pytest.mark.parametrize(
    ("wanted", "stored", "may_move", "place", "words"),
    [
        (
            Action(url=CRM, headers={"X-Key": "k"}, secret_headers=("X-Key", "X-Other")),
            None,
            False,
            "actions[0].secret_headers",
            "No header of this action is called “X-Other”",
        ),
        (Action(url=CRM, headers={"X-Key": MASK}), STORED, False, "actions[0].headers.X-Key", "stands for a secret"),
        (action(), None, False, "actions[0].headers.Authorization", "there is none under this name"),
        (action(), hook(Action(url=CRM)), True, "actions[0].headers.Authorization", "there is none under this name"),
        (
            action(),
            hook(Action(url=CRM, headers={"Authorization": "open"})),
            True,
            "actions[0].headers.Authorization",
            "there is none under this name",
        ),
        (
            action(url="https://thief.example.net/"),
            STORED,
            False,
            "actions[0].headers.Authorization",
            "leads to another host, and only Admins",
        ),
        (
            action(url="http://crm.example.com/leads"),
            STORED,
            False,
            "actions[0].headers.Authorization",
            "leads to another host, and only Admins",
        ),
        (
            action(url="https://crm.example.com:8443/leads"),
            STORED,
            False,
            "actions[0].headers.Authorization",
            "leads to another host, and only Admins",
        ),
    ],
)
def test_a_mask_that_stands_for_nothing_that_may_go_there_is_refused(
    wanted: Action, stored: HookDefinition | None, may_move: bool, place: str, words: str
) -> None:
    found = dict(problems(hook(wanted), stored, may_move=may_move))

    assert list(found) == [place]
    assert words in found[place]


def test_a_hook_without_secrets_stays_as_it_is() -> None:
    plain = hook(Action(url=CRM, headers={"X-Source": "calls"}))

    assert sealed(plain, None, seal, may_move=False) is plain
    assert masked(plain) is plain


def test_only_secret_values_turn_and_only_in_the_actions_that_have_some() -> None:
    plain = Action(url=OTHER, headers={"Authorization": "open"})
    found = turned(hook(action("kept"), plain), str.upper)

    assert found.actions[0].headers == {"Authorization": "KEPT", "X-Source": "calls"}
    assert found.actions[1] is plain


# Showing and calling


def test_shown_a_secret_is_a_mask_and_called_it_is_open() -> None:
    assert values(masked(hook(action("kept")))) == [MASK]
    assert opened(action("kept"), str.upper).headers == {"Authorization": "KEPT", "X-Source": "calls"}


def test_a_request_is_kept_with_its_secrets_masked() -> None:
    went_out = request(headers={"authorization": TOKEN, "x-source": "calls"})

    assert as_kept(went_out, action()).headers == {"authorization": MASK, "x-source": "calls"}
    assert for_endpoints(went_out, Action(url=CRM)) is went_out


def test_and_without_what_is_known_to_be_secret_wherever_it_stands() -> None:
    went_out = request(url=f"{CRM}?n=a%20b%26c", headers={"x-source": "a b&c"}, body='{"n": "a b&c"}')

    kept = as_kept(went_out, Action(url=CRM), frozenset({"a b&c"}))

    assert (kept.url, kept.headers, kept.body) == (f"{CRM}?n={MASK}", {"x-source": MASK}, f'{{"n": "{MASK}"}}')


def test_headers_with_secret_names_are_marked_whatever_is_said() -> None:
    plain = Action(url=CRM, headers={"x-auth-token": "t", "X-Source": "calls", "Authorization": "a"})

    assert marked(plain).secret_headers == ("x-auth-token", "Authorization")
    assert marked(marked(plain)) == marked(plain)


WRITES: list[Callable[[str], str]] = [
    str,
    lambda value: json.dumps({"token": value}),
    lambda value: f"?token={quote(value, safe='')}",
    lambda value: f"token={quote_plus(value)}",
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("value", [TOKEN, f"Bearer {TOKEN}"])
def test_an_answer_that_echoes_a_secret_is_kept_without_it(value: str, write: Callable[[str], str]) -> None:
    went_out = request(headers={"authorization": value, "x-source": "calls"})
    came = response(401, f"Refused: {write(TOKEN)}, of calls.", headers={"x-echo": write(value)})
    failed = AttemptError(error_class=ErrorClass.REJECTED, message=f"It says {write(value)}")

    answer, error = echoes_masked(went_out, action(), came, failed)

    assert answer is not None
    assert error is not None
    for text in (answer.body, answer.headers["x-echo"], error.message):
        assert MASK in text
        assert write(TOKEN) not in text
    assert answer.body.startswith("Refused: ")
    assert answer.body.endswith(", of calls.")


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4), st.sampled_from(WRITES))
def test_no_secret_is_left_in_an_answer_that_echoes_it(token: str, write: Callable[[str], str]) -> None:
    came = response(200, f"<{write(token)}>")

    answer, _ = echoes_masked(request(headers={"authorization": token}), action(), came, None)

    assert answer is not None
    assert MASK in answer.body
    assert write(token) not in answer.body


def test_a_secret_too_short_to_be_told_apart_is_not_looked_for() -> None:
    went_out = request(headers={"authorization": "abc"})

    answer, _ = echoes_masked(went_out, action(), response(200, "abcdef"), None)

    assert answer == response(200, "abcdef")


def test_an_answer_is_cleaned_where_nothing_failed_and_an_error_where_nobody_answered() -> None:
    went_out = request(headers={"authorization": TOKEN})
    failed = AttemptError(error_class=ErrorClass.TLS_ERROR, message=f"It says {TOKEN}")

    answer, no_error = echoes_masked(went_out, action(), response(200, TOKEN), None)
    no_answer, error = echoes_masked(went_out, action(), None, failed)

    assert (answer and answer.body, no_error) == (MASK, None)
    assert (no_answer, error and error.message) == (None, f"It says {MASK}")


def test_without_secrets_an_answer_stays_as_it_came() -> None:
    came = response(200, "Authorization: open")

    assert echoes_masked(request(), Action(url=CRM), came, None) == (came, None)


def test_where_nobody_answered_only_the_error_is_cleaned() -> None:
    failed = AttemptError(error_class=ErrorClass.TLS_ERROR, message=f"It says {TOKEN}")

    answer, error = echoes_masked(request(headers={"authorization": TOKEN}), action(), None, failed)

    assert answer is None
    assert error == AttemptError(error_class=ErrorClass.TLS_ERROR, message=f"It says {MASK}")
