"""How a hook decided an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.model.json import Json


class Gate(StrEnum):
    """The checks that a hook makes, in order."""

    STATUS = "status"
    ROLE = "role"
    CHAIN = "chain"
    FILTERS = "filters"
    CONDITION = "condition"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A part of a hook that did not match: the value `found`, in words, and its distance (`away`), if it can be
    measured."""

    part: str
    found: str
    away: str = ""

    def __str__(self) -> str:
        return f"{self.found}, {self.away} away" if self.away else self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What would have to change for a hook to fire. `wanted` is a sentence, or the beginning of one that continues with
    `either`: alternatives of which one is enough."""

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
    """How a hook decided an event. `gate` is None if it fired, else the first gate that stopped it; `needs` are all the
    changes it would take to fire, and `needed` the same in sentences."""

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
