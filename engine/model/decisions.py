"""What a hook said to an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.model.json import Json


class Gate(StrEnum):
    """What a hook asks of an event, in the order in which it asks."""

    STATUS = "status"
    ROLE = "role"
    CHAIN = "chain"
    FILTERS = "filters"
    CONDITION = "condition"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a hook said to an event. `gate` is None where it fired, else the first that stopped it; `needed` says, a
    sentence each, what would have to be otherwise."""

    hook_id: int | None
    hook_version: int | None
    fired: bool
    gate: Gate | None
    reason: str
    trace: Mapping[str, Json]
    needed: tuple[str, ...] = ()
