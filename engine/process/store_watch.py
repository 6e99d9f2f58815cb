"""Tells people once when nothing can be stored until someone acts, and once more when it is over."""

import logging
from collections.abc import Awaitable, Callable

from engine.errors import StoreUnavailable

log = logging.getLogger(__name__)

TITLE = "Nothing can be stored"


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
                log.warning("the database can be written to again")
                await self._tell("good", "All can be stored again", "Events are taken as before.")
