"""`{{ expression }}` in URLs, headers and bodies, in the language of conditions. Pure.

Values are escaped for their context: percent-encoded in a URL or form, escaped inside JSON strings and in XML or HTML,
and inserted as JSON where one stands by itself. A missing value is an error that names it, never an empty string.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from itertools import accumulate, zip_longest
from typing import Final
from urllib.parse import quote, quote_plus, urlsplit

import orjson

from engine.errors import TriggerHooksError
from engine.expressions.condition import Condition, ConditionError, compile_condition
from engine.expressions.values import is_list, is_object
from engine.model import Json

MAX_EXPRESSIONS: Final = 100
MOST_BODY: Final = 1 << 20
MOST_HEADER: Final = 1 << 16
MOST_ADDRESS: Final = 1 << 14
MOST_BITS: Final = 10_000

_HOLE: Final = re.compile(r"\{\{(.*?)(?:\}\}|\Z)", re.DOTALL)
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED: Final = re.compile(r"\\.", re.DOTALL)

Write = Callable[[Json, bool], str]
"""Renders a value; the flag says whether it is inside a JSON string."""


class TemplateError(TriggerHooksError):
    """What is wrong with a template, or what one of its expressions lacks."""


class _TooLarge(TriggerHooksError):
    """A result over its size limit: which expression exceeds it, as the beginning of a sentence."""


@dataclass(frozen=True, slots=True)
class Template:
    """Literal texts with an expression between each two. `quoted`: the expression is inside a JSON string."""

    texts: tuple[str, ...]
    expressions: tuple[Condition, ...]
    quoted: tuple[bool, ...]

    def fill(self, names: Mapping[str, Json], write: Write, most: int) -> str:
        """At most `most` bytes: it stops before building more than that. Raises TemplateError."""
        parts = [self.texts[0]]
        left = most - _size(self.texts[0])
        for expression, quoted, text in zip(self.expressions, self.quoted, self.texts[1:], strict=True):
            parts += [_rendered(expression, names, write, quoted, left), text]
            left -= _size(parts[-2]) + _size(text)
            _check_room(left, expression)
        _check_room(left, None)
        return "".join(parts)

    def sample(self) -> str:
        """Rendered with a harmless placeholder for every value."""
        values = ("x" if quoted else "0" for quoted in self.quoted)
        return "".join(part for pair in zip_longest(self.texts, values, fillvalue="") for part in pair)


@lru_cache(2_000)
def template(text: str) -> Template:
    """Raises TemplateError if the text cannot be parsed."""
    if text.rfind("{{") > text.rfind("}}"):
        raise TemplateError("A {{ is never closed; write {{ expression }}.")
    pieces = _HOLE.split(text)
    if len(pieces) // 2 > MAX_EXPRESSIONS:
        raise TemplateError(f"At most {MAX_EXPRESSIONS} expressions.")
    texts = tuple(pieces[::2])
    quotes = (_ESCAPED.sub("", part).count('"') for part in texts[:-1])
    return Template(texts, tuple(map(_expression, pieces[1::2])), tuple(n % 2 == 1 for n in accumulate(quotes)))


def fill_url(text: str, names: Mapping[str, Json]) -> str:
    """Values are percent-encoded; a slash in one does not start a new path segment. Raises TemplateError."""
    url = _filled("address", text, names, _in_address, MOST_ADDRESS)
    if url != text and (strange := {".", ".."}.intersection(urlsplit(url).path.split("/"))):
        raise TemplateError(f"a value makes “{min(strange)}” a part of the path; that would lead elsewhere.")
    return url


def fill_headers(headers: Mapping[str, str], names: Mapping[str, Json]) -> dict[str, str]:
    """By lower-case name. Raises TemplateError, also for a value that is not allowed in a header."""
    filled: dict[str, str] = {}
    left = MOST_HEADER
    for name, text in headers.items():
        value = filled[name.lower()] = fill_header(text, names, left)
        left -= len(name) + len(value)
    return filled


def fill_header(text: str, names: Mapping[str, Json], left: int = MOST_HEADER) -> str:
    """Raises TemplateError, also for a value that is not allowed in a header."""
    return _filled("headers", text, names, _in_header, left)


def fill_body(text: str, names: Mapping[str, Json], content_type: str) -> str:
    """Raises TemplateError."""
    return _filled("body", text, names, _way(content_type), MOST_BODY)


def is_json(content_type: str) -> bool:
    """Whether a body of this type is a single JSON document."""
    return _kind(content_type) == "json"


def json_problem(text: str) -> str | None:
    """Why a body would not be JSON, whatever its values are; None if it would."""
    try:
        json.loads(template(text).sample())
    except ValueError as error:
        return f"This is no JSON: {error}."
    return None


def _way(content_type: str) -> Write:
    """How values are escaped in a body; every kind of JSON (lines, vendor, patch) counts as JSON."""
    kind = _kind(content_type)
    if not _JSON_WORDS.isdisjoint(re.split(r"[._-]", kind)):
        return _in_json
    return _WAYS.get(kind, _in_text)


def _kind(content_type: str) -> str:
    """`xml` for `text/xml; charset=utf-8` and for `application/soap+xml`."""
    name = content_type.partition(";")[0].strip().lower()
    return re.split(r"[/+]", name)[-1]


def _filled(place: str, text: str, names: Mapping[str, Json], write: Write, most: int) -> str:
    try:
        return template(text).fill(names, write, most)
    except _TooLarge as error:
        limit = f"{_LIMITS[place] >> 10:,} KiB"
        raise TemplateError(f"{error}the {place} would come to more than {limit}, which is the most.") from None


def _check_room(left: int, expression: Condition | None) -> None:
    if left < 0:
        raise _TooLarge(f"with `{{{{ {expression.source} }}}}` " if expression else "")


def _size(text: str) -> int:
    """In bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def _expression(text: str) -> Condition:
    if not text.strip():
        raise TemplateError("{{ }} is empty; write a field's name in it.")
    try:
        return compile_condition(text.strip())
    except ConditionError as error:
        raise TemplateError(f"`{{{{ {text.strip()[:100]} }}}}`: {error}") from None


