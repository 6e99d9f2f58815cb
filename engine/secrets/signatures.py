"""Standard Webhooks signatures, which prove the sender: `v1,BASE64`, with the hook's `whsec_…` secret."""

import base64
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from standardwebhooks import Webhook

from engine.model import SigningSecret

OVERLAP = timedelta(hours=24)
SECRET_BYTES = 32


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def rotated(secret: SigningSecret, at: datetime) -> SigningSecret:
    """A new secret; the previous one also signs for a day, so that receivers can switch."""
    return SigningSecret(current=new_secret(), previous=secret.current, rotated_at=at)


def signature(secret: SigningSecret, *, webhook_id: str, at: datetime, body: str) -> str:
    """The value of `webhook-signature`: one signature, or two while the previous secret is valid."""
    keys = [secret.current]
    if secret.previous and secret.rotated_at and at < secret.rotated_at + OVERLAP:
        keys.append(secret.previous)
    # The library treats any time zone as UTC.
    return " ".join(_signer(key).sign(webhook_id, at.astimezone(UTC), body) for key in keys)


@lru_cache(1_000)
def _signer(secret: str) -> Webhook:
    return Webhook(secret)
