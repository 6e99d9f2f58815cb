"""Sign-ins between password and code. Kept only in memory, and only briefly."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

SECONDS = 300.0
TRIES = 5
MOST = 1_000


@dataclass(slots=True)
class PendingSignIn:
    """`password_hash` is the hash that the password matched."""

    email: str
    password_hash: str
    began: float
    tries: int = 0


class Pending:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: OrderedDict[str, PendingSignIn] = OrderedDict()

    def begin(self, email: str, password_hash: str) -> str:
        """Returns the token for the second step."""
        token = secrets.token_urlsafe(32)
        self._waiting[token] = PendingSignIn(email, password_hash, self._clock())
        while len(self._waiting) > MOST:
            self._waiting.popitem(last=False)
        return token

    def get(self, token: str) -> PendingSignIn | None:
        """None if it has expired, or after a few wrong codes."""
        found = self._waiting.get(token)
        if found is not None and (found.tries >= TRIES or self._clock() - found.began >= SECONDS):
            self.end(token)
            return None
        return found

    def end(self, token: str) -> None:
        self._waiting.pop(token, None)
