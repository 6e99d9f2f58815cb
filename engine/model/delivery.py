"""How calls are delivered: concurrency, timeouts and retries."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import with_config


class Preset(StrEnum):
    """The named retry schedules."""

    STANDARD = "standard"
    SHORT = "short"
    NONE = "none"


Retries = Preset | tuple[float, ...]
"""A retry schedule: its name, or the seconds to wait before each retry."""


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSettings:
    """How a type of hook is processed: concurrent calls, timeout in seconds, and when failed calls are retried."""

    concurrency: int = 64
    timeout: float = 15.0
    retries: Retries = Preset.STANDARD


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A hook's delivery settings; None: as in its lane.

    `final_4xx`: 4xx responses are not retried, except 408, 410, 425 and 429. `ordered`: calls about the same lead or
    call run one after another; None: only sequences do.
    """

    retries: Retries | None = None
    timeout: float | None = None
    final_4xx: bool = False
    ordered: bool | None = None
