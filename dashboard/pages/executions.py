"""`/executions`: all that ran, by hook, status and type."""

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.execution_list import ExecutionList, Filters
from dashboard.components.text import Text
from dashboard.frame import frame
from dashboard.session import visitor
from engine import Engine


def executions_page(engine: Engine, style_url: str) -> None:
    @ui.page("/executions", title="Executions · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        filters = Filters.read(request.query_params)
        stored = await engine.executions(filters.query())
        with frame(who, style_url, "Executions", "/executions"):
            with ui.element("div").classes("th-head"), ui.element("div"):
                Text("h1", "Executions")
                Text("p", "Every run of every hook, newest first.", "th-muted")
            ExecutionList(engine, filters, stored)
        return None
