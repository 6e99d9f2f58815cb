"""Near misses: events that a hook let pass by for a single part, and how far they were from it. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import islice

from engine.access.permissions import may_trigger
from engine.expressions.condition import ConditionError
from engine.model import Json, Role
from engine.rules.misses import Miss, Parts, failed, miss


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss(Miss):
    event_id: str


def near_miss(parts: Parts, event_id: str, role: Role, names: Mapping[str, Json]) -> NearMiss | None:
    """None where more than one part failed, or none, or the role: that is no matter of more or less."""
    if isinstance(parts.hook.condition, ConditionError) or not may_trigger(parts.hook.hook.definition.role, role):
        return None
    first = list(islice(failed(parts, names), 2))
    return NearMiss(event_id=event_id, **asdict(miss(first[0], names))) if len(first) == 1 else None
