"""Bodies of answers as text: packed though nobody asked, in other character sets than they say, damaged, or huge."""

import gzip
import sys
import zlib
from collections.abc import Callable
from encodings.aliases import aliases
from random import Random

import brotli  # pyright: ignore[reportMissingTypeStubs]
import pytest

from engine.actions.decoding import KEPT_BYTES, Text, readable
from engine.actions.unpacking import MOST_UNPACKED, unpacked

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

JSON = b'{"name": "Jos\xc3\xa9"}'
TEXT = '{"name": "José"}'
NOISE = Random(1).randbytes(8_000).hex().encode()
"""Text that can hardly be compressed."""


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def in_blocks(data: bytes) -> bytes:
    """As zstandard that is sent bit by bit: a block is unpacked as a whole, or not at all."""
    packer = zstd.ZstdCompressor()
    pieces = [data[start : start + 1_000] for start in range(0, len(data), 1_000)]
    return b"".join(packer.compress(piece, packer.FLUSH_BLOCK) for piece in pieces) + packer.flush()


def read(raw: bytes, *, encoding: str = "", kind: str = "", whole: bool = True) -> Text:
    return readable(raw, {"content-encoding": encoding, "content-type": kind}, whole=whole)


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("", JSON),
        ("identity", JSON),
        ("gzip", gzip.compress(JSON, mtime=0)),
        ("X-GZIP", gzip.compress(JSON, mtime=0)),
        ("gzip", gzip.compress(JSON[:9], mtime=0) + gzip.compress(JSON[9:], mtime=0)),
        ("gzip", gzip.compress(JSON, mtime=0) + b"\0" * 100),
        ("deflate", zlib.compress(JSON)),
        ("deflate", raw_deflate(JSON)),
        ("deflate, gzip", gzip.compress(zlib.compress(JSON), mtime=0)),
        ("identity, gzip", gzip.compress(JSON, mtime=0)),
        ("br", brotli.compress(JSON)),
        ("BR, gzip", gzip.compress(brotli.compress(JSON), mtime=0)),
        ("zstd", zstd.compress(JSON)),
        ("zstd", zstd.compress(JSON[:9]) + zstd.compress(JSON[9:])),
        ("zstd, br", brotli.compress(zstd.compress(JSON))),
    ],
)
def test_what_is_packed_is_unpacked(encoding: str, raw: bytes) -> None:
    assert read(raw, encoding=encoding) == Text(TEXT, False)


@pytest.mark.parametrize("encoding", ["utf-8", "aws-chunked", "none", "compress", "utf-8, utf-8"])
def test_text_that_says_it_is_packed_in_a_way_nobody_knows_is_kept_as_it_is(encoding: str) -> None:
    text = read(JSON, encoding=encoding)

    assert (text.body, text.truncated) == (TEXT, False)
    assert len(text.remarks) == 1
    assert encoding in text.remarks[0]


@pytest.mark.parametrize("encoding", ["aws-chunked, gzip", "gzip, aws-chunked"])
def test_what_can_be_unpacked_of_it_is(encoding: str) -> None:
    text = read(gzip.compress(JSON, mtime=0), encoding=encoding)

    assert text.body == TEXT
    assert "aws-chunked" in text.remarks[0]


@pytest.mark.parametrize("encoding", ["compress", "dcb", "gzip, exi", "gzip, gzip, gzip, gzip"])
def test_what_cannot_be_unpacked_says_so(encoding: str) -> None:
    text = read(b"\x1b\x00\x00\x80", encoding=encoding)

    assert (text.body, text.truncated) == ("", False)
    assert encoding in text.remarks[0]


def test_nothing_is_nothing_however_it_is_packed() -> None:
    assert read(b"", encoding="br") == Text("", False)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_packed_though_it_says_so_is_read_as_it_is(encoding: str) -> None:
    text = read(JSON, encoding=encoding)

    assert text.body == TEXT
    assert len(text.remarks) == 1


def test_what_is_damaged_is_read_as_far_as_it_goes() -> None:
    raw = gzip.compress(bytes(range(32, 127)) * 20, 0)

    cut = read(raw[:1_000], encoding="gzip")
    wrong_sum = read(raw[:-8] + b"\0" * 8, encoding="gzip")

    assert cut.body.startswith(" !")
    assert 500 < len(cut.body) < 1_000
    assert wrong_sum.body.startswith(" !")
    assert "damaged" in cut.remarks[0]
    assert "damaged" in wrong_sum.remarks[0]


