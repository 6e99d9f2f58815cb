"""A CSRF token for plain forms: a signature over a cookie, which no other site can read or forge."""

from hashlib import sha256
from typing import Final

from itsdangerous import Signer

from engine import Engine

FIELD: Final = "form"


def form_token(engine: Engine, cookie: str) -> str:
    """`cookie` is the value of the cookie that the form is bound to."""
    return _signer(engine).get_signature(cookie).decode()


def is_ours(engine: Engine, cookie: str, token: str) -> bool:
    return bool(cookie) and _signer(engine).verify_signature(cookie, token.encode(errors="replace"))


def _signer(engine: Engine) -> Signer:
    return Signer(engine.vault.key_for("forms"), digest_method=sha256)
