"""Splits a command line into words, like bash, or like Windows' cmd and its programs. Pure."""

import re
import shlex
from typing import Final

_OF_CMD: Final = re.compile(r"""[^'"\n]*\^["']|[^']*\^[ \t]*\r?\n""")
_QUOTED_IN_CMD: Final = re.compile(r'"(?:\\.|""|[^"\\])*+(?P<end>")?', re.DOTALL)
_IN_BASH: Final = re.compile(
    r"""'[^']*'|"(?P<double>(?:[^"\\]|\\.)*)"|\$'(?P<ansi>(?:[^'\\]|\\.)*)'|(?P<joint>\\\r?\n)|\\.""", re.DOTALL
)
_IN_DOUBLE: Final = re.compile(r'\\([\\"$`\n])')
_IN_ANSI: Final = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)
_NAMED: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}


def words_of(text: str) -> list[str]:
    """Raises ValueError for an unclosed quote."""
    text = text.strip()
    if _OF_CMD.match(text):
        return _split(_QUOTED_IN_CMD.sub(_escaped, _without_carets(text.replace("\r\n", "\n"))), quotes='"')
    return _split(_IN_BASH.sub(_plain, text), quotes="'\"")


def _split(text: str, *, quotes: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.quotes = True, "", quotes
    return list(lexer)


def _without_carets(text: str) -> str:
    """`^` escapes the next character; at the end of a line it joins the next one, and keeps one of two line breaks."""
    text = re.sub(r"\^[ \t]*\n(\n?)", r"\1", text)
    return re.sub(r"\^(.)", r"\1", text)


def _escaped(found: re.Match[str]) -> str:
    """`""` within quotes is one of them."""
    if not found["end"]:
        return found[0]
    return '"' + found[0][1:-1].replace('""', '\\"') + '"'


def _plain(found: re.Match[str]) -> str:
    """Handles what shlex does not: joined lines, double quotes and $'…'; any other quoting is kept."""
    if found["joint"]:
        return ""
    if found["double"] is not None:
        return shlex.quote(_IN_DOUBLE.sub(lambda one: one[1].strip("\n"), found["double"]))
    if found["ansi"] is not None:
        return shlex.quote(_IN_ANSI.sub(_character, found["ansi"]))
    return found[0]


def _character(found: re.Match[str]) -> str:
    hexadecimal, octal, other = found[1] or found[2] or found[3], found[4], found[5]
    if hexadecimal or octal:
        code = int(hexadecimal, 16) if hexadecimal else int(octal, 8)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    return _NAMED.get(other, other)
