"""`/leads/rules`: how leads are scored. Visible to all signed-in users; Admins can change it."""

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.basics.text import Text
from dashboard.components.leads.rules import PATH, LeadRulesEditor
from dashboard.components.leads.trial import LeadTrial
from dashboard.entrance.session import visitor
from dashboard.frame.page import frame
from engine import Engine, Permission, may


def lead_rules_page(engine: Engine, style_url: str) -> None:
    @ui.page(PATH, title="Scoring rules · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        events = await engine.leads.recent_events()
        may_change = may(who.actor, Permission.ADMINISTER)
        with frame(who, style_url, "Scoring rules", "/leads"):
            with ui.element("div").classes("th-head"), ui.element("div"):
                Text("a", "Leads", "th-back").props["href"] = "/leads"
                Text("h1", "Scoring rules")
                Text("p", _about(may_change=may_change), "th-muted")
            with ui.element("div").classes("th-columns"):
                editor = LeadRulesEditor(engine, who.now, read_only=not may_change)
                rules = (lambda: editor.raw) if may_change else engine.leads.raw_rules
                editor.on_edit(LeadTrial(engine, rules, events, engine.sensitive.sight(who.actor)).run)
        return None


def _about(*, may_change: bool) -> str:
    holds = "A change holds from the next event on." if may_change else "Admins may change them."
    return f"Points for what is known of a lead, by conditions as hooks have them. {holds}"
