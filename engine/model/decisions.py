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
class Shortfall:
    """A part of a hook that did not match: what was `found` in words, and how far `away` that is, where it can be
    measured."""

    part: str
    found: str
    away: str = ""

    def __str__(self) -> str:
        return f"{self.found}, {self.away} away" if self.away else self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What would have to be otherwise for a hook to fire. `wanted` is a sentence, or the beginning of one that goes on
    with `either`: the parts of which one would be enough."""

    wanted: str
    either: tuple[Shortfall, ...] = ()

    def __str__(self) -> str:
        match self.either:
            case ():
                return self.wanted
            case (only,):
                return f"{self.wanted}: {only}."
            case several:
                return f"{self.wanted}: {', or '.join(f'`{one.part}` ({one})' for one in several)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a hook said to an event. `gate` is None where it fired, else the first that stopped it; `needs` are all that
    would have to be otherwise, and `needed` the same in sentences."""

    hook_id: int | None
    hook_version: int | None
    fired: bool
    gate: Gate | None
    reason: str
    trace: Mapping[str, Json]
    needs: tuple[Need, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(map(str, self.needs))