@pytest.mark.parametrize(("encoding", "pack"), [("br", brotli.compress), ("zstd", in_blocks)])
def test_what_is_cut_short_is_read_as_far_as_it_goes(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    raw = pack(NOISE)

    text = read(raw[: len(raw) // 2], encoding=encoding)

    assert len(text.body) > 1_000
    assert NOISE.startswith(text.body.encode())
    assert "damaged" in text.remarks[0]


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("gzip", gzip.compress(bytes(range(32, 127)) * 20, 0)[:1_000]),
        ("br", brotli.compress(NOISE)[:8_000]),
        ("zstd", in_blocks(NOISE)[:8_000]),
    ],
)
def test_the_beginning_of_a_packed_body_is_unpacked_without_complaint(encoding: str, raw: bytes) -> None:
    text = read(raw, encoding=encoding, whole=False)

    assert len(text.body) > 500
    assert text.truncated
    assert text.remarks == ()


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("gzip", gzip.compress(bytes(64 << 20), mtime=0)),
        ("gzip", gzip.compress(bytes(1 << 20), mtime=0) * 60),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(64 << 20), mtime=0), mtime=0)),
        ("deflate", raw_deflate(b"x" * (MOST_UNPACKED + 1))),
        ("br", brotli.compress(bytes(64 << 20), quality=5)),
        ("br, br", brotli.compress(brotli.compress(bytes(64 << 20), quality=5))),
        ("zstd", zstd.compress(bytes(64 << 20))),
        ("zstd", zstd.compress(bytes(1 << 20)) * 1_000),
        ("zstd, br, gzip", gzip.compress(brotli.compress(zstd.compress(bytes(64 << 20))), mtime=0)),
    ],
)
def test_a_bomb_is_unpacked_no_further_than_it_is_kept(encoding: str, raw: bytes) -> None:
    text = read(raw[:65_536], encoding=encoding, whole=len(raw) <= 65_536)

    assert len(text.body) == KEPT_BYTES
    assert text.truncated
    assert text.remarks == ()
    assert len(unpacked(raw[:65_536], encoding, whole=False).data) == MOST_UNPACKED


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (TEXT.encode("utf-8-sig"), "application/json"),
        (TEXT.encode("utf-16"), "application/json"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), ""),
        (TEXT.encode("utf-32"), "text/plain; charset=iso-8859-1"),
        (b"\x00\x00\xfe\xff" + TEXT.encode("utf-32-be"), ""),
        (TEXT.encode("latin-1"), "application/json; charset=iso-8859-1"),
        (TEXT.encode("latin-1"), 'text/plain; Charset="ISO-8859-1"'),
        (TEXT.encode("cp1252"), "text/html;charset=windows-1252"),
        (TEXT.encode("utf-16-le"), "text/plain; charset=utf-16le"),
        (TEXT.encode("mac_roman"), "text/plain; charset=macintosh"),
        (JSON, "application/json; charset=UTF-8"),
        (JSON, "text/plain"),
    ],
)
def test_a_body_is_read_in_its_character_set(raw: bytes, kind: str) -> None:
    assert read(raw, kind=kind) == Text(TEXT, False)


def test_other_alphabets() -> None:
    assert read("日本".encode("shift_jis"), kind="text/plain; charset=Shift_JIS") == Text("日本", False)
    assert read("日本".encode("iso-2022-jp"), kind="text/plain; charset=iso-2022-jp") == Text("日本", False)
    assert read("привет".encode("koi8-r"), kind="text/plain; charset=koi8-r") == Text("привет", False)
    assert read("“€”".encode("cp1252"), kind="text/plain; charset=us-ascii") == Text("“€”", False)


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        (JSON, "application/json; charset=iso-8859-1", "is UTF-8"),
        (JSON, "application/json; charset=ascii", "is UTF-8"),
        (JSON, "application/json; charset=utf8mb4", "utf8mb4 is not known"),
        (JSON, "application/json; charset=base64", "base64 is not known"),
        (JSON, "application/json; charset=idna", "idna is not known"),
        (JSON, "application/json; charset=utf-16", "is UTF-8"),
        (TEXT.encode("latin-1"), "application/json; charset=utf-8", "windows-1252"),
        (TEXT.encode("latin-1"), "application/json", "windows-1252"),
        (TEXT.encode("latin-1"), "application/json; charset=nonsense", "windows-1252"),
    ],
)
def test_a_wrong_character_set_is_seen_through(raw: bytes, kind: str, words: str) -> None:
    text = read(raw, kind=kind)

    assert text.body == TEXT
    assert words in text.remarks[0]


def test_what_is_not_in_its_character_set_and_is_utf8_is_read_as_that() -> None:
    assert read("😀".encode(), kind="text/plain; charset=euc-kr") == Text(
        "😀", False, ("The body is not euc-kr; it is read as UTF-8.",)
    )


def test_plain_english_is_what_it_says() -> None:
    assert read(b"ok", kind="text/plain; charset=iso-8859-1") == Text("ok", False)


@pytest.mark.parametrize("name", ["x" * 1_000, "\0", "..", "utf-8\0", "é"])
def test_no_name_of_a_character_set_does_harm(name: str) -> None:
    assert read(JSON, kind=f"text/plain; charset={name}").body == TEXT


def test_what_is_no_text_is_shown_with_replacements() -> None:
    text = read(b"\x89PNG\r\n\x1a\n\x00\x00", kind="image/png")

    assert text.body.startswith("\ufffdPNG")
    assert text.remarks == ("The body is no text.",)


def test_a_character_is_never_cut_in_two() -> None:
    whole = "é" * (KEPT_BYTES // 2)

    assert read(b"x" + whole.encode()) == Text("x" + whole[:-1], True)
    assert read(whole.encode()[:-1], whole=False) == Text(whole[:-1], True)
    assert read(whole.encode()) == Text(whole, False)


@pytest.mark.parametrize("raw", [b"\\ud800", b"+2AA-", b"\xd8\x00", b"\xed\xa0\x80", bytes(range(256))])
def test_whatever_character_set_is_declared_the_text_can_be_stored(raw: bytes) -> None:
    for name in sorted({*aliases, *aliases.values()}):
        read(raw, kind=f"text/plain; charset={name}").body.encode()
