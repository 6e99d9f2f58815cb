"""Bodies as they were before they were compressed, and in UTF-8. Pure.

What is decompressed is held to the limit of the body as it goes, so that a small body cannot become a large one.
"""

import codecs
import json
import zlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from engine.api.problems import Problem

MOST_MEMBERS: Final = 100
"""Of a gzip body: each may be compressed on its own."""
MOST_CODINGS: Final = 2

_GZIP: Final = 31
_ZLIB: Final = 15
_RAW: Final = -15
_CODINGS: Final = frozenset({"gzip", "x-gzip", "deflate"})
_BY_LENGTH: Final = frozenset({"utf-16", "utf-32"})
"""Of these a body may have either order of bytes, and need not say which."""
_CHARSETS: Final = frozenset(
    {"utf-8", "utf-8-sig", "ascii", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
    | {f"iso8859-{number}" for number in (*range(1, 12), *range(13, 17))}
    | {f"cp{number}" for number in (*range(1250, 1259), 932, 949, 950)}
    | {"koi8-r", "koi8-u", "shift_jis", "euc_jp", "euc_kr", "gb2312", "gbk", "gb18030", "big5"}
)
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ACCEPT: Final = {"accept-encoding": "gzip, deflate"}


def decoded(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """`headers` have names in lower case. Raises Problem: 415 for what cannot be read, 413 beyond `limit` bytes, 422
    for a body that is not what its headers say."""
    if codings := headers.get("content-encoding"):
        body = _decompressed(body, codings, limit)
    return _in_utf8(body, headers.get("content-type", ""), limit)


def too_large(limit: int) -> Problem:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {limit} bytes; send less at once.")


def _decompressed(body: bytes, header: str, limit: int) -> bytes:
    codings = [coding for part in header.split(",") if (coding := part.strip().lower()) not in {"", "identity"}]
    for coding in codings:
        if coding not in _CODINGS:
            words = f"The encoding {coding[:50]} cannot be read here. Send the body as gzip or deflate, or as it is."
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words, _ACCEPT)
    if len(codings) > MOST_CODINGS:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body is encoded {len(codings)} times.", _ACCEPT)
    for coding in reversed(codings):
        try:
            body = _inflated(body, limit) if coding == "deflate" else _gunzipped(body, limit)
        except zlib.error as error:
            raise _not_as_said(f"This is not {coding}, as its Content-Encoding says: {error}.") from None
    return body


def _gunzipped(body: bytes, limit: int) -> bytes:
    """Raises zlib.error, Problem (413)."""
    whole = b""
    for _ in range(MOST_MEMBERS):
        part, rest = _one_stream(body, _GZIP, limit - len(whole), limit)
        whole, body = whole + part, rest.lstrip(b"\0")
        if not body:
            return whole
    raise zlib.error(f"more than {MOST_MEMBERS} parts")


def _inflated(body: bytes, limit: int) -> bytes:
    """As the standard says, within zlib's head and foot, or without, as some send it. Raises zlib.error, Problem."""
    try:
        whole, rest = _one_stream(body, _ZLIB, limit, limit)
    except zlib.error:
        whole, rest = _one_stream(body, _RAW, limit, limit)
    if rest:
        raise zlib.error("more follows after its end")
    return whole


def _one_stream(body: bytes, window: int, room: int, limit: int) -> tuple[bytes, bytes]:
    """What it holds, and what follows it. Raises zlib.error, Problem (413)."""
    stream = zlib.decompressobj(window)
    found = stream.decompress(body, room + 1)
    if len(found) > room:
        raise too_large(limit)
    if not stream.eof:
        raise zlib.error("it is cut off")
    return found, stream.unused_data


def _in_utf8(body: bytes, content_type: str, limit: int) -> bytes:
    charset = _charset_of(content_type) if "charset" in content_type.lower() else "utf-8"
    if body.startswith(_MARKS) or b"\0" in body[:4]:
        charset = json.detect_encoding(body)
    elif charset in _BY_LENGTH:
        charset = f"{charset}-be"
    if charset in {"utf-8", "ascii"}:
        return body
    try:
        whole = body.decode(charset).encode()
    except UnicodeDecodeError as error:
        raise _not_as_said(f"This is not text in {charset}, as its charset says: {error.reason}.") from None
    if len(whole) > limit:
        raise too_large(limit)
    return whole


def _charset_of(content_type: str) -> str:
    """By Python's name. Raises Problem (415)."""
    parameters = [part.partition("=") for part in content_type.split(";")[1:]]
    named = next((value.strip(" \t\"'") for name, _, value in parameters if name.strip().lower() == "charset"), "utf-8")
    try:
        charset = codecs.lookup(named).name
    except (LookupError, ValueError):
        charset = ""
    if charset not in _CHARSETS:
        words = f"The charset {named[:50]} cannot be read here. Send the body in UTF-8."
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words)
    return charset


def _not_as_said(words: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"body: {words}", errors={"body": words})
