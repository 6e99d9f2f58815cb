"""Shared by the sign-in pages: plain forms that work without a websocket, their origin check, and new sessions."""

import asyncio
import secrets
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

from jinja2 import Environment
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from dashboard.entrance import cookies
from dashboard.entrance.form_token import FIELD, form_token, is_ours
from dashboard.theme import head
from engine import CodeNeeded, Engine, SignedIn, TooManyTries, TriggerHooksError

R = TypeVar("R")

MOST_BYTES: Final = 4_096
PENDING_SECONDS: Final = 300

_PAGE = Environment(autoescape=True).from_string((Path(__file__).parent / "door.html").read_text())


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`most` is the maximum length."""

    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    help: str = ""
    most: int = 200


EMAIL: Final = Field(name="email", label="E-mail", type="email", autocomplete="username", most=254)
PASSWORD: Final = Field(name="password", label="Password", type="password", autocomplete="current-password")
NEW_PASSWORD: Final = Field(
    name="password",
    label="Password",
    type="password",
    autocomplete="new-password",
    help="At least 12 characters; a few words do well.",
)
CODE: Final = Field(
    name="code",
    label="Code",
    autocomplete="one-time-code",
    help="The six digits that your authenticator app shows, or one of your recovery codes.",
    most=40,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPage:
    """A form if there is an `action`; else text, and a button that links to `link`.

    `other` is another way, below the form: its label and link. `of_fragment` names a hidden field: the form is sent
    with its value from the fragment, which no proxy logs.
    """

    title: str
    about: str
    button: str
    action: str = ""
    fields: tuple[Field, ...] = ()
    link: str = "/"
    other: tuple[str, str] | None = None
    of_fragment: str = ""


LOST: Final = DoorPage(title="Not found", about="There is nothing at this address.", button="To the hooks")


class Door:
    def __init__(self, engine: Engine, style_url: str) -> None:
        self.engine = engine
        self._head = head(style_url)

    def page(
        self,
        request: Request,
        page: DoorPage,
        status: int = HTTPStatus.OK,
        *,
        values: Mapping[str, str] | None = None,
        hidden: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        fixed: frozenset[str] = frozenset(),
    ) -> Response:
        """`values` fill the fields, and those in `fixed` are read-only; `problems` are shown beside them, those of
        the whole form under `form`."""
        values, problems = values or {}, problems or {}
        bound = cookies.read(request, self.engine, cookies.FORM) or secrets.token_urlsafe(32)
        wrong = [field.name for field in page.fields if field.name in problems]
        empty = [field.name for field in page.fields if not values.get(field.name)]
        html = _PAGE.render(
            page=page,
            fields=page.fields,
            head=self._head,
            hidden={FIELD: form_token(self.engine, bound), **(hidden or {})},
            values=values,
            problems=problems,
            fixed=fixed,
            focus=next(iter(wrong or empty), ""),
        )
        answer = HTMLResponse(html, status, headers={"cache-control": "no-store"})
        if page.action:
            cookies.put(answer, request, self.engine, cookies.FORM, bound)
        return answer

    def refuse(
        self,
        request: Request,
        page: DoorPage,
        error: TriggerHooksError,
        *,
        values: Mapping[str, str] | None = None,
        hidden: Mapping[str, str] | None = None,
    ) -> Response:
        """Renders the page again, with the error above its fields."""
        slowed = isinstance(error, TooManyTries)
        status = HTTPStatus.TOO_MANY_REQUESTS if slowed else HTTPStatus.FORBIDDEN
        answer = self.page(request, page, status, values=values, hidden=hidden, problems={"form": str(error)})
        if slowed:
            answer.headers["retry-after"] = str(error.retry_after)
        return answer

    async def read(self, request: Request, cookie: str = cookies.FORM) -> dict[str, str] | Response:
        """The values of a form that came from our own page and matches its cookie, or else a refusal."""
        if not same_origin(request):
            return PlainTextResponse("This form was sent from another site.", HTTPStatus.FORBIDDEN)
        form = await _form(request)
        if is_ours(self.engine, cookies.read(request, self.engine, cookie), form.get(FIELD, "")):
            return form
        stale = DoorPage(
            title="Once more, please",
            about="This page was open for too long, or the browser keeps no cookies. Nothing was done.",
            button="Open it again",
            link=request.url.path if request.url.path != "/sign-out" else "/",
        )
        return self.page(request, stale, HTTPStatus.FORBIDDEN)

    async def enter(self, request: Request, signed_in: SignedIn, target: str) -> Response:
        """Starts a new session, and ends the browser's previous one."""
        if before := cookies.read(request, self.engine, cookies.SESSION):
            await self.engine.accounts.sign_out(before)
        answer = RedirectResponse(target, HTTPStatus.SEE_OTHER)
        seconds = int((signed_in.expires_at - signed_in.at).total_seconds())
        cookies.put(answer, request, self.engine, cookies.SESSION, signed_in.token, seconds)
        for name in (cookies.FORM, cookies.PENDING):
            cookies.drop(answer, request, self.engine, name)
        return answer

    def ask_for_code(self, request: Request, needed: CodeNeeded, target: str) -> Response:
        answer = RedirectResponse(f"/sign-in/code?next={quote(target, safe='')}", HTTPStatus.SEE_OTHER)
        cookies.put(answer, request, self.engine, cookies.PENDING, needed.pending, PENDING_SECONDS)
        return answer


def local_path(text: str) -> str:
    """Where to go next, only on this server."""
    parts = urlsplit(text)
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if plain and not parts.scheme and not parts.netloc else "/"


def same_origin(request: Request) -> bool:
    """Whether a form came from our own page. Browsers declare the origin; other clients have no cookie to misuse."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def device_of(request: Request) -> str:
    return request.headers.get("user-agent", "")[:200]


async def while_connected(request: Request, work: Coroutine[Any, Any, R]) -> R:
    """Cancels the work once the browser has left, so that nothing is done for nobody. Raises ClientDisconnect."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        working.cancel()
        leaving.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _form(request: Request) -> dict[str, str]:
    """Limited in size, or rejected."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return {}
    fields = parse_qs(body.decode(errors="replace"), max_num_fields=10)
    return {name: values[0] for name, values in fields.items()}
