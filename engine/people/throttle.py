"""Slows down guessing: after a few failures each further try waits longer. Pure but for its memory; times in seconds.

Failures count per account and IP address, per account from addresses where it never signed in, and per address across
all accounts. So an attacker elsewhere cannot lock out the owner, and no wait is forever.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Network, ip_address

FREE = 5
FREE_OF_ACCOUNT = 20
FREE_OF_ADDRESS = 50
LONGEST_SECONDS = 60.0
LONGEST_OF_ACCOUNT = 900.0
FORGOTTEN_SECONDS = 3_600.0
MOST = 10_000


@dataclass(slots=True)
class _Failures:
    """`before` is the value of `last` before the newest failure."""

    count: int = 0
    last: float = 0.0
    before: float = 0.0


class Throttle:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def wait(self, account: str, address: str) -> float:
        """Seconds until the next try is accepted; 0: now. A pair that has signed in waits for its own alone."""
        pair, place, owner = _names(account, address)
        wait = self._wait(pair, FREE, LONGEST_SECONDS)
        if pair in self._known:
            return wait
        of_address = self._wait(place, FREE_OF_ADDRESS, LONGEST_SECONDS)
        return max(wait, of_address, self._wait(owner, FREE_OF_ACCOUNT, LONGEST_OF_ACCOUNT))

    def failed(self, account: str, address: str) -> None:
        for name in _names(account, address):
            failures = self._failures.setdefault(name, _Failures())
            self._failures.move_to_end(name)
            if self._clock() - failures.last > FORGOTTEN_SECONDS:
                failures.count = 0
            failures.before = failures.last
            failures.count, failures.last = failures.count + 1, self._clock()
        while len(self._failures) > MOST:
            self._failures.popitem(last=False)

    def confirm(self, account: str, address: str) -> None:
        """The newest try did fail: its wait begins now."""
        for name in _names(account, address):
            if failures := self._failures.get(name):
                failures.last = self._clock()

    def forgive(self, account: str, address: str) -> None:
        """The newest try was not a failure."""
        for name in _names(account, address):
            if failures := self._failures.get(name):
                failures.count, failures.last = max(0, failures.count - 1), failures.before

    def succeeded(self, account: str, address: str) -> None:
        pair, _, _ = _names(account, address)
        self._failures.pop(pair, None)
        self._known[pair] = None
        self._known.move_to_end(pair)
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    def _wait(self, name: str, free: int, longest: float) -> float:
        """1 second after the last free try, doubling with each further one."""
        failures = self._failures.get(name)
        if failures is None or failures.count < free:
            return 0.0
        pause = min(2.0 ** min(failures.count - free, 20), longest)
        return max(0.0, failures.last + pause - self._clock())


class Seldom:
    """Lets the same thing through once per interval."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self._last: OrderedDict[str, float] = OrderedDict()

    def due(self, name: str) -> bool:
        now = self._clock()
        if now - self._last.get(name, -self._seconds) < self._seconds:
            return False
        self._last[name] = now
        self._last.move_to_end(name)
        while len(self._last) > MOST:
            self._last.popitem(last=False)
        return True


def _names(account: str, address: str) -> tuple[str, str, str]:
    """The names of the pair, the address and the account. A /64 of IPv6 is one address: its holder has all of them."""
    place = _place_of(address)
    return f"pair {account} {place}", f"address {place}", f"account {account}"


def _place_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed) >> 64 << 64, 64)))
