"""Subscribers hear what is announced in their order, until they leave, whatever befalls the others."""

import pytest

from engine.process.announcer import Announcer


def test_each_hears_it_in_turn_until_it_leaves() -> None:
    announcer, heard = Announcer[int]("the numbers"), list[str]()
    leave = announcer.subscribe(lambda number: heard.append(f"first {number}"))
    announcer.subscribe(lambda number: heard.append(f"second {number}"))

    announcer.announce(1)
    leave()
    leave()
    announcer.announce(2)

    assert heard == ["first 1", "second 1", "second 2"]


def test_one_that_fails_is_logged_and_keeps_it_from_nobody(caplog: pytest.LogCaptureFixture) -> None:
    announcer, heard = Announcer[[]]("the numbers"), list[str]()

    def fail() -> None:
        raise ValueError

    announcer.subscribe(fail)
    announcer.subscribe(lambda: heard.append("told"))
    announcer.announce()

    assert heard == ["told"]
    assert "a subscriber of the numbers failed" in caplog.text


def test_one_may_leave_while_it_is_told() -> None:
    announcer, heard = Announcer[[]]("the numbers"), list[str]()

    def once() -> None:
        heard.append("once")
        leave()

    leave = announcer.subscribe(once)
    announcer.announce()
    announcer.announce()

    assert heard == ["once"]
