"""Endpoints inside the process: offered in the field of an address, and described below it once one stands there."""

from nicegui import ui

from engine import Engine, parameters_of


def offer_endpoints(engine: Engine, box: ui.input) -> None:
    """As a list that the browser opens and narrows as one types."""
    with ui.element("datalist") as offered:
        for one in engine.endpoints():
            option = ui.element("option")
            option.props["value"], option.props["label"] = engine.address_of(one), one.summary
    offered.props["id"] = f"ti-{offered.id}"
    box.props["list"] = offered.props["id"]


def told_of_endpoint(engine: Engine, url: str) -> str | None:
    """What the endpoint at an address does and takes; None where there is none."""
    found = engine.endpoint_at(url)
    if found is None:
        return None
    names = [f"{one.name} (required)" if one.required else one.name for one in parameters_of(found.params)]
    takes = f"Parameters, in the query or the body: {', '.join(names)}." if names else "It takes no parameters."
    return f"{found.summary} {takes}"
