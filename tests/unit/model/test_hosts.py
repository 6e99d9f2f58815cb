"""Hosts in one spelling, and those that no call can ever reach."""

import pytest

from engine.model.text.hosts import host_problem, in_one_spelling, origin_of


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("127.1", None, "four numbers"),
        ("2130706433", None, "four numbers"),
        ("256.1.1.1", None, "four numbers"),
        ("0177.0.0.1", None, "four numbers"),
        ("127.0.0.1.", None, "four numbers"),
        ("0x7f.1", None, "four numbers"),
        ("0X7F000001", None, "four numbers"),
        ("0x", None, "four numbers"),
        ("127.0.0.0x1", None, "four numbers"),
        ("example.1", None, "four numbers"),
        ("local%68ost", None, "% signs"),
        ("fe80::1%25eth0", None, "% signs"),
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
    "host",
    [
        "127.0.0.1",
        "8.8.8.8",
        "::1",
        "a.example",
        "a.example.",
        "a_b",
        "1.example",
        "0xa.example",
        "a" * 63,
        "localhost",
    ],
)
def test_a_host_that_may_work_has_no_problem(host: str) -> None:
    assert host_problem(host, None) is None
    assert host_problem(host, 1) is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://crm.example/Leads?a=B#c", "https://crm.example/Leads?a=B#c"),
        ("HTTPS://CRM.Example./Leads", "https://crm.example/Leads"),
        ("https://crm.example:443/x", "https://crm.example/x"),
        ("https://crm.example:0443/x", "https://crm.example/x"),
        ("https://crm.example:/x", "https://crm.example/x"),
        ("http://crm.example:80", "http://crm.example"),
        ("http://crm.example:443", "http://crm.example:443"),
        ("https://crm.example:80", "https://crm.example:80"),
        ("https://bücher.example/ü?q={{ x }}", "https://xn--bcher-kva.example/ü?q={{ x }}"),
        ("https://ｃｒｍ。example/", "https://crm.example/"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
        ("http://[0:0:0:0:0:FFFF:7F00:1]:80/x", "http://[::ffff:7f00:1]/x"),
        ("http://[::1]:8080?x", "http://[::1]:8080?x"),
        ("https://crm.example/\nx", "https://crm.example/\nx"),
    ],
)
def test_a_host_has_one_spelling_and_the_rest_stays(written: str, kept: str) -> None:
    assert in_one_spelling(written) == kept
    assert in_one_spelling(kept) == kept


@pytest.mark.parametrize(
    "written",
    ["", "crm.example", "ftp://crm.example", "https://", "https://.", "https://a@b/", "https://a\\b/", "https://a..b/",
     "https://\u200d.example/", "https://[::1/", "https://[::1]x/", "https://h:99999/"],
)  # fmt: skip
def test_what_has_no_host_says_why(written: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        in_one_spelling(written)


def test_an_origin_writes_brackets_where_they_belong() -> None:
    assert origin_of("https", "[::1]:8443").authority == "[::1]:8443"
    assert origin_of("https", "crm.example").authority == "crm.example"
