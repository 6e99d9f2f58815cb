"""Tells people once when what is stored is no longer where it should be, and once more when it is."""

import logging
from collections.abc import Awaitable, Callable

from engine.errors import StoreUnavailable

log = logging.getLogger(__name__)

TITLE = "The database is gone from its place"


class StoreWatch:
    def __init__(self, check: Callable[[], Awaitable[None]], tell: Callable[[str, str, str], Awaitable[None]]) -> None:
        """`tell` takes the tone, the title and the text of a notice."""
        self._check, self._tell = check, tell
        self._is_told = False

    async def look(self) -> None:
        try:
            await self._check()
        except StoreUnavailable as error:
            if not self._is_told:
                self._is_told = True
                log.critical(error)
                await self._tell("bad", TITLE, str(error))
        else:
            if self._is_told:
                self._is_told = False
                log.warning("the database is in its place again")
                await self._tell("good", "The database is in its place again", "Events are taken as before.")
