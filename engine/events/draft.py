"""An event as its sender described it, before it is accepted. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from engine.model import Json, Link, Origin

MAX_ID_LENGTH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """`id` and `occurred_at` are None if the sender left them to us.

    `attributes` are those of a CloudEvent. `chain` and `test` are set for what one of our own hooks sent.
    """

    type: str
    data: Mapping[str, Json]
    id: str | None
    occurred_at: datetime | None
    attributes: Mapping[str, Json] = field(default_factory=dict[str, Json])
    chain: tuple[Link, ...] = ()
    test: bool = False


def continued(drafts: Sequence[EventDraft], origin: Origin) -> Sequence[EventDraft]:
    """The drafts in the chain of the run that sent them; unchanged if they come from outside."""
    if not origin.chain:
        return drafts
    return [replace(draft, chain=origin.chain, test=draft.test or origin.test) for draft in drafts]


def id_problem(value: Json) -> str | None:
    if isinstance(value, str) and value.strip() and len(value) <= MAX_ID_LENGTH and value.isprintable():
        return f'An id may not be "{value}", which no address can hold.' if value in {".", ".."} else None
    return f"An id is text of 1 to {MAX_ID_LENGTH} printable characters, not all blank; leave it out to have one made."
