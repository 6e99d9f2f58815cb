"""How a sender signs, where its user chooses: for Vapi and for senders of their own. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import with_config


class SigningKind(StrEnum):
    NONE = "none"
    HEADER = "header"
    BASIC = "basic"
    HMAC = "hmac"
    STANDARD_WEBHOOKS = "standard_webhooks"


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class SigningChoice:
    """For HEADER, `header` equals the secret, with `Bearer ` before it or not; for BASIC the secret is `user:password`.

    For HMAC, `header` has `prefix` and the digest of `format`, in which `{timestamp}` stands for `timestamp_header` and
    `{body}` for the body.
    """

    kind: SigningKind = SigningKind.HEADER
    header: str = "authorization"
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    timestamp_header: str = ""
    format: str = "{body}"
    base64_secret: bool = False
