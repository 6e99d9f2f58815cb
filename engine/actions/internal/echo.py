"""/echo: a target for a first hook."""

from engine.actions.endpoint import Call, Json, endpoint


@endpoint("/echo", "Answers with what it was sent, and does nothing.")
async def echo(call: Call) -> Json:
    request = call.request
    return {"method": str(request.method), "webhook-id": call.execution.id, "received": request.body or ""}
