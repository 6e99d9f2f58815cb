"""Chains of events and hooks: an event emitted by an action descends from the run that emitted it. Pure."""

from collections.abc import Mapping, Sequence

from engine.events.subjects import entity_of
from engine.model import Event, Execution, Json, Link

LONGEST = 8
CHAIN_HEADER = "webhook-chain"
"""The request header that identifies the run that sent it."""


def has_run_in(chain: Sequence[Link], hook_id: int, data: Mapping[str, Json]) -> bool:
    """Whether a hook has already run in the chain of an event with this data, for the same lead or call."""
    return any(link.hook_id == hook_id and link.entity == entity_of(data) for link in chain)


def chain_limit_problem(event: Event) -> str | None:
    """Why nothing more may descend from an event; None if something may."""
    if len(event.chain) < LONGEST:
        return None
    message = f"This event is at the end of a chain of {LONGEST} hooks, and a chain is no longer than that."
    return f"{message} Nothing was made."


def chain_of(event: Event, execution: Execution) -> tuple[Link, ...]:
    """The chain of everything that this run emits for this event."""
    link = Link(hook_id=execution.hook_id, entity=entity_of(event.data), execution_id=execution.id)
    return (*event.chain, link)
