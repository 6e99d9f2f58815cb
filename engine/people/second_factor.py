"""The second factor: TOTP codes (RFC 6238), and ten recovery codes. Each can be used once.

The secret is sealed; recovery codes are stored as hashes: they are 120 random bits, so a plain hash is enough.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from pyotp import random_base32
from pyotp.exceptions import OTPVerificationError
from pyotp.totp import TOTP

from engine.errors import InvalidAccount
from engine.ports import PeopleStore
from engine.secrets.vault import Vault

ISSUER = "Trigger Hooks"
RECOVERY_CODES = 10
DRIFT_STEPS = 1
"""The steps of 30 seconds that a clock may be off, either way."""
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUP, _GROUPS = 6, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A secret that is not in use yet. `uri` is what authenticator apps scan as a QR code."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


class SecondFactor:
    def __init__(self, store: PeopleStore, vault: Vault, now: Callable[[], datetime]) -> None:
        self._store, self._vault, self._now = store, vault, now

    def offer(self, email: str) -> Offer:
        secret = random_base32()
        return Offer(secret=secret, uri=TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))

    async def turn_on(self, user_id: int, secret: str, code: str) -> tuple[str, ...]:
        """Returns the recovery codes in plain text, only this once. Raises InvalidAccount if the code does not fit the
        secret."""
        step = self._step(secret, _digits(code))
        if step is None:
            raise InvalidAccount(
                "code", "This is not the code of now. Enter the newest, and see that the phone's clock is right."
            )
        codes = _new_codes()
        await self._store.set_second_factor(user_id, self._vault.seal(secret), step, [_hash(one) for one in codes])
        return codes

    async def turn_off(self, user_id: int) -> None:
        await self._store.drop_second_factor(user_id)

    async def takes(self, user_id: int, code: str) -> bool:
        """Whether it is a valid, unused TOTP or recovery code; consumes it.

        Raises SecretLost.
        """
        if not (digits := _digits(code)):
            return await self._store.take_recovery_code(user_id, _hash(code))
        sealed = await self._store.second_factor(user_id)
        step = self._step(self._vault.open(sealed), digits) if sealed else None
        return step is not None and await self._store.take_step(user_id, step)

    async def new_codes(self, user_id: int) -> tuple[str, ...]:
        """Replaces the previous ones."""
        codes = _new_codes()
        await self._store.set_recovery_codes(user_id, [_hash(one) for one in codes])
        return codes

    async def codes_left(self, user_id: int) -> int:
        return await self._store.recovery_codes(user_id)

    def _step(self, secret: str, digits: str) -> int | None:
        """The time step of a code; None if it is wrong, or if the secret was lost and replaced by an unusable one."""
        try:
            return TOTP(secret).verify_and_get_timecode(digits, for_time=self._now(), valid_window=DRIFT_STEPS)
        except (OTPVerificationError, ValueError):
            return None


def is_code(text: str) -> bool:
    """Whether it looks like a code, not like a password."""
    return bool(_digits(text)) or len(_plain(text)) == _GROUP * _GROUPS


def _digits(code: str) -> str:
    """The six digits of a TOTP code; empty if it is not one."""
    plain = re.sub(r"[\s-]", "", code)
    return plain if re.fullmatch(r"[0-9]{6}", plain) else ""


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).casefold()


def _hash(code: str) -> bytes:
    return sha256(_plain(code).encode(errors="replace")).digest()


def _new_codes() -> tuple[str, ...]:
    return tuple(
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    )
