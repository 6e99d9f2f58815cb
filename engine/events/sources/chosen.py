"""Verification where the sender's user chooses how to sign. Pure."""

import binascii
from base64 import b64decode, b64encode
from datetime import datetime

from engine.events.sources.platform import Incoming, Verification
from engine.events.sources.signing import age_problem, mac, mismatch, moment_of
from engine.model.sources import SigningChoice, SigningKind


def verify_chosen(incoming: Incoming, against: Verification) -> str | None:
    """By `against.choice`; Standard Webhooks and HMAC with a timestamp allow five minutes either way."""
    choice = against.choice or SigningChoice()
    if choice.kind is SigningKind.NONE:
        return None
    if choice.kind is SigningKind.HEADER:
        given = incoming.headers.get(choice.header.lower(), "")
        return mismatch([given.removeprefix("Bearer ").strip()], against.secrets, str)
    if choice.kind is SigningKind.BASIC:
        given = incoming.headers.get("authorization", "")
        return mismatch([given], against.secrets, lambda secret: f"Basic {b64encode(secret.encode()).decode()}")
    if choice.kind is SigningKind.STANDARD_WEBHOOKS:
        return _standard_webhooks(incoming, against)
    return _hmac(incoming, against, choice)


def key_of(secret: str) -> bytes:
    """The bytes of `whsec_…` or other base64; of what is neither, its own."""
    try:
        return b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()


def _standard_webhooks(incoming: Incoming, against: Verification) -> str | None:
    headers = incoming.headers
    names = ("id", "timestamp", "signature")
    given = [headers.get(f"webhook-{name}") or headers.get(f"svix-{name}", "") for name in names]
    message = b".".join([given[0].encode(), given[1].encode(), incoming.body])
    signatures = [one.removeprefix("v1,") for one in given[2].split() if one.startswith("v1,")]
    wrong = mismatch(signatures, against.secrets, lambda secret: mac(key_of(secret), message, "sha256", "base64"))
    return wrong or age_problem(moment_of(given[1]), against.now)


def _hmac(incoming: Incoming, against: Verification, choice: SigningChoice) -> str | None:
    given = incoming.headers.get(choice.header.lower(), "").removeprefix(choice.prefix).strip()
    stamp = incoming.headers.get(choice.timestamp_header.lower(), "") if choice.timestamp_header else ""
    message = _message(choice.format, stamp, incoming)

    def expected(secret: str) -> str:
        key = key_of(secret) if choice.base64_secret else secret.encode()
        return mac(key, message, choice.algorithm, choice.encoding)

    wrong = mismatch([given.lower() if choice.encoding == "hex" else given], against.secrets, expected)
    return wrong or (age_problem(_stamped(stamp), against.now) if choice.timestamp_header else None)


def _message(format: str, stamp: str, incoming: Incoming) -> bytes:
    """The format with its names replaced; what they stand for is not searched for names again."""
    parts: list[bytes] = []
    known = {"{timestamp}": stamp.encode(), "{body}": incoming.body, "{method}": incoming.method.encode()}
    known["{url}"] = incoming.url.encode()
    while format:
        name = next((name for name in known if format.startswith(name)), None)
        parts.append(known[name] if name else format[0].encode())
        format = format[len(name) if name else 1 :]
    return b"".join(parts)


def _stamped(stamp: str) -> datetime | None:
    return moment_of(stamp, "milliseconds" if len(stamp) > 11 else "seconds")
