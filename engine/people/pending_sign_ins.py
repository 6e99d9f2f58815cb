"""Sign-ins that are half done: the password was right, a code is still to come. In memory alone, and not for long."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

SECONDS = 300.0
TRIES = 5
MOST = 1_000


@dataclass(slots=True)
class HalfWay:
    """`password_hash` is the one that the password was right for."""

    email: str
    password_hash: str
    began: float
    tries: int = 0


class Pending:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: OrderedDict[str, HalfWay] = OrderedDict()

    def begin(self, email: str, password_hash: str) -> str:
        """The token that stands for it."""
        token = secrets.token_urlsafe(32)
        self._waiting[token] = HalfWay(email, password_hash, self._clock())
        while len(self._waiting) > MOST:
            self._waiting.popitem(last=False)
        return token

    def get(self, token: str) -> HalfWay | None:
        """None where it took too long; after a few wrong codes it is over, too."""
        found = self._waiting.get(token)
        if found is not None and (found.tries >= TRIES or self._clock() - found.began >= SECONDS):
            self.end(token)
            return None
        return found

    def end(self, token: str) -> None:
        self._waiting.pop(token, None)
