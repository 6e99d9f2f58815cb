"""Hosts that no call can ever reach."""

import pytest

from engine.model.text.hosts import host_problem


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("127.1", None, "four numbers"),
        ("2130706433", None, "four numbers"),
        ("256.1.1.1", None, "four numbers"),
        ("0177.0.0.1", None, "four numbers"),
        ("127.0.0.1.", None, "four numbers"),
        ("1.2.3", 8080, "four numbers"),
        ("a..b", None, "next to a dot"),
        (".a", None, "next to a dot"),
        ("a..", None, "next to a dot"),
        ("a" * 64 + ".example", None, "63 between two dots"),
        (".".join(["a" * 50] * 6), None, "253 characters"),
        ("host", 0, "port 0"),
        ("::1", 0, "port 0"),
    ],
)
def test_a_host_that_can_never_work_says_why(host: str, port: int | None, words: str) -> None:
    assert words in (host_problem(host, port) or "")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "8.8.8.8", "::1", "a.example", "a.example.", "a_b", "1.example", "a" * 63, "localhost"]
)
def test_a_host_that_may_work_has_no_problem(host: str) -> None:
    assert host_problem(host, None) is None
    assert host_problem(host, 1) is None
