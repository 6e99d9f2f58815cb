"""/process-lead: scores and qualifies the lead in the event."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from engine.actions.endpoint import Call, Effects, Endpoint, Refused, endpoint
from engine.leads.qualification import IDENTIFIED_BY, Qualified, key_of
from engine.leads.scoring import category
from engine.model import Event, Json

Process = Callable[[Event, str, datetime], Awaitable[Qualified | None]]


def process_lead(process: Process) -> Endpoint:
    """`process` computes an event's effect on its lead; None if the event names no lead."""

    @endpoint("/process-lead", "Scores and qualifies the lead in the event.", turn=lambda call: key_of(call.event.data))
    async def run(call: Call) -> Effects:
        result = await process(call.event, call.execution.id, call.at)
        if result is None:
            raise Refused(f"This event names no lead: it has none of {', '.join(IDENTIFIED_BY)}.")
        if call.execution.test:
            return Effects(answer={**_answer(result), "saved": False})
        events = (call.event_of(one.type, one.data) for one in result.emits)
        return Effects(answer={**_answer(result), "saved": True}, changes=(result.save, *events))

    return run


def _answer(result: Qualified) -> dict[str, Json]:
    lead = result.lead
    return {
        "lead": lead.key,
        "lead_score": lead.score.value,
        "lead_status": lead.status,
        "lead_category": category(lead.score.value),
        "threshold": lead.score.threshold,
        "rules": [{"label": row.label, "points": row.points, "counted": row.counted} for row in lead.score.rows],
        "emits": [one.type for one in result.emits],
    }
