"""Guessing waits longer and longer, the owner gets in, and nothing grows without bound."""

import pytest

from engine.people.throttle import FREE, FREE_OF_ACCOUNT, FREE_OF_ADDRESS, LONGEST_OF_ACCOUNT, MOST, Throttle


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def guess(throttle: Throttle, account: str, address: str, times: int) -> None:
    for _ in range(times):
        throttle.failed(account, address)


def test_the_first_few_are_free_then_each_waits_twice_as_long() -> None:
    throttle = Throttle(Clock())
    guess(throttle, "ada", "1.1.1.1", FREE - 1)
    assert throttle.wait("ada", "1.1.1.1") == 0

    waits = []
    for _ in range(10):
        throttle.failed("ada", "1.1.1.1")
        waits.append(throttle.wait("ada", "1.1.1.1"))

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_a_wait_ends_and_is_forgotten_after_an_hour() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    guess(throttle, "ada", "1.1.1.1", FREE + 3)
    clock.now += 8
    assert throttle.wait("ada", "1.1.1.1") == 0

    clock.now += 3_601
    throttle.failed("ada", "1.1.1.1")
    assert throttle.wait("ada", "1.1.1.1") == 0


def test_who_guesses_from_many_places_does_not_keep_out_the_owner() -> None:
    throttle = Throttle(Clock())
    throttle.succeeded("ada", "9.9.9.9")
    for number in range(FREE_OF_ACCOUNT + 30):
        throttle.failed("ada", f"1.1.1.{number}")

    assert throttle.wait("ada", "2.2.2.2") == LONGEST_OF_ACCOUNT
    assert throttle.wait("ada", "9.9.9.9") == 0


def test_an_address_that_tries_many_accounts_waits_for_all() -> None:
    throttle = Throttle(Clock())
    for number in range(FREE_OF_ADDRESS + 3):
        throttle.failed(f"user{number}", "1.1.1.1")

    assert throttle.wait("somebody", "1.1.1.1") == 8
    assert throttle.wait("somebody", "2.2.2.2") == 0


def test_success_clears_the_pair() -> None:
    throttle = Throttle(Clock())
    guess(throttle, "ada", "1.1.1.1", FREE + 2)
    throttle.succeeded("ada", "1.1.1.1")

    assert throttle.wait("ada", "1.1.1.1") == 0


def test_a_failure_that_was_none_is_taken_back_with_its_moment() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    guess(throttle, "ada", "1.1.1.1", FREE + 3)
    clock.now += 8
    throttle.failed("ada", "1.1.1.1")
    assert throttle.wait("ada", "1.1.1.1") == 16

    throttle.forgive("ada", "1.1.1.1")

    assert throttle.wait("ada", "1.1.1.1") == 0
    throttle.failed("ada", "1.1.1.1")
    assert throttle.wait("ada", "1.1.1.1") == 16


def test_a_wait_begins_when_a_try_has_failed_however_long_that_took() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    guess(throttle, "ada", "1.1.1.1", FREE)
    clock.now += 5
    throttle.confirm("ada", "1.1.1.1")

    assert throttle.wait("ada", "1.1.1.1") == 1


def test_what_was_never_counted_is_not_taken_back() -> None:
    throttle = Throttle(Clock())
    throttle.forgive("ada", "1.1.1.1")
    guess(throttle, "ada", "1.1.1.1", FREE)

    assert throttle.wait("ada", "1.1.1.1") == 1


def test_memory_is_bounded() -> None:
    throttle = Throttle(Clock())
    for number in range(MOST):
        throttle.failed(f"user{number}", f"address{number}")
        throttle.succeeded(f"user{number}", f"address{number}")

    assert len(throttle._failures) <= MOST
    assert len(throttle._known) <= MOST


def test_a_pair_that_has_signed_in_does_not_wait_for_others_at_its_address() -> None:
    throttle = Throttle(Clock())
    throttle.succeeded("ada", "1.1.1.1")
    for number in range(FREE_OF_ADDRESS + 3):
        throttle.failed(f"user{number}", "1.1.1.1")

    assert throttle.wait("ada", "1.1.1.1") == 0
    assert throttle.wait("mia", "1.1.1.1") == 8
    guess(throttle, "ada", "1.1.1.1", FREE)
    assert throttle.wait("ada", "1.1.1.1") == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:1.1.1.1", "1.1.1.1", True),
        ("1.1.1.1", "1.1.1.2", False),
        ("", "", True),
        ("testclient", "elsewhere", False),
    ],
)
def test_a_64_of_ipv6_is_one_address(one: str, other: str, same: bool) -> None:
    throttle = Throttle(Clock())
    for number in range(FREE_OF_ADDRESS):
        throttle.failed(f"user{number}", one)

    assert (throttle.wait("ada", other) > 0) is same
