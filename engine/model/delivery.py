"""How calls are made: at once, for how long, and how often again."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import with_config


class Preset(StrEnum):
    """A retry schedule by its name."""

    STANDARD = "standard"
    SHORT = "short"
    NONE = "none"


Retries = Preset | tuple[float, ...]
"""A schedule: by its name, or the seconds to wait before each further attempt."""


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSettings:
    """How a type of hook is processed: calls at once, seconds for one call, and when a failed one is made again."""

    concurrency: int = 64
    timeout: float = 15.0
    retries: Retries = Preset.STANDARD


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a hook delivers; None is as its lane does.

    `final_4xx`: an answer of 4xx ends it, save 408, 410, 425 and 429. `ordered`: what is about the same lead or call
    goes one after the other; None is so for sequences alone.
    """

    retries: Retries | None = None
    timeout: float | None = None
    final_4xx: bool = False
    ordered: bool | None = None
