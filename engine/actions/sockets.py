"""The sockets of calls out: each address judged as it is connected to, and those that are open counted."""

import socket
from collections.abc import Callable

from ssrfguard import Policy

from engine.process.descriptors import is_ours

Address = tuple[
    int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int]
]


class OutOfSockets(Exception):
    """We have none left: no fault of whoever was to be called, and no OSError, which would be mixed with theirs."""


class Sockets:
    def __init__(self, policy: Policy, most: int) -> None:
        self._policy, self._most = policy, most
        self._open = 0

    @property
    def scarce(self) -> bool:
        """Whether so many are open that none should be kept for later."""
        return self._open * 2 >= self._most

    def open(self, info: Address) -> socket.socket:
        """Judges the very address that is connected to next, after the name was looked up. Raises OutOfSockets."""
        family, kind, protocol, _, address = info
        self._policy.check_address(address[0])
        try:
            opened = _Counted(family, kind, protocol)
        except OSError as error:
            if is_ours((error,)):
                raise OutOfSockets(str(error)) from error
            raise
        self._open += 1
        opened.on_close = self._closed
        return opened

    def _closed(self) -> None:
        self._open -= 1


class _Counted(socket.socket):
    on_close: Callable[[], None] | None = None

    def close(self) -> None:
        super().close()
        if self.on_close is not None:
            self.on_close()
            self.on_close = None
