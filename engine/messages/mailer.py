"""Sends queued mail in the background: each soon and on its own, or many to the same address as one."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import aiosmtplib

from engine.messages.mail import SmtpSettings, message_of
from engine.messages.notices import Notices
from engine.model import Mail
from engine.ports import MailStore
from engine.process.insist import insist

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
SEND_SECONDS = 20.0
FEW = 3
WITHIN_SECONDS = 60.0
MOST_IN_ONE = 100
AT_ONCE = 100
PAUSES = (60, 300, 1_800, 7_200, 21_600, 43_200)
"""Seconds before each retry."""


class Mailer:
    """Sends a few mails a minute to each address; any more are queued, and sent as one message that lists them."""

    def __init__(
        self,
        store: MailStore,
        settings: SmtpSettings,
        notices: Notices,
        *,
        place: str,
        now: Callable[[], datetime],
        steady: Callable[[], float],
    ) -> None:
        """`place` is the dashboard's URL, for the footer."""
        self._store, self._settings, self._notices = store, settings, notices
        self._place, self._now, self._steady = place, now, steady
        self._sent: dict[str, deque[float]] = {}
        self._over: set[int] = set()

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await insist(self._round, "mails cannot be sent now")
            await asyncio.sleep(POLL_SECONDS)

    async def _round(self) -> None:
        await self._drop()  # first of all: what was sent must not be sent again while the disk fails
        self._sent = {address: times for address, times in self._sent.items() if times[-1] > self._since()}
        for address in await self._store.mail_due(self._now(), AT_ONCE):
            if sum(at > self._since() for at in self._sent.get(address, ())) >= FEW:
                continue
            mails = await self._store.mail_for(address, self._now(), MOST_IN_ONE)
            if mails and not await self._send(mails):
                return  # the server is failing: the others would only wait for it too

    async def _send(self, mails: Sequence[Mail]) -> bool:
        """False if the server cannot be reached at all."""
        settings, address = self._settings, mails[0].address
        try:
            await aiosmtplib.send(
                message_of(mails, sender=settings.sender, place=self._place),
                sender=settings.sender,
                recipients=[address],
                hostname=settings.host,
                port=settings.port,
                username=settings.user or None,
                password=settings.password or None,
                use_tls=settings.tls == "tls",
                start_tls=settings.tls == "starttls",
                timeout=SEND_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            if _is_final(error):
                await self._give_up(mails, error)
            else:
                await self._put_off(mails, error)
            return _concerns_one(error)
        self._sent.setdefault(address, deque(maxlen=FEW)).append(self._steady())
        await self._drop(mails)
        return True

    async def _drop(self, mails: Sequence[Mail] = ()) -> None:
        """Deletes finished mails, and those that could not be deleted before."""
        self._over.update(one.seq for one in mails)
        if self._over:
            await self._store.drop_mail(sorted(self._over))
            self._over.clear()

    async def _put_off(self, mails: Sequence[Mail], error: Exception) -> None:
        log.warning("a mail to %s cannot be sent now: %s", mails[0].address, error)
        tried_out = [one for one in mails if one.tries >= len(PAUSES)]
        if tried_out:
            await self._give_up(tried_out, error)
        for one in mails:
            if one.tries < len(PAUSES):
                await self._store.put_off_mail(one.seq, self._now() + timedelta(seconds=PAUSES[one.tries]))

    async def _give_up(self, mails: Sequence[Mail], error: Exception) -> None:
        await self._drop(mails)
        what = f"“{mails[0].subject}”" if len(mails) == 1 else f"{len(mails)} mails"
        told = f"{what}: {error}"[:500]
        await self._notices.tell("bad", f"No mail reached {mails[0].address}", told, "/settings")

    def _since(self) -> float:
        return self._steady() - WITHIN_SECONDS


def _code(error: Exception) -> int | None:
    """The server's status code, if it concerns only this address or this mail."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max(one.code for one in error.recipients)
    return error.code if isinstance(error, aiosmtplib.SMTPDataError | aiosmtplib.SMTPRecipientRefused) else None


def _concerns_one(error: Exception) -> bool:
    return isinstance(error, ValueError) or _code(error) is not None


def _is_final(error: Exception) -> bool:
    return isinstance(error, ValueError) or (_code(error) or 0) >= 500
