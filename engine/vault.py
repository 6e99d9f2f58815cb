"""Secrets at rest: sealed by Fernet (AES-128-CBC with an HMAC) under keys that are made from `SECRET_KEY`."""

import secrets
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import SecretLost

MARK = "sealed:"


class Vault:
    """Seals under the first key and opens under any. Without a key, under one that ends with the process."""

    def __init__(self, keys: tuple[str, ...] = ()) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys or (secrets.token_urlsafe(32),)])

    def seal(self, text: str) -> str:
        return MARK + self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was stored before there was a vault is given as it is. Raises SecretLost."""
        if not is_sealed(sealed):
            return sealed
        try:
            return self._fernet.decrypt(sealed.removeprefix(MARK)).decode()
        except InvalidToken:
            raise SecretLost from None

    def renewed(self, sealed: str) -> str:
        """The same secret under the first key. Raises SecretLost."""
        return self.seal(self.open(sealed))


def is_sealed(text: str) -> bool:
    return text.startswith(MARK)


def _derived(key: str) -> bytes:
    """A key of the right length from text of any."""
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"trigger-hooks secrets at rest")
    return urlsafe_b64encode(derive.derive(key.encode()))
