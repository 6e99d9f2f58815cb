"""Decodes a response body to text: decompressed within limits, in the right character set. Pure.

Receivers compress without being asked and declare character sets they do not use. Whatever is readable is returned,
with a remark on what was wrong.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.actions.unpacking import unpacked

KEPT_BYTES: Final = 16_384

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose BOM is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([^\s;,"']{1,40})""", re.IGNORECASE)
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"})
"""Named with hyphens, which codecs themselves do not agree on. Some yield characters that cannot be stored."""
_ONE_BYTE: Final = re.compile(r"ascii|iso8859-|cp125|latin|koi8")
_WIDE: Final = re.compile(r"utf-(16|32)")
_USUALLY: Final[Mapping[str, str]] = {"ascii": "cp1252", "iso8859-1": "cp1252"}
"""What browsers decode these as: supersets of the declared sets."""
_NO_TEXT: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Text:
    """`truncated`: the body is longer than the text kept here."""

    body: str
    truncated: bool
    remarks: tuple[str, ...] = ()


def readable(raw: bytes, headers: Mapping[str, str], *, whole: bool) -> Text:
    """`raw` is the beginning of a body, or all of it if `whole`; `headers` have lower-case names."""
    plain = unpacked(raw, headers.get("content-encoding", ""), whole=whole)
    whole, data = plain.whole and len(plain.data) <= KEPT_BYTES, plain.data[:KEPT_BYTES]
    body, remarks = _as_text(data, headers.get("content-type", ""), whole)
    return Text(body, not whole, (*plain.remarks, *remarks))


def _as_text(data: bytes, content_type: str, whole: bool) -> tuple[str, tuple[str, ...]]:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _decoder(codec, "replace").decode(data[len(mark) :], whole), ()
    found = _CHARSET.search(content_type)
    declared = found[1] if found else ""
    codec = _codec(declared)
    if _may_be_utf8(data, codec) and (text := _strictly(data, "utf-8", whole)) is not None:
        return text, _remarks_on_utf8(declared, codec, text)
    if codec and (text := _strictly(data, codec, whole)) is not None:
        return text, ()
    return _decode_by_guess(data, declared or "utf-8", whole)


def _may_be_utf8(data: bytes, codec: str | None) -> bool:
    """Whether valid UTF-8 would not be a coincidence, although another character set is declared."""
    return codec is None or bool(_ONE_BYTE.match(codec)) or (bool(_WIDE.match(codec)) and b"\0" not in data)


def _remarks_on_utf8(declared: str, codec: str | None, text: str) -> tuple[str, ...]:
    if declared and codec is None:
        return (f"The character set {declared} is not known; the body is read as UTF-8.",)
    return () if text.isascii() or not declared else (f"The answer says {declared}, and its body is UTF-8.",)


def _decode_by_guess(data: bytes, declared: str, whole: bool) -> tuple[str, tuple[str, ...]]:
    """A guess for a body that is not in its declared character set."""
    if (text := _strictly(data, "utf-8", whole)) is not None:
        return text, (f"The body is not {declared}; it is read as UTF-8.",)
    if _NO_TEXT.search(data):
        return _decoder("utf-8", "replace").decode(data, whole), ("The body is no text.",)
    text = _decoder("cp1252", "replace").decode(data, whole)
    return text, (f"The body is not {declared}; it is read as windows-1252.",)


def _codec(declared: str) -> str | None:
    """The codec's name; None if unknown or not declared."""
    try:
        name = codecs.lookup(declared).name
        codecs.getincrementaldecoder(name)
        "".encode(name)  # raises for codecs that are not text encodings
    except (LookupError, ValueError):
        return None
    return None if name.replace("_", "-") in _NO_CHARSETS else _USUALLY.get(name, name)


def _strictly(data: bytes, codec: str, whole: bool) -> str | None:
    try:
        return _decoder(codec, "strict").decode(data, whole)
    except (UnicodeError, ValueError):
        return None


def _decoder(codec: str, errors: str) -> codecs.IncrementalDecoder:
    """With more to come, drops the incomplete character at the end."""
    return codecs.getincrementaldecoder(codec)(errors)