def _rendered(expression: Condition, names: Mapping[str, Json], write: Write, quoted: bool, left: int) -> str:
    result = expression.explain(names)
    problem = result.unknown
    if isinstance(result.value, str):  # which no escaping makes shorter
        _check_room(left - len(result.value), expression)
    if problem is None:
        try:
            return write(result.value, quoted)
        except TemplateError as error:
            problem = str(error)
    raise TemplateError(f"`{{{{ {expression.source} }}}}`: {problem}")


def _in_address(value: Json, _: bool) -> str:
    return quote(_as_text(value), safe="")


def _in_header(value: Json, _: bool) -> str:
    text = _as_text(value)
    if not (text.isprintable() and text.isascii()):
        raise TemplateError("a header carries one line of plain ASCII text, and this is more.")
    return text


def _in_json(value: Json, quoted: bool) -> str:
    return orjson.dumps(_as_text(value)).decode()[1:-1] if quoted else _json(value)


def _in_form(value: Json, _: bool) -> str:
    return quote_plus(_as_text(value))


def _in_markup(value: Json, _: bool) -> str:
    text = _as_text(value)
    if strange := _NOT_XML.search(text):
        raise TemplateError(f"it holds the character U+{ord(strange[0]):04X}, which XML cannot carry.")
    return escape(text)


def _in_text(value: Json, _: bool) -> str:
    return _as_text(value)


def _as_text(value: Json) -> str:
    match value:
        case None:
            raise TemplateError('it is null; `coalesce(…, "")` says what to write then.')
        case str():
            return value
        case _:
            return _json(value).strip('"') if isinstance(value, datetime) else _json(value)


def _json(value: Json) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()
    except TypeError:  # an integer beyond 64 bits
        return _json_in_digits(value)


def _json_in_digits(value: Json) -> str:
    try:
        return orjson.dumps(_in_digits(value), option=orjson.OPT_UTC_Z).decode()
    except (TypeError, RecursionError):
        raise TemplateError("it is nested too deeply to be written.") from None


def _in_digits(value: Json) -> Json:
    """With every large integer as written."""
    if type(value) is int and value.bit_length() > 63:
        if value.bit_length() > MOST_BITS:
            raise TemplateError("it has a number that is too large to be written.")
        return orjson.Fragment(str(value))
    if is_list(value):
        return [_in_digits(item) for item in value]
    return {key: _in_digits(item) for key, item in value.items()} if is_object(value) else value


_LIMITS: Final[Mapping[str, int]] = {"address": MOST_ADDRESS, "headers": MOST_HEADER, "body": MOST_BODY}
_JSON_WORDS: Final = frozenset(
    {"json", "ndjson", "ldjson", "jsonl", "jsonlines", "jsonrequest", "json5", "jsonc", "geojson"}
)
_WAYS: Final[Mapping[str, Write]] = {"x-www-form-urlencoded": _in_form, "xml": _in_markup, "html": _in_markup}
"""By the last part of the content type; for any other type, values are inserted unescaped."""
