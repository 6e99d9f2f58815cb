"""Checks of signatures, all in constant time. Pure."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIVE_MINUTES: Final = timedelta(minutes=5)

NO_SIGNATURE: Final = "no signature"
WRONG_SIGNATURE: Final = "wrong signature"
TOO_OLD: Final = "signed too long ago"
IN_FUTURE: Final = "signed in the future"

Encoding = Literal["hex", "base64"]
_MOST_SIGNATURES: Final = 10
"""That one header may list: each costs a comparison."""
_RAW_ED25519: Final = 32


def mac(secret: str | bytes, message: bytes, algorithm: str = "sha256", encoding: Encoding = "hex") -> str:
    key = secret if isinstance(secret, bytes) else secret.encode()
    digest = hmac.new(key, message, getattr(hashlib, algorithm)).digest()
    return digest.hex() if encoding == "hex" else b64encode(digest).decode()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def mismatch(given: Iterable[str], secrets: Iterable[str], expected: Callable[[str], str]) -> str | None:
    """Why none of the given signatures is the one expected of one of the secrets; None if one is."""
    signatures = [one for one in given if one][:_MOST_SIGNATURES]
    if not signatures:
        return NO_SIGNATURE
    for secret in secrets:
        wanted = expected(secret)
        if any(same(one, wanted) for one in signatures):
            return None
    return WRONG_SIGNATURE


def age_problem(
    signed_at: datetime | None, now: datetime, *, oldest: timedelta = FIVE_MINUTES, newest: timedelta = FIVE_MINUTES
) -> str | None:
    """Why a signature of that time is not taken now; without a time there is no signature to check."""
    if signed_at is None:
        return NO_SIGNATURE
    if now - signed_at > oldest:
        return TOO_OLD
    return IN_FUTURE if signed_at - now > newest else None


def moment_of(digits: str, unit: Literal["seconds", "milliseconds"] = "seconds") -> datetime | None:
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(**{unit: int(digits)})
    except (OverflowError, ValueError):
        return None


def parts_of(header: str) -> dict[str, str]:
    """`t=1,v0=abc` as a mapping; of a name that comes twice, the first counts."""
    parts: dict[str, str] = {}
    for part in header.split(","):
        name, _, value = part.partition("=")
        parts.setdefault(name.strip(), value.strip())
    return parts


def ed25519_mismatch(signature: str, keys: Iterable[str], message: bytes) -> str | None:
    """Keys and the signature are base64; a key may be raw, DER or PEM."""
    if not signature:
        return NO_SIGNATURE
    for key in keys:
        try:
            public_key(key).verify(b64decode(signature, validate=True), message)
        except (InvalidSignature, ValueError):
            continue
        return None
    return WRONG_SIGNATURE


def public_key(text: str) -> Ed25519PublicKey:
    """Raises ValueError."""
    lines = [line.strip() for line in text.splitlines() if "-----" not in line]
    return Ed25519PublicKey.from_public_bytes(b64decode("".join(lines), validate=True)[-_RAW_ED25519:])
