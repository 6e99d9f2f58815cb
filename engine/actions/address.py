"""An address as it goes onto the wire: what is shown of a call is what is sent, byte for byte. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from yarl import URL

_PARTS: Final = re.compile(r"(https?)://([^/?#]*)([^#]*)", re.IGNORECASE)
_UNSENDABLE: Final = re.compile(r"[^\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Address:
    """`host` is ASCII in lower case, an IPv6 address without its brackets; `authority` is it with the port, where one
    is given. `target` is path and query."""

    scheme: str
    host: str
    authority: str
    target: str

    @property
    def text(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


@lru_cache(1_000)
def address_of(url: str) -> Address:
    """What is in ASCII goes out as it is written; all else, and spaces, is percent-encoded once. Without the fragment.

    Raises ValueError, in words.
    """
    parts = _PARTS.match(url)
    if parts is None:
        raise ValueError("an address starts with https:// or http://")
    scheme, authority, target = parts[1].lower(), parts[2], _UNSENDABLE.sub(_quoted, parts[3])
    if "@" in authority:
        raise ValueError("name and password do not belong in an address")
    origin = URL(f"{scheme}://{authority}")
    if not origin.raw_host:
        raise ValueError("the host is missing")
    if not target.startswith("/"):
        target = f"/{target}"
    return Address(scheme, origin.raw_host, origin.raw_authority, target)


def _quoted(found: re.Match[str]) -> str:
    return quote(found[0], safe="")
