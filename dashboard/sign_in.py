"""The doors: making the first administrator, signing in, signing out. Plain pages with forms, before any websocket."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI
from jinja2 import Environment
from nicegui import core
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from dashboard.session import COOKIE, address_of
from dashboard.theme import head
from engine import Engine, InvalidAccount, NotAllowed, SignedIn, TooManyTries

MOST_BYTES = 4_096

_PAGE = Environment(autoescape=True).from_string((Path(__file__).parent / "sign_in.html").read_text())

_SETUP = {
    "title": "Make the administrator",
    "about": "This is the first start. The account that you make here may do everything.",
    "button": "Create and open",
    "action": "/setup",
    "new": True,
}
_LOST = {"title": "Not found", "about": "There is nothing at this address.", "lost": True}
_ENDED = "Your session has ended. Sign in again to go on where you were."
_SIGN_IN = {
    "title": "Sign in",
    "about": "To your team's Trigger Hooks.",
    "button": "Sign in",
    "action": "/sign-in",
    "new": False,
}


def add_doors(app: FastAPI, engine: Engine, style_url: str) -> None:
    def page(words: Mapping[str, object], status: int = 200, **values: object) -> Response:
        filled = {"next": "/", "email": "", "problems": {}, "head": head(style_url), **words, **values}
        return HTMLResponse(_PAGE.render(filled), status, headers={"cache-control": "no-store"})

    @core.app.exception_handler(HTTPStatus.NOT_FOUND)
    async def lost(_: Request, __: Exception) -> Response:
        return page(_LOST, HTTPStatus.NOT_FOUND)

    _add_setup(app, engine, page)
    _add_sign_in(app, engine, page)

    @app.post("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        if not same_origin(request):
            return _stranger()
        await engine.accounts.sign_out(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(COOKIE)
        return answer


def _add_setup(app: FastAPI, engine: Engine, page: Callable[..., Response]) -> None:
    @app.get("/setup", include_in_schema=False)
    async def setup_page() -> Response:
        return page(_SETUP) if await engine.accounts.needs_admin() else RedirectResponse("/sign-in", 303)

    @app.post("/setup", include_in_schema=False)
    async def set_up(request: Request) -> Response:
        if not same_origin(request):
            return _stranger()
        form = await _form(request)
        email, password = form.get("email", ""), form.get("password", "")
        try:
            signed_in = await engine.accounts.set_up(
                email=email, password=password, address=address_of(request), device=_device_of(request)
            )
        except InvalidAccount as error:
            return page(_SETUP, HTTPStatus.UNPROCESSABLE_ENTITY, email=email, problems=error.problems)
        except NotAllowed as error:
            return page(_SIGN_IN, HTTPStatus.FORBIDDEN, email=email, problems={"form": str(error)})
        return _enter(request, signed_in, "/", engine.settings.public_url)


def _add_sign_in(app: FastAPI, engine: Engine, page: Callable[..., Response]) -> None:
    @app.get("/sign-in", include_in_schema=False)
    async def sign_in_page(next: str = "/", ended: str = "") -> Response:
        if await engine.accounts.needs_admin():
            return RedirectResponse("/setup", 303)
        words = {**_SIGN_IN, "about": _ENDED} if ended else _SIGN_IN
        return page(words, next=local_path(next))

    @app.post("/sign-in", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        if not same_origin(request):
            return _stranger()
        form = await _form(request)
        email, password = form.get("email", ""), form.get("password", "")
        target = local_path(form.get("next", "/"))
        try:
            signed_in = await engine.accounts.sign_in(
                email=email, password=password, address=address_of(request), device=_device_of(request)
            )
        except TooManyTries as error:
            answer = page(
                _SIGN_IN, HTTPStatus.TOO_MANY_REQUESTS, email=email, next=target, problems={"form": str(error)}
            )
            answer.headers["retry-after"] = str(error.retry_after)
            return answer
        except NotAllowed as error:
            return page(_SIGN_IN, HTTPStatus.FORBIDDEN, email=email, next=target, problems={"form": str(error)})
        return _enter(request, signed_in, target, engine.settings.public_url)


def local_path(text: str) -> str:
    """Where to go next, on this server alone."""
    parts = urlsplit(text)
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if plain and not parts.scheme and not parts.netloc else "/"


def same_origin(request: Request) -> bool:
    """Whether a form came from our own page. A browser says so; what is no browser has no cookie to misuse."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _enter(request: Request, signed_in: SignedIn, target: str, public_url: str) -> Response:
    answer = RedirectResponse(target, 303)
    secure = "https" in {request.url.scheme, urlsplit(public_url).scheme}
    age = int((signed_in.expires_at - signed_in.at).total_seconds())
    answer.set_cookie(COOKIE, signed_in.token, max_age=age, httponly=True, samesite="lax", secure=secure)
    return answer


async def _form(request: Request) -> dict[str, str]:
    """Small, or not read at all."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return {}
    fields = parse_qs(body.decode(errors="replace"), max_num_fields=10)
    return {name: values[0] for name, values in fields.items()}


def _device_of(request: Request) -> str:
    return request.headers.get("user-agent", "")[:200]


def _stranger() -> Response:
    return PlainTextResponse("This form was sent from another site.", HTTPStatus.FORBIDDEN)
