"""Builds the request that a curl command would send, option by option. Pure."""

import base64
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus, unquote, urlsplit, urlunsplit

from engine import Method, Request

FORM: Final = "application/x-www-form-urlencoded"
_LEFT_OUT: Final[Mapping[str, str]] = {
    "form": "Parts of a form (-F) and their files were left out; write a body of its own.",
    "form-string": "Parts of a form (-F) and their files were left out; write a body of its own.",
    "upload-file": "The file that is sent (-T) was left out.",
    "insecure": "-k was left out: certificates are always checked.",
    "location": "-L was left out: redirects are not followed. Enter the final address.",
    "max-time": "The time limit was left out; it is set under Delivery.",
    "proxy": "The proxy was left out.",
    "cert": "The client's certificate was left out.",
    "key": "The client's certificate was left out.",
    "cookie-jar": "The file for cookies (-c) was left out.",
    "config": "The file with options (-K) was left out.",
    "netrc": "The passwords of .netrc were left out.",
    "aws-sigv4": "The signature of AWS was left out.",
}
"""What is left out and changes the request; other options are about curl itself, and go without a word."""
_SILENT: Final = {
    *(
        "-g",
        "-s",
        "-S",
        "-v",
        "-i",
        "-f",
        "-N",
        "-O",
        "-#",
        "-4",
        "-6",
        "-0",
        "-J",
        "-R",
        "-q",
        "compressed",
        "globoff",
    ),
    *(
        "silent",
        "show-error",
        "verbose",
        "include",
        "fail",
        "fail-with-body",
        "no-buffer",
        "remote-name",
        "progress-bar",
    ),
    *("no-progress-meter", "path-as-is", "http1.0", "http1.1", "http2", "http3", "ipv4", "ipv6", "tcp-nodelay"),
    *("ssl-no-revoke", "tlsv1.2", "tlsv1.3", "keepalive", "no-keepalive", "raw"),
}
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class NotCurl(ValueError):
    """Why no request could be read from a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`left_out`: sentences about parts of the command that the request leaves out."""

    request: Request
    left_out: tuple[str, ...] = ()


