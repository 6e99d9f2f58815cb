"""Hosts and ports of an address: in one spelling, and whether they can be called at all. Pure."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

from yarl import URL

LONGEST_HOST: Final = 253
LONGEST_LABEL: Final = 63

_PARTS: Final = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_ENDS_IN_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.IGNORECASE)
"""As browsers and operating systems tell an IPv4 address from a name, in whatever way it is written."""
_USUAL_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """`host` is lower-case ASCII without a final dot, an IPv6 address without brackets; `port` None: not written."""

    scheme: str
    host: str
    port: int | None

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


def origin_of(scheme: str, authority: str) -> Origin:
    """However the host is written: in capitals, in other scripts (IDNA), in wide letters, with a final dot.

    Raises ValueError with words that complete "cannot be called: …".
    """
    if "@" in authority:
        raise ValueError("name and password do not belong in an address")
    url = URL(f"{scheme}://{authority}")
    written = url.raw_host or ""
    if not written.strip("."):
        raise ValueError("the host is missing")
    if problem := host_problem(written, url.explicit_port):
        raise ValueError(problem)
    return Origin(scheme, written.removesuffix("."), url.explicit_port)


def in_one_spelling(url: str) -> str:
    """With its scheme and host in one spelling, and without the usual port; path and query stay as they are.

    Raises ValueError as `origin_of`.
    """
    parts = _PARTS.fullmatch(url)
    if parts is None:
        raise ValueError("an address starts with https:// or http://")
    origin = origin_of(parts[1].lower(), parts[2])
    if origin.port == _USUAL_PORTS[origin.scheme]:
        origin = Origin(origin.scheme, origin.host, None)
    return f"{origin.scheme}://{origin.authority}{parts[3]}"


def host_problem(host: str, port: int | None) -> str | None:
    """Why no call can ever get there, in words that complete "cannot be called: …"; None if one might.

    `host` is without a port and without the brackets of an IPv6 address.
    """
    if port == 0:
        return "nothing can listen at port 0"
    if "%" in host:
        return "a host has no % signs; write it as it is"
    if ":" in host:
        return None
    if _ENDS_IN_NUMBER.fullmatch(host) and not _is_ipv4(host):
        return "an IPv4 address is written as four numbers from 0 to 255, such as 192.0.2.1"
    name = host.removesuffix(".")
    if any(not label for label in name.split(".")):
        return "a part of the host is missing next to a dot"
    if len(name) > LONGEST_HOST or any(len(label) > LONGEST_LABEL for label in name.split(".")):
        return f"a host has at most {LONGEST_HOST} characters, and {LONGEST_LABEL} between two dots"
    return None


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True
