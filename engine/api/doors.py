"""Who may be connected at once: in all, and from one address.

Where it is full, room is made for whoever comes: an idle connection is closed, or else the one that has waited longest
for its request. So what says nothing shuts nobody out, and what is at work is never cut off. Where all are at work, an
address that held a key or was signed in lately still has a reserve; others are refused.

Addresses that many may share, such as a proxy in front of us, are not bounded by themselves.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic
from typing import Final

log = logging.getLogger(__name__)

MOST: Final = 2_000
MOST_OF_ADDRESS: Final = 200
PART_OF_RESERVE: Final = 8
KNOWN_SECONDS: Final = 900.0
MOST_KNOWN: Final = 10_000
TELL_SECONDS: Final = 10.0
LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
V6_BITS_OF_ONE: Final = 64
"""Whoever has one address of IPv6 has all of its network."""


@dataclass(slots=True, eq=False)
class Guest:
    """A connection. `leave` closes it without waiting."""

    address: str
    leave: Callable[[], None]
    known: bool = False
    inside: bool = False


class _Quiet:
    """Connections without a request at work, those that came first at the front."""

    def __init__(self) -> None:
        self.idle: OrderedDict[Guest, None] = OrderedDict()
        self.waiting: OrderedDict[Guest, None] = OrderedDict()

    def drop(self, guest: Guest) -> None:
        self.idle.pop(guest, None)
        self.waiting.pop(guest, None)

    def first(self) -> Guest | None:
        """Whose connection is worth least: an idle one before one that has begun, or is to begin, a request."""
        return next(iter(self.idle), None) or next(iter(self.waiting), None)


@dataclass(slots=True)
class _Address:
    count: int = 0
    known: int = 0
    quiet: _Quiet = field(default_factory=_Quiet)


class Doors:
    def __init__(
        self,
        *,
        most: int = MOST,
        most_of_address: int = MOST_OF_ADDRESS,
        shared: Sequence[IPv4Network | IPv6Network] = (),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`shared` are networks, beside loopback, whose addresses stand for many: those of proxies in front of us."""
        self._most, self._most_of_address, self._clock = most, most_of_address, clock
        self._reserve = most // PART_OF_RESERVE
        self._shared = (*LOOPBACK, *shared)
        self._count, self._quiet = 0, _Quiet()
        self._addresses: dict[str, _Address] = {}
        self._known_until: OrderedDict[str, float] = OrderedDict()
        self._told_at = -TELL_SECONDS

    def enter(self, guest: Guest) -> bool:
        """Whether it may stay, until it has left; at first it waits for a request."""
        guest.address = _one(guest.address)
        here, known = self._addresses.get(guest.address), self.is_known(guest.address)
        if here and here.count >= self._bound_of(guest.address, known=known) and not self._make_room(here.quiet):
            return self._turned_away(f"{here.count} connections of {guest.address} are at work")
        if self._count >= self._most - self._reserve * (not known) and not self._make_room(self._quiet):
            return self._turned_away(f"{self._count} connections are at work")
        guest.inside = True
        self._count += 1
        self._addresses.setdefault(guest.address, _Address()).count += 1
        self.waits(guest)
        return True

    def waits(self, guest: Guest) -> None:
        """For the rest of a request that has begun, or for its first."""
        self._is(guest, "waiting")

    def idles(self, guest: Guest) -> None:
        """Answered, and open for further requests."""
        self._is(guest, "idle")

    def works(self, guest: Guest) -> None:
        """On a request."""
        self._is(guest, None)

    def left(self, guest: Guest) -> None:
        if not guest.inside:
            return
        guest.inside = False
        here = self._addresses[guest.address]
        self._quiet.drop(guest)
        here.quiet.drop(guest)
        self._count -= 1
        here.count -= 1
        if guest.known:
            here.known -= 1
            self._remember(guest.address)
        if not here.count:
            del self._addresses[guest.address]

    def recognise(self, guest: Guest) -> None:
        """Whoever is at it holds a key, or is signed in."""
        if guest.inside and not guest.known:
            guest.known = True
            self._addresses[guest.address].known += 1
        self._remember(guest.address)

    def is_known(self, address: str) -> bool:
        """Whether somebody there was recognised lately, or is connected still."""
        here = self._addresses.get(address)
        return bool(here and here.known) or self._known_until.get(address, 0.0) > self._clock()

    def _is(self, guest: Guest, kind: str | None) -> None:
        if not guest.inside:
            return
        for quiet in (self._quiet, self._addresses[guest.address].quiet):
            quiet.drop(guest)
            if kind is not None:
                getattr(quiet, kind)[guest] = None

    def _bound_of(self, address: str, *, known: bool) -> int:
        return self._most if known or _is_in(address, self._shared) else self._most_of_address

    def _make_room(self, quiet: _Quiet) -> bool:
        guest = quiet.first()
        if guest is None:
            return False
        self.left(guest)
        guest.leave()
        return True

    def _remember(self, address: str) -> None:
        self._known_until[address] = self._clock() + KNOWN_SECONDS
        self._known_until.move_to_end(address)
        while len(self._known_until) > MOST_KNOWN:
            self._known_until.popitem(last=False)

    def _turned_away(self, why: str) -> bool:
        if self._clock() - self._told_at >= TELL_SECONDS:
            self._told_at = self._clock()
            log.warning("a connection was turned away: %s", why)
        return False


@lru_cache(10_000)
def _one(address: str) -> str:
    """What stands for all addresses that one machine has at once."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return address if parsed.is_loopback else str(ip_network((int(parsed), V6_BITS_OF_ONE), strict=False))


@lru_cache(10_000)
def _is_in(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Also of whoever comes by no network at all, such as a socket in the file system."""
    try:
        first: IPv4Address | IPv6Address = ip_network(address, strict=False).network_address
    except ValueError:
        return True
    return any(first in network for network in networks)
