"""Who looks at a page: the token in our cookie, asked of the engine anew before everything that changes something."""

from dataclasses import dataclass
from urllib.parse import quote

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.entrance import cookies
from engine import Actor, Engine

COOKIE = cookies.SESSION
ACCOUNT = "/account"
"""The only page of those who have to set up a second factor first."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """`actor` is who opened the page; `now()` asks again, since a session may have ended meanwhile."""

    engine: Engine
    actor: Actor
    token: str

    async def now(self) -> Actor | None:
        return await self.engine.accounts.actor_of(self.token)


def to_the_door(back: str) -> None:
    """Says that the session has ended; after signing in one is at `back` again. Within a slot of the page."""
    ui.navigate.to(f"/sign-in?ended=1&next={quote(back, safe='')}")


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


async def visitor(engine: Engine, request: Request) -> Visitor | RedirectResponse:
    """Or the way to where one signs in."""
    token = cookies.read(request, engine, COOKIE)
    actor = await engine.accounts.actor_of(token)
    if actor is not None:
        if recognise := getattr(request.state, "recognise", None):
            recognise()
        if actor.lacks_second_factor and request.scope["path"] != ACCOUNT:  # its URL is partly what the browser says
            return RedirectResponse(ACCOUNT, 303)
        return Visitor(engine, actor, token)
    if await engine.accounts.needs_admin():
        return RedirectResponse("/setup", 303)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(here, safe='')}", 303)
