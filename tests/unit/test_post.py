"""Addresses, the mail server's URL, and the words of a mail."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.messages.mail import SmtpSettings, addresses_in, is_address, message_of, smtp_settings
from engine.model import Mail

MAIL = Mail(
    seq=7, address="maria@example.com", subject="Late", text="Since noon.", created_at=datetime(2025, 9, 9, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("maria@example.com", True),
        ("m.s+hooks@mail.example.co.uk", True),
        ("root@localhost", True),
        ("maria", False),
        ("@example.com", False),
        ("maria@", False),
        ("maria@example..com", False),
        ("maria@-example.com", False),
        ("Maria <maria@example.com>", False),
        ("a@b.example\nBcc: x@y.example", False),
        ("ä@example.com", False),
        ("a" * 65 + "@example.com", False),
    ],
)
def test_what_is_an_address(text: str, expected: bool) -> None:
    assert is_address(text) is expected


def test_addresses_stand_between_commas_each_once() -> None:
    assert addresses_in(" a@b.example, c@d.example,,a@b.example ") == ("a@b.example", "c@d.example")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 587, "starttls", "", "")),
        ("smtps://u:p%40ss@mail.example.com", ("mail.example.com", 465, "tls", "u", "p@ss")),
        ("smtp+plain://127.0.0.1:2525", ("127.0.0.1", 2525, "none", "", "")),
    ],
)
def test_a_server_is_read_off_its_url(url: str, expected: tuple[object, ...]) -> None:
    found = smtp_settings(url, "hooks@example.com")

    assert found is not None
    assert (found.host, found.port, found.tls, found.user, found.password) == expected
    assert "p@ss" not in repr(found)


@pytest.mark.parametrize(
    ("url", "sender"),
    [("mail.example.com", "h@e.com"), ("http://x", "h@e.com"), ("smtp://x", ""), ("smtp://", "h@e.com")],
)
def test_what_is_no_server_is_refused(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match=r"SMTP_FROM|smtp://"):
        smtp_settings(url, sender)


def test_without_a_url_there_is_no_server() -> None:
    assert smtp_settings("", "") is None


def test_several_mails_are_listed_in_one_that_is_known_again() -> None:
    two = [MAIL, replace(MAIL, seq=8, subject="Early", text="At six.")]

    message, again = (message_of(two, sender="hooks@example.com", place="https://h.example") for _ in range(2))

    assert message["Subject"] == "2 notifications: Late"
    assert message["Message-ID"] == again["Message-ID"]
    assert "1. Late\nSince noon.\n\n2. Early\nAt six." in message.get_content()


def test_a_line_break_never_becomes_a_header() -> None:
    with pytest.raises(ValueError, match="Header"):
        message_of([replace(MAIL, subject="a\r\nBcc: x@y.example")], sender="hooks@example.com", place="x")


def test_a_password_is_never_shown() -> None:
    assert "geheim" not in repr(SmtpSettings(host="x", port=1, sender="a@b.c", tls="none", password="geheim"))
