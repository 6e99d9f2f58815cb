"""The web interface. It subscribes to the engine and renders, and does nothing else."""

from fastapi import FastAPI
from nicegui import core, ui
from starlette.responses import Response

from dashboard import theme
from dashboard.entrance.docs import DocsForOurOwn
from dashboard.entrance.headers import SecurityHeaders
from dashboard.entrance.methods import answer_wrong_methods
from dashboard.entrance.own_pages import bind_pages
from dashboard.entrance.sign_in import add_doors
from dashboard.entrance.sockets import SignedInSockets
from dashboard.live import Hub
from dashboard.pages.account import account_page
from dashboard.pages.analytics import analytics_page
from dashboard.pages.audit import audit_file, audit_page
from dashboard.pages.events import event_page, events_page
from dashboard.pages.execution import execution_page
from dashboard.pages.executions import executions_page
from dashboard.pages.hooks import hooks_page
from dashboard.pages.keys import keys_page
from dashboard.pages.lead_rules import lead_rules_page
from dashboard.pages.leads import lead_page, leads_page
from dashboard.pages.people import people_page
from dashboard.pages.settings import settings_page
from dashboard.pages.source import source_page
from dashboard.pages.source_mapping import source_mapping_page
from dashboard.pages.sources import sources_page
from dashboard.pages.tasks import tasks_page
from engine import Engine

RECONNECT_SECONDS = 15


def mount(app: FastAPI, engine: Engine) -> None:
    """Adds the pages to the host application."""
    sheet = theme.style_sheet()
    style_url = theme.style_url_of(sheet)
    theme.serve_assets(app)

    @app.get(style_url, include_in_schema=False)
    async def style() -> Response:
        return Response(sheet, media_type="text/css", headers={"cache-control": "public, max-age=31536000, immutable"})

    @app.get("/favicon.svg", include_in_schema=False)
    async def favicon() -> Response:
        return Response(theme.FAVICON, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"})

    app.add_middleware(SignedInSockets, engine=engine)
    app.add_middleware(DocsForOurOwn, engine=engine)
    app.add_middleware(SecurityHeaders, https=engine.settings.public_url.startswith("https:"))
    hub = Hub(engine)
    add_doors(app, engine, style_url)  # /setup /welcome /sign-in /sign-out
    hooks_page(engine, hub, style_url)  # /
    executions_page(engine, style_url)  # /executions
    events_page(engine, style_url)  # /events
    event_page(engine, style_url)  # /events/{event_id}
    execution_page(engine, style_url)  # /executions/{execution_id}
    tasks_page(engine, style_url)  # /tasks
    leads_page(engine, style_url)  # /leads
    lead_rules_page(engine, style_url)  # /leads/rules
    lead_page(engine, style_url)  # /leads/{lead_id}
    analytics_page(engine, style_url)  # /analytics
    sources_page(engine, style_url)  # /sources
    source_page(engine, style_url)  # /sources/{source_id}
    source_mapping_page(engine, style_url)  # /sources/{source_id}/mapping
    settings_page(engine, style_url)  # /settings
    people_page(engine, style_url)  # /people
    account_page(engine, style_url)  # /account
    keys_page(engine, style_url)  # /keys
    audit_page(engine, style_url)  # /audit
    audit_file(engine, style_url)  # /audit/file
    # Otherwise any site could open our websocket with a visitor's cookie.
    core.sio.eio.cors_allowed_origins = None  # pyright: ignore[reportUnknownMemberType]
    bind_pages(engine)
    answer_wrong_methods()
    # The loading bar at the top carries no information and has no accessible name.
    core.app.config.quasar_config["loadingBar"]["skipHijack"] = True  # pyright: ignore[reportUnknownMemberType]
    ui.run_with(  # pyright: ignore[reportUnknownMemberType]
        app,
        title="Trigger Hooks",
        favicon=theme.FAVICON,
        dark=None,
        language="en-US",
        tailwind=False,
        binding_refresh_interval=None,
        reconnect_timeout=RECONNECT_SECONDS,
        show_welcome_message=False,
    )
