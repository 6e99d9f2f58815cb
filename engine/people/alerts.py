"""Security alerts: people learn what was done to their account, in the bell and by mail."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from engine.errors import NotFound, Overloaded, StoreUnavailable
from engine.messages.mail import is_address
from engine.messages.notices import Notices
from engine.model import Actor, NewMail, User

log = logging.getLogger(__name__)

ACCOUNT: Final = "/account"
KEYS: Final = "/keys"
_UNEXPECTED: Final = "If you did not expect this, change your password, and tell an Admin."


class AlertStore(Protocol):
    async def user(self, user_id: int) -> User: ...

    async def add_mail(self, mail: NewMail, at: datetime) -> None: ...


class Alerts:
    """`mails`: there is a mail server. What was done stands even if nobody can be told."""

    def __init__(self, store: AlertStore, notices: Notices, now: Callable[[], datetime], *, mails: bool) -> None:
        self._store, self._notices, self._now, self._mails = store, notices, now, mails

    async def tell(self, user_id: int | None, what: str, *, by: Actor, link: str = ACCOUNT) -> None:
        """`what` is a sentence without its full stop, such as `Your password was changed`; None tells nobody."""
        if user_id is None:
            return
        text = f"By {_name_of(by)}{f', from {by.address}' if by.address else ''}."
        await self._notices.tell("warning", what, text, link, user_id=user_id)
        if self._mails:
            await self._mail(user_id, what, text)

    async def _mail(self, user_id: int, what: str, text: str) -> None:
        at = self._now()
        body = f"{what}.\n{text}\nAt {at:%Y-%m-%d %H:%M:%S} UTC.\n\n{_UNEXPECTED}"
        try:
            user = await self._store.user(user_id)
            if is_address(user.email):
                await self._store.add_mail(NewMail(address=user.email, subject=what, text=body), at)
        except (NotFound, Overloaded, StoreUnavailable) as error:
            log.warning("no mail to user %s that %s: %s", user_id, what, error)


def _name_of(actor: Actor) -> str:
    return f"the API key “{actor.name}”" if actor.kind == "key" else actor.name
