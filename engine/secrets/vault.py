"""Secrets at rest: sealed with Fernet (AES-128-CBC with an HMAC) under keys derived from `SECRET_KEY`."""

import secrets
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import SecretLost

MARK = "sealed:"
REMEMBERED = 10_000
"""The number of opened secrets to cache, since calls need the same ones again and again."""
SEALING = "secrets at rest"


class Vault:
    """Seals under the first key and opens with any. Without keys, uses one that is lost at exit."""

    def __init__(self, keys: tuple[str, ...] = ()) -> None:
        keys = keys or (secrets.token_urlsafe(32),)
        self._key = keys[0]
        self._newest = Fernet(_derived(keys[0], SEALING))
        self._fernet = MultiFernet([Fernet(_derived(key, SEALING)) for key in keys])
        self._decrypted = lru_cache(REMEMBERED)(self._decrypt)

    def key_for(self, purpose: str) -> bytes:
        """A key for one purpose, derived from the first; the same after a restart."""
        return _derived(self._key, purpose)

    def seal(self, text: str) -> str:
        return MARK + self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Values stored before there was a vault are returned unchanged. Raises SecretLost."""
        if not is_sealed(sealed):
            return sealed
        return self._decrypted(sealed)

    def renewed(self, sealed: str) -> str:
        """The same secret under the first key; unchanged if it is sealed under that. Raises SecretLost."""
        return sealed if self._is_under_newest(sealed) else self.seal(self.open(sealed))

    def _decrypt(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.removeprefix(MARK)).decode()
        except InvalidToken:
            raise SecretLost from None

    def _is_under_newest(self, sealed: str) -> bool:
        try:
            self._newest.decrypt(sealed.removeprefix(MARK))
        except InvalidToken:
            return False
        return is_sealed(sealed)


def is_sealed(text: str) -> bool:
    return text.startswith(MARK)


def _derived(key: str, purpose: str) -> bytes:
    """A key of the required length, from a text of any length."""
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"trigger-hooks {purpose}".encode())
    return urlsafe_b64encode(derive.derive(key.encode()))
