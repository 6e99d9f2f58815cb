"""Log lines: one a message whatever it holds, in both formats, and without what is secret."""

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO

import pytest

from engine.process.logs import REDACTED, log_to_terminal

FORGED = 'hello\r\n2026-01-01T00:00:00Z [critical] {"level":"critical"}\x1b[2J\u2028end\x00'
KEY = "th_4dd889e6_fS186jHkxI3bq4FulgQ5xsmzO6r4EGvZ4jP7MkWggeE"
log = logging.getLogger("a.test")


@pytest.fixture(params=["console", "json"])
def format(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def written(format: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    log_to_terminal(format)
    yield out
    root.handlers[:], root.level = before, level


def test_no_text_forges_a_line(written: StringIO) -> None:
    log.warning("somebody sent %s", FORGED, extra={"title": FORGED, "inner": {"deep": FORGED}})

    text = written.getvalue()
    assert text.count("\n") == len(text.splitlines()) == 1
    assert "\x1b[2J" not in text and "\r" not in text and "\x00" not in text


def test_nor_does_the_message_of_an_error(written: StringIO, format: str) -> None:
    log.error("it failed", exc_info=ValueError(FORGED))

    first, *rest = written.getvalue().splitlines()
    assert "it failed" in first
    assert all(line.startswith("  | ") for line in rest)
    assert (rest == []) is (format == "json")
    assert "\x1b[2J" not in written.getvalue()


@pytest.mark.parametrize("format", ["json"], indirect=True)
def test_a_json_line_holds_what_was_said(written: StringIO) -> None:
    log.warning("somebody sent %s", FORGED)

    assert json.loads(written.getvalue())["event"] == f"somebody sent {FORGED}"


NAMES = ("authorization", "Authorization", "cookie", "set_cookie", "client_secret", "access_token", "password")


@pytest.mark.parametrize("name", [*NAMES, "x-api-key", "webhook-signature"])
def test_what_is_secret_by_its_name_is_taken_out(written: StringIO, name: str) -> None:
    log.warning("a call", extra={name: "hidden", "headers": {name: "hidden", "accept": "shown"}})

    assert "hidden" not in written.getvalue()
    assert "shown" in written.getvalue()
    assert REDACTED in written.getvalue()


@pytest.mark.parametrize("secret", [f"Bearer {KEY}", KEY, "whsec_c2VjcmV0IHNlY3JldA==", "bearer abc.def"])
def test_what_is_secret_by_its_look_is_taken_out(written: StringIO, secret: str) -> None:
    log.warning("got %s, and went on", secret, extra={"said": [secret]})
    log.error("it failed", exc_info=ValueError(secret))

    assert secret.rsplit(maxsplit=1)[-1] not in written.getvalue()
    assert "and went on" in written.getvalue()
