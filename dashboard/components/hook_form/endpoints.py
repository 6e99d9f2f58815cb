"""Built-in endpoints: suggested in the URL field, listed, and described."""

from collections.abc import Callable

from nicegui import ui

from dashboard.components.basics.buttons import button
from dashboard.components.basics.dialogs import small_dialog
from dashboard.components.basics.text import Text
from engine import Endpoint, Engine, Parameter, parameters_of


def offer_endpoints(engine: Engine, box: ui.input) -> None:
    """A datalist that the browser filters while typing."""
    with ui.element("datalist") as offered:
        for one in engine.targets.endpoints():
            option = ui.element("option")
            option.props["value"], option.props["label"] = engine.targets.address_of(one), one.summary
    offered.props["id"] = f"th-{offered.id}"
    box.props["list"] = offered.props["id"]


def told_of_endpoint(engine: Engine, url: str) -> str | None:
    """What the endpoint at a URL does and which parameters it takes; None if there is none."""
    found = engine.targets.endpoint_at(url)
    if found is None:
        return None
    names = [f"{one.name} (required)" if one.required else one.name for one in parameters_of(found.params)]
    takes = f"Parameters, in the query or the body: {', '.join(names)}." if names else "It takes no parameters."
    return f"{found.summary} {takes}"


def choose_endpoint(engine: Engine, on_choose: Callable[[str], None]) -> None:
    """Lists all endpoints with their parameters; `on_choose` gets the URL with placeholders for required parameters."""
    about = "Addresses that are answered within the process. What they change happens once."
    with small_dialog("Inside Trigger Hooks", about, look="th-endpoints") as dialog:

        def choose(endpoint: Endpoint) -> None:
            dialog.close()
            on_choose(_with_placeholders(engine, endpoint))

        with ui.element("ul").classes("th-endpoints-list"):
            for one in engine.targets.endpoints():
                with ui.element("li"):
                    _describe(one, lambda one=one: choose(one))
        with ui.element("div").classes("th-buttons"):
            button("Cancel", dialog.close, "is-quiet")


def _describe(endpoint: Endpoint, on_choose: Callable[[], None]) -> None:
    with ui.element("div").classes("th-endpoints-head"):
        Text("code", endpoint.path)
        button("Take it", on_choose).props["aria-label"] = f"Take {endpoint.path}"
    Text("p", endpoint.summary)
    parameters = parameters_of(endpoint.params)
    if parameters:
        with ui.element("dl"):
            for one in parameters:
                Text("dt", one.name)
                Text("dd", _meaning(one), "th-hint")


def _meaning(parameter: Parameter) -> str:
    needed = "required" if parameter.required else "optional"
    one_of = f": {', '.join(str(one) for one in parameter.one_of)}" if parameter.one_of else ""
    return f"{parameter.type}, {needed}{one_of}. {parameter.meaning}".strip()


def _with_placeholders(engine: Engine, endpoint: Endpoint) -> str:
    query = "&".join(f"{one.name}=" for one in parameters_of(endpoint.params) if one.required)
    return engine.targets.address_of(endpoint) + (f"?{query}" if query else "")
