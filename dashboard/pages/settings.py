"""`/settings`: lanes, storage, personal data, failing targets, silent sources.

Visible to all signed-in users; Admins can change it.
"""

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.basics.text import Text
from dashboard.components.settings.lanes_card import LanesCard
from dashboard.components.settings.mail_card import MailCard
from dashboard.components.settings.own_endpoints_card import OwnEndpointsCard
from dashboard.components.settings.paused_targets import PausedTargets
from dashboard.components.settings.sensitive_card import SensitiveCard
from dashboard.components.settings.silent_sources import SilentSources
from dashboard.components.settings.storage_card import StorageCard
from dashboard.entrance.session import visitor
from dashboard.frame.page import frame
from engine import Engine, Permission, may

PATH = "/settings"
REFRESH_SECONDS = 3.0
PAUSED_SECONDS = 1.0


def settings_page(engine: Engine, style_url: str) -> None:
    @ui.page(PATH, title="Settings · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        with frame(who, style_url, "Settings", PATH):
            with ui.element("div").classes("th-head"), ui.element("div"):
                Text("h1", "Settings")
                Text("p", "How calls are made, what there is room for, and who sees what of people.", "th-muted")
            paused, silent = PausedTargets(engine), SilentSources()
            with ui.element("div").classes("th-columns"):
                read_only = not may(who.actor, Permission.ADMINISTER)
                with ui.element("div").classes("th-column"):
                    lanes = LanesCard(engine, who.now, back=PATH, read_only=read_only)
                    OwnEndpointsCard(engine, who.now, back=PATH, read_only=read_only)
                with ui.element("div").classes("th-column"):
                    storage = StorageCard(engine)
                    SensitiveCard(engine, who.now, back=PATH, read_only=read_only)
                    mail = MailCard(engine)
        await storage.refresh()
        await mail.refresh()
        if may(who.actor, Permission.MANAGE_SOURCES):
            silent.show(await engine.source_silence.silent(actor=who.actor))

        async def refresh() -> None:
            lanes.follow()
            await storage.refresh()
            await mail.refresh()

        ui.timer(REFRESH_SECONDS, refresh, immediate=False)
        ui.timer(PAUSED_SECONDS, paused.refresh, immediate=False)
        return None
