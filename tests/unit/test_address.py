"""Addresses as they go onto the wire."""

import pytest

from engine.actions.address import address_of


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://a.example/x%2Fy?sig=a%2Fb%3D%3D", "https://a.example/x%2Fy?sig=a%2Fb%3D%3D"),
        ("https://a.example/%7e%3A?", "https://a.example/%7e%3A?"),
        ("HTTPS://A.Example:8443/X", "https://a.example:8443/X"),
        ("http://a.example", "http://a.example/"),
        ("http://a.example?x=1#f", "http://a.example/?x=1"),
        ("http://bücher.example/ü?q=ö ", "http://xn--bcher-kva.example/%C3%BC?q=%C3%B6%20"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("https://a.example./x", "https://a.example/x"),
        ("https://A.example.:8443/x", "https://a.example:8443/x"),
        ("http://a.example/\n\t\x7f", "http://a.example/%0A%09%7F"),
    ],
)
def test_what_is_shown_is_what_is_sent(written: str, shown: str) -> None:
    address = address_of(written)

    assert address.text == shown
    assert address_of(shown) == address


def test_a_host_is_told_without_brackets_and_port() -> None:
    assert address_of("http://[2001:DB8::1]:80/x").host == "2001:db8::1"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a.example",
        "ftp://a.example",
        "http://",
        "http://u@a",
        "http://a:b/",
        "http:/x",
        "http://.",
        "http://127.1/",
        "http://2130706433/",
        "http://256.1.1.1/",
        "http://a..b/",
        "http://h:0/",
        "http://127.0.0.1./",
        "http://１２７.1/",
    ],
)
def test_what_is_none_says_why(written: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        address_of(written)
