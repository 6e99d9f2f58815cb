"""Every role, and none, against every page; and every address that the process answers, in one of the tables."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from nicegui import Client, core
from nicegui.testing import User
from starlette.routing import BaseRoute, Mount

from dashboard import mount
from dashboard.entrance.session import COOKIE
from engine import Engine, EngineSettings, Role
from engine.api import create_app
from engine.people.sso_settings import sso_settings
from storage.store import SqlStore
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD, USER
from tests.roles import OPEN, OPEN_WITH_SSO, PAGES

PEOPLE = {Role.ADMIN: ADMIN, Role.MANAGER: MANAGER, Role.USER: USER}


def plain(path: str) -> str:
    """Without converters, and without the parts that change with each version."""
    path = re.sub(r":\w+}", "}", path)
    return re.sub(r"^/style-\w+\.css$", "/style.css", path)


def pages() -> set[str]:
    return {plain(path) for path in Client.page_routes.values()}


def doors(routes: list[BaseRoute]) -> set[tuple[str, str]]:
    """What the host app answers beside the API and what NiceGUI itself brings."""
    found: set[tuple[str, str]] = set()
    for route in routes:
        path = plain(getattr(route, "path", ""))
        if isinstance(route, Mount):
            found |= {("GET", f"{path}/{{path}}")} if path else set()
        elif path and not path.startswith(("/api/v1", "/api/{path}")):
            itself = {method for method, at in OPEN if at == path}  # a route without methods refuses them itself
            found |= {(method, path) for method in getattr(route, "methods", None) or itself if method != "HEAD"}
        inner = getattr(getattr(route, "original_router", None), "routes", [])
        found |= doors(inner) if any(one.path in {"/healthz", "/readyz"} for one in inner) else set()
    return found


async def test_the_tables_name_every_page_and_door(user: User, engine: Engine) -> None:
    app = create_app(engine)
    mount(app, engine)

    assert pages() == set(PAGES)
    assert doors(app.routes) == OPEN


async def test_single_sign_on_adds_its_own_doors_and_no_other(user: User, tmp_path: Path) -> None:
    sso = sso_settings(issuer="https://login.example", client_id="hooks", roles="a=admin")
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'sso.db'}"), EngineSettings(version="0", sso=sso))
    app = create_app(engine)
    mount(app, engine)

    assert doors(app.routes) == OPEN | OPEN_WITH_SSO


@pytest.mark.parametrize("path", PAGES)
async def test_every_role_against_every_page(user: User, engine: Engine, path: str) -> None:
    mount(FastAPI(), engine)
    address = re.sub(r"{\w+}", "1", path)

    async def status(role: Role | None) -> int:
        transport = httpx.ASGITransport(core.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            if role:
                signed_in = await engine.accounts.sign_in(email=PEOPLE[role].name, password=PASSWORD)
                client.cookies.set(COOKIE, signed_in.token)
            return (await client.get(address)).status_code

    assert await status(None) == 303
    found = {role: await status(role) for role in PEOPLE}
    assert {role for role, code in found.items() if code in {200, 404}} == PAGES[path], found
    assert {code for role, code in found.items() if role not in PAGES[path]} <= {403}
