"""Notices: stored, counted as unread until read, and pushed to every open view."""

import logging
from collections.abc import Callable
from datetime import datetime

from engine.errors import StoreUnavailable
from engine.model import Actor, Notice
from engine.ports import NoticeStore
from engine.process.announcer import Announcer

log = logging.getLogger(__name__)


class Notices:
    def __init__(self, store: NoticeStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._published = Announcer[Notice]("the notices")

    async def tell(self, tone: str, title: str, text: str, link: str = "", *, user_id: int | None = None) -> None:
        """`tone` is `info`, `good`, `warning` or `bad`; `user_id` is the only person who sees it, None: everyone.

        Published even if it cannot be stored.
        """
        notice = Notice(seq=0, at=self._now(), tone=tone, title=title, text=text, link=link, user_id=user_id)
        try:
            notice = await self._store.add_notice(notice)
        except StoreUnavailable as error:
            log.warning("a notice cannot be kept (%s): %s: %s", error, title, text)
        self.publish(notice)

    def publish(self, notice: Notice) -> None:
        """To every open view."""
        self._published.announce(notice)

    async def newest(self, limit: int = 50, before: int | None = None, *, actor: Actor | None = None) -> list[Notice]:
        """Newest first, below the seq `before`; with an actor, only those for them."""
        if actor and actor.lacks_second_factor:
            return []
        return await self._store.notices(limit, before, actor)

    async def unread(self, actor: Actor) -> int:
        if actor.kind != "user" or actor.lacks_second_factor:
            return 0
        return await self._store.unread(actor)

    async def mark_read(self, actor: Actor, seq: int) -> None:
        """All up to this one."""
        if actor.kind == "user":
            await self._store.mark_read(actor.id, seq)

    def subscribe(self, callback: Callable[[Notice], None]) -> Callable[[], None]:
        """Called with each new notice; returns the unsubscribe function."""
        return self._published.subscribe(callback)
