"""/emit: emits another event, so that hooks chain."""

import asyncio
from typing import Any

import orjson
from pydantic import Field

from engine.actions.endpoint import Call, Effects, Endpoint, Params, Refused, endpoint
from engine.errors import InvalidEvent
from engine.events.bounds import LARGE_BYTES, Bounds
from engine.events.catalogue import Catalogue
from engine.events.draft import EventDraft
from engine.events.parsing import read_events


class Emit(Params):
    type: str = Field(description="Type of the event to make, as the catalogue names it")
    data: dict[str, Any] = Field(
        default_factory=dict[str, Any], description="Fields laid over those of the event that ran the hook"
    )
    only: bool = Field(default=False, description="Take these fields alone, and none of the event that ran the hook")


def emit(catalogue: Catalogue, bounds: Bounds) -> Endpoint:
    @endpoint("/emit", "Makes another event, of the System role, so that hooks chain.")
    async def run(call: Call, params: Emit) -> Effects:
        data = params.data if params.only else {**call.event.data, **params.data}
        document = orjson.dumps({"type": params.type, "data": data})
        try:
            (draft,) = await _read(document, catalogue, bounds)
        except InvalidEvent as error:
            raise Refused(error.problems) from None
        new_event = call.event_of(draft.type, draft.data)
        return Effects(answer={"event_id": new_event.event.id, "type": draft.type}, changes=(new_event,))

    return run


async def _read(document: bytes, catalogue: Catalogue, bounds: Bounds) -> tuple[EventDraft, ...]:
    if len(document) <= LARGE_BYTES:
        return read_events(document, {}, catalogue, bounds)
    return await asyncio.to_thread(read_events, document, {}, catalogue, bounds)
