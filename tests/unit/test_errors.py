"""What people read when something is refused, and what programs read beside it."""

import pytest

from engine.errors import (
    CodeNeeded,
    Conflict,
    InvalidAccount,
    InvalidEvent,
    InvalidHook,
    InvalidKey,
    InvalidQuery,
    InvalidTask,
    NotAllowed,
    NotFound,
    Overloaded,
    RateExceeded,
    Refused,
    SecretLost,
    SignInOver,
    TooManyTries,
    TriggerHooksError,
)


@pytest.mark.parametrize("kind", [InvalidHook, InvalidEvent, InvalidKey, InvalidTask])
def test_every_wrong_field_is_named_with_what_is_wrong(kind: type[InvalidHook]) -> None:
    error = kind({"title": "Give it a title.", "url": "No host."})

    assert str(error) == "title: Give it a title.; url: No host."
    assert error.problems == {"title": "Give it a title.", "url": "No host."}


def test_a_query_is_blamed_with_the_name_of_its_parameter() -> None:
    error = InvalidQuery("cursor", "This is no cursor.")

    assert (str(error), error.problems) == ("cursor: This is no cursor.", {"cursor": "This is no cursor."})


def test_an_account_is_blamed_by_field_and_the_sentence_stands_alone() -> None:
    error = InvalidAccount("email", "Someone has this address.")

    assert (str(error), error.problems) == ("Someone has this address.", {"email": "Someone has this address."})


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NotFound("hook", 48), "There is no hook 48."),
        (
            Conflict("hook", 48, 5),
            "Somebody else saved hook 48 in the meantime; it is at version 5 now.",
        ),
        (
            RateExceeded(0.2, 6_000),
            "This API key may send 6,000 events or other calls a minute, and has. Wait, then go on.",
        ),
        (TooManyTries(0.0), "Too many tries. Wait a second, then try again."),
        (TooManyTries(29.5), "Too many tries. Wait 30 seconds, then try again."),
        (CodeNeeded("pending-1"), "Enter a code of your second factor."),
        (SignInOver(), "That took too long, or too many codes were wrong. Sign in again."),
        (Overloaded("The backlog is full.", 5), "The backlog is full."),
    ],
)
def test_the_message_is_a_sentence_for_people(error: TriggerHooksError, message: str) -> None:
    assert str(error) == message


@pytest.mark.parametrize(("seconds", "wait"), [(0.0, 1), (0.2, 1), (1.0, 1), (1.2, 2), (59.01, 60)])
def test_a_key_that_calls_too_often_is_never_told_to_come_back_too_early(seconds: float, wait: int) -> None:
    assert RateExceeded(seconds, 60).retry_after == wait


def test_a_lost_secret_key_is_named_where_it_can_be_put_back() -> None:
    assert all(
        word in str(SecretLost()) for word in ("secret.key", "DATA_DIR", "TRIGGER_HOOKS_SECRET_KEY", "forget-secrets")
    )


def test_what_is_missing_is_also_a_lookup_error() -> None:
    assert isinstance(NotFound("hook", 48), LookupError)


@pytest.mark.parametrize("error", [Refused("no"), TooManyTries(1), CodeNeeded("p"), SignInOver()])
def test_what_somebody_may_not_do_is_caught_as_not_allowed(error: TriggerHooksError) -> None:
    assert isinstance(error, NotAllowed)


def test_what_programs_need_comes_along() -> None:
    assert CodeNeeded("pending-1").pending == "pending-1"
    assert Conflict("hook", 48, 5).found == 5
    assert Overloaded("The backlog is full.", 5).retry_after == 5
