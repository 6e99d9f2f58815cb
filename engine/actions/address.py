"""A URL exactly as it is sent, so that what is shown of a call is byte for byte what went out. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from engine.model.text.hosts import origin_of

_PARTS: Final = re.compile(r"(https?)://([^/?#]*)([^#]*)", re.IGNORECASE)
_UNSENDABLE: Final = re.compile(r"[^\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Address:
    """`host` is lower-case ASCII, an IPv6 address without brackets; `authority` is the host plus the port, if given;
    `target` is path and query. A final dot of the host, which means the same host, is dropped."""

    scheme: str
    host: str
    authority: str
    target: str

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def text(self) -> str:
        return f"{self.origin}{self.target}"


@lru_cache(1_000)
def address_of(url: str) -> Address:
    """Keeps ASCII as written, percent-encodes everything else and spaces once, and drops the fragment.

    Raises ValueError with a message for people.
    """
    parts = _PARTS.match(url)
    if parts is None:
        raise ValueError("an address starts with https:// or http://")
    scheme, authority, target = parts[1].lower(), parts[2], _UNSENDABLE.sub(_quoted, parts[3])
    origin = origin_of(scheme, authority)
    if not target.startswith("/"):
        target = f"/{target}"
    return Address(scheme, origin.host, origin.authority, target)


def _quoted(found: re.Match[str]) -> str:
    return quote(found[0], safe="")
