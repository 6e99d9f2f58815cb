"""Descriptors of files and sockets: how many the process may have, and how they are shared out.

Some are our own: the database, the log, the pipes of the process for long back-tests. Of the others, a part is for
calls out, and the rest is for the front door. So receivers that hang never shut anybody out.
"""

import errno
import resource
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from engine.errors import StoreUnavailable

WANTED: Final = 65_536
OUR_OWN: Final = 64
MOST_CALLS: Final = 512
FEWEST: Final = 4
PART_OF_CALLS: Final = 3
_SHORT: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


@dataclass(frozen=True, slots=True)
class Shares:
    """`calls` out at once, which may have `sockets`: of each, its own, and one that is kept for the next call or tried
    beside it. `connections` are those of others to us."""

    calls: int
    sockets: int
    connections: int


def raise_limit() -> int:
    """To as many as the process may have, within reason; gives how many it has now.

    Raises StoreUnavailable if these are not even enough for our own.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # some systems have a bound of their own beside the hard one
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if limit() < OUR_OWN:
        raise StoreUnavailable(f"The process can open {limit()} files only (ulimit -n). It needs {OUR_OWN} at least.")
    return limit()


def limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return WANTED if soft == resource.RLIM_INFINITY else min(soft, WANTED)


def shares_of(descriptors: int) -> Shares:
    spare = descriptors - OUR_OWN
    calls = min(max(spare // PART_OF_CALLS // 2, FEWEST), MOST_CALLS)
    return Shares(calls=calls, sockets=2 * calls, connections=max(spare - 2 * calls, FEWEST))


def is_ours(causes: Iterable[BaseException]) -> bool:
    """Whether a call failed since we lack descriptors or memory, so that it says nothing about its receiver.

    A look-up tells of any trouble in the same words; so whether a descriptor can be had is tried then.
    """
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return cause.errno == socket.EAI_MEMORY or _none_is_left()
        if isinstance(cause, OSError) and cause.errno in _SHORT:
            return True
    return False


def _none_is_left() -> bool:
    try:
        socket.socket().close()
    except OSError as error:
        return error.errno in _SHORT
    return False
