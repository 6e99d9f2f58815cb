"""Chains of events and hooks: an event that an action made descends from the run that made it. Pure."""

from collections.abc import Mapping, Sequence

from engine.events.subjects import entity_of
from engine.model import Event, Execution, Json, Link

LONGEST = 8
CHAIN_HEADER = "webhook-chain"
"""Bears, in the requests of hooks, the mark of the run that sends it."""


def stands_in(chain: Sequence[Link], hook_id: int, data: Mapping[str, Json]) -> bool:
    """Whether a hook ran already in the chain of an event with this data, for the same lead or call."""
    return any(link.hook_id == hook_id and link.entity == entity_of(data) for link in chain)


def at_its_end(event: Event) -> str | None:
    """Why nothing more can descend from an event; None where something can."""
    if len(event.chain) < LONGEST:
        return None
    told = f"This event is at the end of a chain of {LONGEST} hooks, and a chain is no longer than that."
    return f"{told} Nothing was made."


def chain_of(event: Event, execution: Execution) -> tuple[Link, ...]:
    """Of all that this run for this event makes."""
    link = Link(hook_id=execution.hook_id, entity=entity_of(event.data), execution_id=execution.id)
    return (*event.chain, link)
