"""`{{ expression }}` in addresses, headers and bodies, in the language of conditions. Pure.

A value is written as it has to be where it stands: percent-encoded in an address or a form, escaped in JSON text and in
XML or HTML, whole where it stands in JSON by itself. What has no value is an error that names it, never an empty text.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from itertools import accumulate, repeat, zip_longest
from typing import Final
from urllib.parse import quote, quote_plus, urlsplit

import orjson

from engine.errors import TriggerHooksError
from engine.expressions.condition import Condition, ConditionError, compile_condition
from engine.expressions.values import is_list, is_object
from engine.model import Json

MAX_EXPRESSIONS: Final = 100
MOST_BITS: Final = 10_000

_HOLE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED: Final = re.compile(r"\\.", re.DOTALL)

Write = Callable[[Json, bool], str]
"""Puts a value into words; told whether it stands within a JSON text."""


class TemplateError(TriggerHooksError):
    """What is wrong with a template, or what one of its expressions lacks."""


@dataclass(frozen=True, slots=True)
class Template:
    """Texts with an expression between each two. `quoted` says of each expression whether it stands in a JSON text."""

    texts: tuple[str, ...]
    expressions: tuple[Condition, ...]
    quoted: tuple[bool, ...]

    def fill(self, names: Mapping[str, Json], write: Write) -> str:
        """Raises TemplateError."""
        return self._join(map(_written, self.expressions, repeat(names), repeat(write), self.quoted))

    def sample(self) -> str:
        """With something harmless for every value."""
        return self._join("x" if quoted else "0" for quoted in self.quoted)

    def _join(self, values: Iterable[str]) -> str:
        return "".join(part for pair in zip_longest(self.texts, values, fillvalue="") for part in pair)


@lru_cache(2_000)
def template(text: str) -> Template:
    """Raises TemplateError for what cannot be read."""
    pieces = _HOLE.split(text)
    if len(pieces) // 2 > MAX_EXPRESSIONS:
        raise TemplateError(f"At most {MAX_EXPRESSIONS} expressions.")
    texts = tuple(pieces[::2])
    if any("{{" in part for part in texts):
        raise TemplateError("A {{ is never closed; write {{ expression }}.")
    quotes = (_ESCAPED.sub("", part).count('"') for part in texts[:-1])
    return Template(texts, tuple(map(_expression, pieces[1::2])), tuple(n % 2 == 1 for n in accumulate(quotes)))


def fill_url(text: str, names: Mapping[str, Json]) -> str:
    """Values are percent-encoded; a slash in one does not begin a new part of the path. Raises TemplateError."""
    url = template(text).fill(names, _in_address)
    if url != text and (strange := {".", ".."}.intersection(urlsplit(url).path.split("/"))):
        raise TemplateError(f"a value makes “{min(strange)}” a part of the path; that would lead elsewhere.")
    return url


def fill_header(text: str, names: Mapping[str, Json]) -> str:
    """Raises TemplateError, also for a value that a header cannot carry."""
    return template(text).fill(names, _in_header)


def fill_body(text: str, names: Mapping[str, Json], content_type: str) -> str:
    """Raises TemplateError."""
    if is_json(content_type):
        return template(text).fill(names, _in_json)
    return template(text).fill(names, _WAYS.get(_kind(content_type), _in_text))


def is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def json_problem(text: str) -> str | None:
    """Why a body would be no JSON, whatever its values are; None where it would."""
    try:
        json.loads(template(text).sample())
    except ValueError as error:
        return f"This is no JSON: {error}."
    return None


def _kind(content_type: str) -> str:
    """`xml` of `text/xml; charset=utf-8` and of `application/soap+xml`."""
    name = content_type.partition(";")[0].strip().lower()
    return re.split(r"[/+]", name)[-1]


def _expression(text: str) -> Condition:
    if not text.strip():
        raise TemplateError("{{ }} is empty; write a field's name in it.")
    try:
        return compile_condition(text.strip())
    except ConditionError as error:
        raise TemplateError(f"`{{{{ {text.strip()[:100]} }}}}`: {error}") from None


def _written(expression: Condition, names: Mapping[str, Json], write: Write, quoted: bool) -> str:
    told = expression.explain(names)
    problem = told.unknown
    if problem is None:
        try:
            return write(told.value, quoted)
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
    except TypeError:  # a whole number of more than 64 bits
        return _json_in_digits(value)


def _json_in_digits(value: Json) -> str:
    try:
        return orjson.dumps(_in_digits(value), option=orjson.OPT_UTC_Z).decode()
    except (TypeError, RecursionError):
        raise TemplateError("it is nested too deeply to be written.") from None


def _in_digits(value: Json) -> Json:
    """With every large whole number as it is written."""
    if type(value) is int and value.bit_length() > 63:
        if value.bit_length() > MOST_BITS:
            raise TemplateError("it has a number that is too large to be written.")
        return orjson.Fragment(str(value))
    if is_list(value):
        return [_in_digits(item) for item in value]
    return {key: _in_digits(item) for key, item in value.items()} if is_object(value) else value


_WAYS: Final[Mapping[str, Write]] = {"x-www-form-urlencoded": _in_form, "xml": _in_markup, "html": _in_markup}
"""By the last part of the content type; in any other, a value stands as it is."""
