"""Mail: addresses, server settings and message text. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal
from urllib.parse import unquote, urlsplit

from engine.model import Mail

LONGEST_ADDRESS = 254
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*"
)
_TLS = {"smtp": "starttls", "smtps": "tls", "smtp+plain": "none"}
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """With `tls` set to `starttls` or `tls`, nothing is sent in the clear; `none` is for a server on a private
    network."""

    host: str
    port: int
    sender: str
    tls: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = field(default="", repr=False)


def smtp_settings(url: str, sender: str) -> SmtpSettings | None:
    """From `smtp://USER:PASSWORD@HOST:PORT`; None for empty text. Raises ValueError."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in _TLS or not parts.hostname:
        raise ValueError("write it as smtp://USER:PASSWORD@HOST:587 (or smtps://, or smtp+plain:// without encryption)")
    if not is_address(sender):
        raise ValueError("SMTP_FROM has to be the address that mails come from, such as hooks@example.com")
    return SmtpSettings(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        sender=sender,
        tls=_TLS[parts.scheme],  # type: ignore[arg-type]
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def addresses_in(text: str) -> tuple[str, ...]:
    """Comma-separated, without duplicates. Raises ValueError."""
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for one in found:
        if not is_address(one):
            raise ValueError(f"“{one[:100]}” is no e-mail address, such as maria@example.com.")
    return found


def message_of(mails: Sequence[Mail], *, sender: str, place: str) -> EmailMessage:
    """One mail unchanged, several as one message that lists them. `place` is the dashboard's URL.

    The same mails always get the same Message-ID, so that mail programs can drop duplicates.
    """
    first = mails[0]
    message = EmailMessage()
    message["From"] = sender
    message["To"] = first.address
    message["Message-ID"] = f"<trigger-hooks.{first.seq}.{first.created_at.timestamp():.0f}@{sender.partition('@')[2]}>"
    message["Date"] = first.created_at
    message["Auto-Submitted"] = "auto-generated"
    footer = f"-- \nSent by Trigger Hooks, {place}"
    if len(mails) == 1:
        message["Subject"] = first.subject
        message.set_content(f"{first.text}\n\n{footer}\n")
        return message
    message["Subject"] = f"{len(mails)} notifications: {first.subject}"
    listed = "\n\n".join(f"{number}. {one.subject}\n{one.text}" for number, one in enumerate(mails, start=1))
    message.set_content(f"{listed}\n\n{footer}\n")
    return message
