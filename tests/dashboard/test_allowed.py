"""A page that is for Admins alone: who else opens it is told so, and the audit log tells of it."""

import httpx
from nicegui import ui
from nicegui.testing import User
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.entrance.session import COOKIE, visitor
from dashboard.frame.allowed import allowed
from engine import Actor, AuditQuery, Engine, Permission
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD
from tests.engine.conftest import eventually

STYLE = "/style.css"


def secret_page(engine: Engine) -> None:
    @ui.page("/secret")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if allowed(who, Permission.ADMINISTER, "/secret", STYLE):
            ui.label("the vault is open")
        return None


async def answered(user: User, engine: Engine, who: Actor) -> httpx.Response:
    secret_page(engine)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD)).token
    user.http_client.cookies.set(COOKIE, token)
    return await user.http_client.get("/secret")


async def test_whoever_may_sees_the_page(user: User, engine: Engine) -> None:
    answer = await answered(user, engine, ADMIN)

    assert (answer.status_code, "the vault is open" in answer.text) == (200, True)


async def test_whoever_may_not_is_told_who_may(user: User, engine: Engine) -> None:
    answer = await answered(user, engine, MANAGER)

    assert (answer.status_code, "the vault is open" in answer.text) == (403, False)
    assert "Admins may open this page. You are signed in as Manager; an Admin can give you another role." in answer.text
    page = await eventually(lambda: _refusals(engine))
    assert [(entry.actor, entry.subject) for entry in page] == [(MANAGER.name, "page /secret")]


async def _refusals(engine: Engine) -> list:
    return list((await engine.audit.entries(AuditQuery(action="access.refused"), actor=ADMIN)).items)
