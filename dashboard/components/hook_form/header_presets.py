"""Common headers, built from a token, a username and password, or a key. Pure."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """`asks` maps the labels of its fields to their initial values."""

    label: str
    asks: tuple[tuple[str, str], ...]


PRESETS: Final[Mapping[str, Preset]] = {
    "bearer": Preset(label="Bearer token", asks=(("Token", ""),)),
    "basic": Preset(label="User and password", asks=(("User", ""), ("Password", ""))),
    "key": Preset(label="API key", asks=(("Header", "X-API-Key"), ("Key", ""))),
}


class NotEnough(ValueError):
    """What a preset still lacks, in words."""


def header_of(kind: str, values: Sequence[str]) -> tuple[str, str]:
    """Returns name and value. Raises NotEnough."""
    asks = [label for label, _ in PRESETS[kind].asks]
    given = [value.strip() for value in values]
    for label, value in zip(asks, given, strict=True):
        if not value and label != "Password":
            raise NotEnough(f"{label} is missing.")
    match kind:
        case "bearer":
            return "Authorization", f"Bearer {given[0].removeprefix('Bearer ').strip()}"
        case "basic":
            if ":" in given[0]:
                raise NotEnough("The name of a user holds no colon.")
            return "Authorization", f"Basic {base64.b64encode(f'{given[0]}:{values[1]}'.encode()).decode()}"
        case _:
            return given[0], given[1]