@dataclass
class Command:
    """What has been parsed of a command so far."""

    url: str = ""
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    data: list[str] = field(default_factory=list[str])
    query: list[str] = field(default_factory=list[str])
    as_get: bool = False
    as_json: bool = False
    left_out: list[str] = field(default_factory=list[str])

    def option(self, name: str, value: str | None) -> None:
        if warning := _LEFT_OUT.get(name):
            self._warn(warning)
        elif value is None:
            self._switch(name)
        elif set_ := _SETS.get(name):
            set_(self, value)

    def taken(self) -> Taken:
        if not self.url:
            raise NotCurl("This command has no address.")
        url = self._whole_url()
        body, method = self._body(), self._known_method()
        if body is not None and method in {Method.GET, Method.DELETE}:
            self._warn(f"The body was left out: {method} carries none here.")
            body = None
        if body is not None:
            self._default("Content-Type", "application/json" if self.as_json else FORM)
        if self.as_json:
            self._default("Accept", "application/json")
        request = Request(method=method, url=url, headers=self.headers, body=body)
        return Taken(request=request, left_out=tuple(dict.fromkeys(self.left_out)))

    def _switch(self, name: str) -> None:
        match name:
            case "get":
                self.as_get = True
            case "head":
                self.method = "HEAD"
            case _ if name not in _SILENT:
                self._warn(f"{name if name.startswith('-') else f'--{name}'} is not known here, and was left out.")
            case _:
                pass

    def take_address(self, value: str) -> None:
        if self.url:
            self._warn("Of several addresses the first one was taken.")
        else:
            self.url = value

    def take_header(self, value: str) -> None:
        """`Name: value`; `Name;` for an empty value. `Name:` removes a header that curl would send by default."""
        if value.startswith("@"):
            self._warn("Headers from a file were left out.")
            return
        name, colon, text = value.partition(":")
        if not colon:
            if value.rstrip().endswith(";"):
                self._add(value.rstrip()[:-1].strip(), "")
        elif text.strip() and name.strip():
            self._add(name.strip(), text.strip())

    def take_user(self, value: str) -> None:
        if ":" not in value:
            self._warn("-u has no password (curl would ask for it); add the header yourself.")
            return
        self._default("Authorization", f"Basic {base64.b64encode(value.encode()).decode()}")

    def take_cookie(self, value: str) -> None:
        if "=" in value:
            self._default("Cookie", value)
        else:
            self._warn("The file with cookies (-b) was left out.")

    def take_request(self, value: str) -> None:
        self.method = value.upper()

    def take_bearer(self, value: str) -> None:
        self._default("Authorization", f"Bearer {value}")

    def take_agent(self, value: str) -> None:
        self._default("User-Agent", value)

    def take_referer(self, value: str) -> None:
        self._default("Referer", value.removesuffix(";auto"))

    def take_query(self, value: str) -> None:
        self.query.append(value)

    def take_raw(self, value: str) -> None:
        self.data.append(value)

    def take_data(self, value: str) -> None:
        if value.startswith("@"):
            self._warn(f"The data from the file “{value[1:]}” was left out.")
        else:
            self.take_raw(value)

    def take_json(self, value: str) -> None:
        """Multiple values are concatenated as they are."""
        self.as_json = True
        self.take_data(value)

    def take_encoded(self, value: str) -> None:
        """`content`, `=content`, `name=content`; a value with @ is a file."""
        found = re.match(r"([^=@]*)([=@])(.*)", value, re.DOTALL)
        if found and found[2] == "@":
            self._warn(f"The data from the file “{found[3]}” was left out.")
        elif found:
            self.data.append((f"{found[1]}=" if found[1] else "") + quote_plus(found[3]))
        else:
            self.data.append(quote_plus(value))

    def _add(self, name: str, value: str) -> None:
        if any(name.lower() == known.lower() for known in self.headers):
            self._warn(f"The header {name} stands twice; the first one was taken.")
        else:
            self.headers[name] = value

    def _default(self, name: str, value: str) -> None:
        """Unless the command sets the header itself."""
        if not any(name.lower() == known.lower() for known in self.headers):
            self.headers[name] = value

    def _whole_url(self) -> str:
        """With a scheme and the query that -G appends, but without username and password."""
        url = self.url if _SCHEME.match(self.url) else f"http://{self.url}"
        more = "&".join([*(self.data if self.as_get else ()), *self.query])
        if more:
            base, hash_, fragment = url.partition("#")
            url = f"{base}{'&' if '?' in base else '?'}{more}{hash_}{fragment}"
        with suppress(ValueError):
            parts = urlsplit(url)
            if "@" in parts.netloc:
                who, _, host = parts.netloc.rpartition("@")
                self.take_user(unquote(who))
                url = urlunsplit(parts._replace(netloc=host))
        return url

    def _body(self) -> str | None:
        return None if self.as_get or not self.data else ("" if self.as_json else "&").join(self.data)

    def _known_method(self) -> Method:
        if not self.method:
            return Method.POST if self.data and not self.as_get else Method.GET
        if self.method in set(Method):
            return Method(self.method)
        self._warn(f"The method {self.method[:20]} is not there; choose another one.")
        return Method.POST if self.data else Method.GET

    def _warn(self, sentence: str) -> None:
        self.left_out.append(sentence)


_SETS: Final[Mapping[str, Callable[[Command, str], None]]] = {
    "url": Command.take_address,
    "request": Command.take_request,
    "header": Command.take_header,
    "user": Command.take_user,
    "oauth2-bearer": Command.take_bearer,
    "user-agent": Command.take_agent,
    "referer": Command.take_referer,
    "cookie": Command.take_cookie,
    "url-query": Command.take_query,
    "data-urlencode": Command.take_encoded,
    "data-raw": Command.take_raw,
    "json": Command.take_json,
    **dict.fromkeys(("data", "data-ascii", "data-binary"), Command.take_data),
}
"""What an option with a value does; all other change nothing in the request."""
