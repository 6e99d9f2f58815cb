"""`/executions/{id}`: why it ran, what was sent, and what came back."""

from nicegui import background_tasks, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.dialogs import toast
from dashboard.components.fact import Moment, fact
from dashboard.components.http_call import HttpCall
from dashboard.components.json_editor import pretty
from dashboard.components.text import Text
from dashboard.components.trace import Trace
from dashboard.frame import frame
from dashboard.session import Visitor, visitor
from engine import LABELS, Attempt, Engine, Execution, Job, NotFound, Permission, TriggerHooksError, may


def execution_page(engine: Engine, style_url: str) -> None:
    @ui.page("/executions/{execution_id}", title="Execution · Trigger Hooks")
    async def page(request: Request, execution_id: str) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        with frame(who, style_url, "Execution", "/executions"):
            try:
                job = await engine.execution(execution_id)
            except NotFound as error:
                Text("h1", "Not found")
                Text("p", str(error), "th-muted")
                return None
            with ui.element("div") as box:
                _show(engine, who, job)
        _follow(engine, who, execution_id, box)
        return None


def _follow(engine: Engine, who: Visitor, execution_id: str, box: ui.element) -> None:
    """Shows it anew at every change of its state."""

    async def show_anew() -> None:
        job = await engine.execution(execution_id)
        box.clear()
        with box:
            _show(engine, who, job)

    def on_change(execution: Execution) -> None:
        if execution.id == execution_id:
            background_tasks.create(show_anew(), name="show an execution anew")

    _, leave = engine.feed.join(on_change)
    ui.context.client.on_delete(leave)


def _show(engine: Engine, who: Visitor, job: Job) -> None:
    execution = job.execution
    with ui.element("div").classes("th-head"):
        with ui.element("div"):
            back = Text("a", "Executions", "th-back")
            back.props["href"] = "/executions"
            Text("h1", execution.hook_title)
            Text("p", _sentence(execution, engine.catalogue.label(execution.event_type)), "th-muted")
        if may(who.actor, Permission.REPLAY) and not execution.test:
            button = Text("button", "Replay", "th-button")
            button.props["title"] = "Run the hook as it is now once more for this event"
            button.on("click", lambda: _replay(engine, who, execution.id), [])
    with ui.element("div").classes("th-card th-facts-card"):
        _facts(engine, job)
    with ui.element("div").classes("th-split"):
        with _section("Why it ran"):
            Trace(engine.explain(job.hook, job.event, execution.created_at))
            Text("h3", "Event data")
            Text("pre", pretty(job.event.data), "th-json").props["tabindex"] = "0"
        with _section("Attempts"):
            for attempt in execution.attempts:
                _attempt(attempt)
            if not execution.attempts:
                Text("p", "No attempt has ended yet.", "th-muted")


def _facts(engine: Engine, job: Job) -> None:
    execution = job.execution
    with ui.element("dl").classes("th-facts"):
        with fact("Status"):
            Text("span", LABELS[execution.status], f"th-chip is-{execution.status}")
            if execution.test:
                Text("span", "Test", "th-badge")
        fact("Hook", f"#{execution.hook_id}, version {execution.hook_version}")
        fact("Event", engine.catalogue.label(execution.event_type))
        fact("Event id", execution.event_id)
        fact("Webhook id", execution.id)
        with fact("Started"):
            Moment(execution.created_at.isoformat())
        if execution.next_attempt_at:
            with fact("Next attempt"):
                Moment(execution.next_attempt_at.isoformat())
        if execution.finished_at:
            seconds = (execution.finished_at - execution.created_at).total_seconds()
            fact("Took", f"{seconds * 1000:,.0f} ms")


def _attempt(attempt: Attempt) -> None:
    with ui.element("div").classes("th-attempt"):
        Text("h3", f"Attempt {attempt.number}")
        if attempt.error:
            Text("p", f"{LABELS[attempt.error.error_class]}. {attempt.error.message}", "th-problem")
        HttpCall.request(attempt.request)
        if attempt.response:
            HttpCall.response(attempt.response, attempt.latency_ms)


def _section(title: str) -> ui.element:
    card = ui.element("section").classes("th-card th-section")
    with card:
        Text("h2", title)
    return card


async def _replay(engine: Engine, who: Visitor, execution_id: str) -> None:
    actor = await who.now()
    if actor is None:
        ui.navigate.to("/sign-in")
        return
    try:
        again = await engine.replay(execution_id, actor=actor)
    except TriggerHooksError as error:
        toast(str(error), "bad")
    else:
        ui.navigate.to(f"/executions/{again.id}")


def _sentence(execution: Execution, event: str) -> str:
    about = f" about {execution.about}" if execution.about else ""
    return f"{event}{about}"
