"""The bell in the bar: the number of unread notices, each new one as it arrives, and the newest in a panel."""

from collections.abc import Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.clients import when_connected
from dashboard.components.basics.acting import ActorNow
from dashboard.components.basics.esm import SHARED
from engine import Actor, Engine, Notice, StoreUnavailable

SHOWN = 50
MOST_WAITING = 50


class NoticeBell(Element, component="notice_bell.js", esm=SHARED):
    """`actor` is the user whose unread notices are counted; viewing them checks the current actor."""

    def __init__(self, engine: Engine, actor: Actor, actor_now: ActorNow) -> None:
        super().__init__()
        self._engine, self._actor, self._actor_now = engine, actor, actor_now
        self._leave = engine.notices.subscribe(self._on_notice)
        when_connected(self.client, self._count)
        self.on("look", self._look, [])
        self.on("older", self._older)

    async def _count(self) -> None:
        """Runs on every connect: notices that arrived while disconnected were not pushed."""
        try:
            unread = await self._engine.notices.unread(self._actor)
        except StoreUnavailable:
            return
        self.run_method("count", unread)

    def _on_notice(self, notice: Notice) -> None:
        """A browser that is slow or offline gets the count when it reconnects."""
        if not notice.is_for(self._actor):
            return
        if len(self.client.outbox.messages) <= MOST_WAITING:
            self.run_method("tell", _row(self._engine.sensitive.sight(self._actor).notice(notice)))

    async def _look(self) -> None:
        """The newest notices, which are marked as read."""
        actor = await self._actor_now()
        if actor is None:
            self.run_method("refuse", "You are signed out. Sign in again to see the notices.")
            return
        try:
            notices = await self._engine.notices.newest(SHOWN, actor=actor)
            self.run_method("show", self._rows(notices, actor))
            if notices:
                await self._engine.notices.mark_read(actor, notices[0].seq)
        except StoreUnavailable as error:
            self.run_method("refuse", str(error))

    async def _older(self, event: GenericEventArguments) -> None:
        """Those before the oldest seq that the browser shows."""
        actor, before = await self._actor_now(), event.args
        if actor is None:
            self.run_method("refuse", "You are signed out. Sign in again to see the notices.")
        elif isinstance(before, int):
            try:
                notices = await self._engine.notices.newest(SHOWN, before, actor=actor)
                self.run_method("append", self._rows(notices, actor))
            except StoreUnavailable as error:
                self.run_method("refuse", str(error))

    def _rows(self, notices: Sequence[Notice], actor: Actor) -> list[dict[str, Any]]:
        sight = self._engine.sensitive.sight(actor)
        return [_row(sight.notice(notice)) for notice in notices]

    def _handle_delete(self) -> None:
        self._leave()
        super()._handle_delete()


def _row(notice: Notice) -> dict[str, Any]:
    return {
        "seq": notice.seq,
        "at": notice.at.isoformat(),
        "tone": notice.tone,
        "title": notice.title,
        "text": notice.text,
        "link": notice.link,
    }
