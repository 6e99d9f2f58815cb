"""What is stored and shown of requests and responses: values under secret names masked, the rest as it was. Pure.

Texts are read sign by sign rather than parsed: they may be cut, be templates, or hold JSON within JSON, and what is not
secret stays byte for byte.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote_plus

from engine.model import Request, Response
from engine.secrets.names import is_secret_name, is_secret_parameter, may_name_secrets

MASK: Final = "••••••••"
DEEPEST: Final = 3
"""So many levels of JSON within JSON are read."""

_SIGN: Final = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*+)(?P<end>"?)|[{}\[\]:,]|(?P<bare>[^\s"{}\[\]:,]++)', re.DOTALL)
_SPACES: Final = 50
"""So many may stand between a key and its colon."""
_FORM: Final = re.compile(r"[^\s\"{}<>]++")


@dataclass(slots=True)
class Redaction:
    """Masks one request or response, and remembers what it masked."""

    values: set[str] = field(default_factory=set[str])

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: self._mask(value) if is_secret_name(name) else value for name, value in headers.items()}

    def address(self, url: str) -> str:
        """The values of secret query parameters, and name and password before the host."""
        path, mark, query = url.partition("?")
        scheme, slashes, rest = path.partition("://")
        authority, slash, target = rest.partition("/")
        if slashes and "@" in authority:
            user, _, host = authority.rpartition("@")
            path = f"{scheme}://{self._mask(user)}@{host}{slash}{target}"
        return path + mark + self._pairs(query, is_secret_parameter)

    def body(self, text: str, depth: int = 0) -> str:
        """JSON or a form, whatever else they are part of."""
        if not may_name_secrets(text):
            return text
        if _FORM.fullmatch(text) and "=" in text:
            return self._pairs(text, is_secret_name)
        return self._json(text, depth)

    def _pairs(self, text: str, secret: Callable[[str], bool]) -> str:
        def shown(pair: str) -> str:
            name, sign, value = pair.partition("=")
            if not value or not secret(unquote_plus(name)):
                return pair
            self.values.add(unquote_plus(value))
            return name + sign + self._mask(value)

        return "&".join(map(shown, text.split("&")))

    def _json(self, text: str, depth: int) -> str:
        reader, pieces, done = _Reader(), list[str](), 0
        for sign in _SIGN.finditer(text):
            name = "text" if sign["text"] is not None else "bare"
            inside = sign[name]
            if inside is None:
                reader.sign(sign[0])
                continue
            if reader.reads_key(text, sign.end()) and name == "text":
                reader.key = _unescaped(inside)
                continue
            shown = self._value(inside, secret=reader.secret, quoted=name == "text", depth=depth)
            if shown != inside:
                pieces += [text[done : sign.start(name)], shown]
                done = sign.end(name)
        return "".join([*pieces, text[done:]])

    def _value(self, inside: str, *, secret: bool, quoted: bool, depth: int) -> str:
        if secret and quoted and inside:
            self.values.add(_unescaped(inside))
            return self._mask(inside)
        if quoted and depth < DEEPEST and "\\" in inside and may_name_secrets(inside):
            plain = _unescaped(inside)
            shown = self.body(plain, depth + 1)
            return inside if shown == plain else json.dumps(shown, ensure_ascii=False)[1:-1]
        return inside

    def _mask(self, value: str) -> str:
        if value and value != MASK:
            self.values.add(value)
        return MASK if value else value


class _Reader:
    """Where a reader of JSON is: `key` is the last name, and `secret` whether its value is, or what that is in."""

    __slots__ = ("_above", "_in_object", "_within", "key")

    def __init__(self) -> None:
        self.key = ""
        self._above: list[tuple[bool, bool]] = []
        self._within = self._in_object = False

    @property
    def secret(self) -> bool:
        return self._within or is_secret_name(self.key)

    def sign(self, sign: str) -> None:
        if sign in "{[":
            self._above.append((self._within, self._in_object))
            self._within, self._in_object, self.key = self.secret, sign == "{", ""
        elif sign in "}]":
            self._within, self._in_object = self._above.pop() if self._above else (False, False)
            self.key = ""
        elif sign == "," and self._in_object:
            self.key = ""

    def reads_key(self, text: str, end: int) -> bool:
        """Whether a colon follows."""
        return text[end : end + _SPACES].lstrip()[:1] == ":"


def host_of(url: str) -> str:
    """An address without what may be secret: `https://hooks.example.com/…`."""
    scheme, slashes, rest = url.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    more = "" if rest.rpartition("@")[2].rstrip("/") == host else "/…"
    return f"{scheme}{slashes}{host}{more}" if slashes else "…"


def request_without_secrets(request: Request) -> tuple[Request, set[str]]:
    """The request, and the values that were masked in it."""
    redaction = Redaction()
    shown = replace(
        request,
        url=redaction.address(request.url),
        headers=redaction.headers(request.headers),
        body=None if request.body is None else redaction.body(request.body),
    )
    return shown, redaction.values


def response_without_secrets(response: Response) -> tuple[Response, set[str]]:
    """The response, and the values that were masked in it."""
    redaction = Redaction()
    shown = replace(response, headers=redaction.headers(response.headers), body=redaction.body(response.body))
    return shown, redaction.values


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
