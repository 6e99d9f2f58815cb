"""Repairs the head of a response, so that the status decides however flawed the rest of the head is. Pure.

Only a head with a status line is repaired: anything else is not HTTP.
"""

import re
from dataclasses import dataclass
from typing import Final

MOST_HEAD: Final = 65_536
MOST_FIELDS: Final = 127
LONGEST_FIELD: Final = 8_190
LONGEST_NAME: Final = 1_000
START: Final = 1_024

_PREFIX: Final = b"HTTP/"
_STATUS_LINE: Final = re.compile(rb"HTTP/(\d+(?:\.\d+)?)[ \t]+(\d{3})(?!\d)([^\n]*)", re.IGNORECASE)
_VERSIONS: Final = frozenset({b"1.0", b"1.1"})
_TOKEN: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_LENGTH: Final = re.compile(rb"\d{1,18}")
_BLANK: Final = b" \t"
_SOUND: Final = re.compile(
    rb"HTTP/1\.[01] \d{3}(?: [^\x00-\x08\x0a-\x1f\x7f]*)?\r\n"
    rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,1000}:[^\x00-\x08\x0a-\x1f\x7f]*\r\n){0,127}\r\n"
)
_FRAMING: Final = re.compile(rb"\n(?:content-length|transfer-encoding):[^\r]*", re.IGNORECASE)
_USUAL_FRAMING: Final = re.compile(
    rb"\n(?:content-length:[ \t]*\d{1,18}|transfer-encoding:[ \t]*chunked)[ \t]*", re.IGNORECASE
)
_FLAWED: Final = "The head of the answer is no valid HTTP; what could not be read of it was left out."
_TOO_LONG: Final = "The head of the answer is too long; a part of it was left out."

Field = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Head:
    """`raw` is valid HTTP/1 and ends with an empty line; `remark` says what was wrong, if anything."""

    raw: bytes
    remark: str = ""


def may_begin_head(received: bytes) -> bool:
    """Whether the first bytes, of which `START` are enough, are those of a status line, or may become them."""
    line, ended, _ = received.partition(b"\n")
    if ended or len(received) >= START:
        return _STATUS_LINE.match(line) is not None
    return line[: len(_PREFIX)].upper() == _PREFIX[: len(line)]


def repaired(received: bytes, *, whole: bool = True) -> Head:
    """`received` begins with a status line; what is not `whole` is cut after its last complete line, without a body.

    Raises ValueError without a status line.
    """
    if whole and _is_sound(received):
        return Head(received)
    first, *lines = received.strip(b"\r\n").split(b"\n")
    status, remark = _status(first)
    if not whole:
        lines = lines[:-1]
    fields, flawed = _fields(lines)
    framing, misframed = _framing(fields)
    kept, shortened = _shortened(fields)
    if not whole:
        framing = [(b"Content-Length", b"0")]
    raw = b"\r\n".join([status, *(b"%s: %s" % field for field in [*kept, *framing]), b"", b""])
    return Head(raw, _TOO_LONG if shortened or not whole else _FLAWED if flawed or misframed else remark)


def _is_sound(received: bytes) -> bool:
    """Quickly, for most heads: whether there is nothing to repair."""
    if len(received) > LONGEST_FIELD or not _SOUND.fullmatch(received):
        return False
    framing = _FRAMING.findall(received)
    return not framing or (len(framing) == 1 and _USUAL_FRAMING.fullmatch(framing[0]) is not None)


def _status(line: bytes) -> tuple[bytes, str]:
    """The status line, and a remark if it was flawed."""
    found = _STATUS_LINE.match(line)
    if found is None:
        raise ValueError("no status line")
    version, code, rest = found[1], found[2], found[3].rstrip(b"\r")
    reason = _CONTROL.sub(b" ", rest).strip(_BLANK)[:LONGEST_NAME]
    remark = "" if version in _VERSIONS and not _CONTROL.search(rest) else _FLAWED
    return b"HTTP/%s %s %s" % (version if version in _VERSIONS else b"1.1", code, reason), remark


def _fields(lines: list[bytes]) -> tuple[list[Field], bool]:
    """The header fields that can be read, and whether any is flawed."""
    fields, flawed = list[Field](), False
    for line in lines:
        name, colon, value = line.rstrip(b"\r").partition(b":")
        bare = name.rstrip(_BLANK)
        if line[:1] in {b" ", b"\t"} and fields:  # a continued line, as older servers send it
            fields[-1] = fields[-1][0], fields[-1][1] + b" " + _CONTROL.sub(b" ", line.rstrip(b"\r")).strip(_BLANK)
        elif colon and _TOKEN.fullmatch(bare):
            fields.append((bare, _CONTROL.sub(b" ", value).strip(_BLANK)))
            flawed = flawed or bare != name or _CONTROL.search(value) is not None
        else:
            flawed = True
    return fields, flawed


def _framing(fields: list[Field]) -> tuple[list[Field], bool]:
    """Removes from `fields` what says where the body ends, and returns it as valid HTTP: chunks, a length or neither;
    and whether it was flawed. Of several lengths, the smallest is certain to have come."""
    lengths, codings = _taken(fields, b"content-length"), _taken(fields, b"transfer-encoding")
    items = [item.strip(_BLANK) for _, value in codings for item in value.lower().split(b",")]
    if items[-1:] == [b"chunked"]:
        flawed = len(codings) > 1 or bool(lengths) or items.count(b"chunked") > 1 or b"identity" in items
        return [(b"Transfer-Encoding", b"chunked")] if flawed else codings, flawed
    told = [item.strip(_BLANK) for _, value in lengths for item in value.split(b",")]
    valid = [int(item) for item in told if _LENGTH.fullmatch(item)]
    flawed = bool(codings) or len(told) > 1 or len(valid) < len(told)
    return [(b"Content-Length", b"%d" % min(valid))] if valid else [], flawed


def _taken(fields: list[Field], name: bytes) -> list[Field]:
    """Those of a lower-case name, which are removed."""
    taken = [field for field in fields if field[0].lower() == name]
    fields[:] = [field for field in fields if field[0].lower() != name]
    return taken


def _shortened(fields: list[Field]) -> tuple[list[Field], bool]:
    """Within the bounds of the parser, and whether anything was left out."""
    kept = [(name, value[:LONGEST_FIELD]) for name, value in fields if len(name) <= LONGEST_NAME][:MOST_FIELDS]
    kept = [(name, value[: LONGEST_FIELD - len(name)]) for name, value in kept]
    return kept, kept != fields
