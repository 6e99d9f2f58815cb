"""Names of headers, query parameters, form fields and JSON keys whose values are secret by any reading. Pure."""

import re
from functools import lru_cache
from typing import Final

from engine.events.chains import CHAIN_HEADER

_WITHIN: Final = re.compile(
    r"authori[sz]ation|cookie|token|secret|passw(?:or)?d|passphrase|signature|credential|"
    r"(?:api|access|private|auth|master|account|subscription|functions)key"
)
_WHOLE: Final = frozenset({"auth", "sig", "pwd", "jwt", "bearer", "hmac"})
_WHOLE_IN_ADDRESSES: Final = _WHOLE | {"key", "code"}
_ANYWHERE: Final = re.compile(
    r"authori[sz]ation|cookie|token|secret|passw|pass.?phrase|signature|credential|"
    r"(?:api|access|private|auth|master|account|subscription|functions)[^a-z0-9]{0,3}key|"
    r"(?<![a-z0-9])(?:auth|sig|pwd|jwt|bearer|hmac)(?![a-z0-9])"
)
_HARMLESS: Final = re.compile(r"tokentype|tokens?(?:used|count|limit)|tokenur[il]|tokenendpoint|ratelimit")
USUALLY_SECRET: Final = (
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-access-token",
    "x-api-key",
    "x-auth-token",
    "x-secret",
    "x-signature",
)
"""Examples, for a form to mark while somebody types."""
_OURS: Final = frozenset({"webhook-signature", CHAIN_HEADER})
"""They prove one request, and nothing beside it."""
_NO_LETTER: Final = re.compile(r"[^a-z0-9]+")


@lru_cache(10_000)
def is_secret_name(name: str) -> bool:
    """`X-Api-Key`, `accessToken`, `client_secret`."""
    plain = _plain(name)
    return plain in _WHOLE or (bool(_WITHIN.search(plain)) and not _HARMLESS.search(plain) and name not in _OURS)


def is_secret_parameter(name: str) -> bool:
    """In an address also `key` and `code`, which mean much else in a body."""
    return _plain(name) in _WHOLE_IN_ADDRESSES or is_secret_name(name)


def may_name_secrets(text: str) -> bool:
    """Whether a text has such a name anywhere: quick, for most have none."""
    return bool(_ANYWHERE.search(text.lower()))


def _plain(name: str) -> str:
    return _NO_LETTER.sub("", name[:200].lower())
