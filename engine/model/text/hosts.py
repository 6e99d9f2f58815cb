"""Which hosts and ports of an address can be called at all. Pure."""

import re
from ipaddress import IPv4Address
from typing import Final

LONGEST_HOST: Final = 253
LONGEST_LABEL: Final = 63

_NUMBERS: Final = re.compile(r"[0-9.]+")


def host_problem(host: str, port: int | None) -> str | None:
    """Why no call can ever get there, in words that complete "cannot be called: …"; None if one might.

    `host` is without a port and without the brackets of an IPv6 address.
    """
    if port == 0:
        return "nothing can listen at port 0"
    if ":" in host:
        return None
    if _NUMBERS.fullmatch(host) and not _is_ipv4(host):
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
