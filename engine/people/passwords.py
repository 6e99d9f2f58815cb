"""Passwords: requirements (length, and not on a list of common ones), and hashes (argon2id)."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from pwdlib import PasswordHash

from engine.errors import InvalidAccount, TooManyTries

R = TypeVar("R")

MIN_PASSWORD = 12
MAX_PASSWORD = 200
AT_ONCE = 2
MOST_WAITING = 40
BUSY_SECONDS = 2.0


class Passwords:
    """Hashing takes 50 ms on purpose: two at once, in threads of its own, so that guessing starves nobody. A few more
    wait, unless they are cancelled. Beyond, TooManyTries is raised."""

    def __init__(self) -> None:
        self._hasher = PasswordHash.recommended()
        self._threads = ThreadPoolExecutor(AT_ONCE, "password")
        self._wanted: set[Future[Any]] = set()
        self._nobody = ""

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, password)

    async def check(self, password: str, kept: str) -> tuple[bool, str | None]:
        """Whether it is correct, and a new hash if the stored one has outdated parameters. Without a stored one it
        takes as long, and is wrong."""
        against = kept or await self._nobodys_hash()
        right, newer = await self._run(self._hasher.verify_and_update, password[:MAX_PASSWORD], against)
        return (right and len(password) <= MAX_PASSWORD, newer) if kept else (False, None)

    async def _run(self, work: Callable[..., R], *arguments: str) -> R:
        self._wanted = {one for one in self._wanted if not one.done()}
        if len(self._wanted) >= AT_ONCE + MOST_WAITING:
            raise TooManyTries(BUSY_SECONDS)
        future = self._threads.submit(work, *arguments)
        self._wanted.add(future)
        return await asyncio.wrap_future(future)

    async def _nobodys_hash(self) -> str:
        if not self._nobody:
            self._nobody = await self.hash(secrets.token_urlsafe(16))
        return self._nobody


def require_good(password: str, email: str) -> None:
    """Raises InvalidAccount."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidAccount("password", f"Use {MIN_PASSWORD} to {MAX_PASSWORD} characters; a few words do well.")
    plain = password.casefold()
    if {plain, plain.rstrip("0123456789!?."), _repeated(plain)} & _common() or len(set(plain)) < 4:
        raise InvalidAccount("password", "This is among the first that are guessed. A few words of your own do well.")
    if plain in {email.casefold(), email.casefold().partition("@")[0] * 2, "trigger hooks", "triggerhooks"}:
        raise InvalidAccount("password", "Take something that is not your address and not the product's name.")


def _repeated(text: str) -> str:
    """The repeated unit: `pass` of `passpasspass`; the text itself if it does not repeat."""
    return text[: (text + text).find(text, 1)]


@cache
def _common() -> frozenset[str]:
    """Thirty thousand entries, imported on first use."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"])
