"""Heads of answers: what is valid stays as it is, and what is flawed becomes valid without losing the status."""

import pytest

from engine.actions.heads import LONGEST_NAME, MOST_FIELDS, START, may_begin_head, repaired

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        OK,
        b"HTTP/1.0 404 \r\n",
        OK + b"X-A: \xc3\xbc\r\nx-b: a: b\r\nx-b: \r\nContent-Length: 2\r\n",
        OK + b"transfer-encoding: gzip, chunked\r\n",
        OK + b"Transfer-Encoding: Chunked\r\n",
        OK + b"x-b: " + b"y" * 8_180 + b"\r\n",
    ],
)
def test_a_valid_head_stays(raw: bytes) -> None:
    head = repaired(raw + b"\r\n")

    assert (head.raw, head.remark) == (raw + b"\r\n", "")


@pytest.mark.parametrize(
    ("fields", "repaired_to"),
    [
        (b"Content-Length: 3\r\nContent-Length: 2\r\n", b"Content-Length: 2\r\n"),
        (b"Content-Length: -2\r\n", b""),
        (b"Content-Length: chunked\r\n", b""),
        (b"Transfer-Encoding: 2\r\n", b""),
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\n"),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\n"),
        (b"Transfer-Encoding: identity, chunked\r\n", b"Transfer-Encoding: chunked\r\n"),
        (b"Transfer-Encoding: gzip\r\nContent-Length: 2\r\n", b"Content-Length: 2\r\n"),
        (b"x-a : 1\r\n", b"x-a: 1\r\n"),
        (b"foo\r\nx-\xc3\xa4: 1\r\n: 2\r\nx: y\r\n", b"x: y\r\n"),
        (b" folded onto nothing\r\n", b""),
        (b"x: a\x00b\rc\r\n", b"x: a b c\r\n"),
        (b"x: 1\r\n" + b"n" * (LONGEST_NAME + 1) + b": 1\r\n", b"x: 1\r\n"),
        (b"x: 1\r\n" * 2_000, b"x: 1\r\n" * MOST_FIELDS),
    ],
)
def test_a_flawed_head_becomes_valid_with_a_remark(fields: bytes, repaired_to: bytes) -> None:
    head = repaired(OK + fields + b"\r\n")

    assert head.raw == OK + repaired_to + b"\r\n"
    assert head.remark


@pytest.mark.parametrize("line", [b"HTTP/2 200 OK", b"http/3.0 200 OK", b"HTTP/1.1 200 \x01OK"])
def test_a_status_line_of_another_version_counts(line: bytes) -> None:
    head = repaired(line + b"\r\n\r\n")

    assert head.raw == OK + b"\r\n"
    assert head.remark


def test_a_head_that_does_not_end_is_cut_after_a_whole_line() -> None:
    head = repaired(OK + b"content-length: 7\r\nretry-after: 60\r\nx: half", whole=False)

    assert head.raw == OK + b"retry-after: 60\r\nContent-Length: 0\r\n\r\n"
    assert "too long" in head.remark


@pytest.mark.parametrize(
    ("received", "may"),
    [
        (b"", True),
        (b"HT", True),
        (b"http/1.1 2", True),
        (b"HTTP/1.1 200\n", True),
        (b"HTTP/1.1 200 " + b"x" * START, True),
        (b"HTTP/" + b"1" * START, False),
        (b"HTTP/1.1 abc\r\n", False),
        (b"HTTP/1.1 2000\r\n", False),
        (b"SSH-2.0", False),
        (b"\x00", False),
    ],
)
def test_only_what_begins_with_a_status_line_is_a_head(received: bytes, may: bool) -> None:
    assert may_begin_head(received) is may


def test_what_has_no_status_line_cannot_be_repaired() -> None:
    with pytest.raises(ValueError, match="no status line"):
        repaired(b"x: 1\r\n\r\n")
