"""`/setup`: creating the first admin. From other machines it requires the code shown in the terminal."""

from dataclasses import replace
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.entrance.door import EMAIL, NEW_PASSWORD, Door, DoorPage, Field, device_of
from dashboard.entrance.session import address_of
from engine import InvalidAccount, NotAllowed, TooManyTries

_CODE: Final = Field(
    name="code",
    label="Code from the terminal",
    help="The server printed it when it started: in its terminal, or in its log (journalctl, docker logs).",
    most=40,
)
_HERE: Final = DoorPage(
    title="Make the administrator",
    about="This is the first start. The account that you make here may do everything.",
    button="Create and open",
    action="/setup",
    fields=(EMAIL, NEW_PASSWORD),
)
_ELSEWHERE: Final = replace(_HERE, fields=(_CODE, *_HERE.fields))
_MADE: Final = DoorPage(
    title="There is an administrator",
    about="Sign in, or ask them for an account.",
    button="Sign in",
    link="/sign-in",
)
_BY_PROXIES: Final = (
    "akamai-",
    "cdn-",
    "cf-",
    "client-ip",
    "fastly-",
    "forwarded",
    "max-forwards",
    "proxy-",
    "remote-",
    "true-client-ip",
    "via",
    "x-",
)
"""How the names of headers begin that proxies add, and that no browser sends with a page or a form."""


def add_setup(app: FastAPI, door: Door) -> None:
    engine = door.engine

    def here(request: Request) -> bool:
        return is_on_this_machine(request, engine.settings.public_url)

    @app.get("/setup", include_in_schema=False)
    async def setup_page(request: Request) -> Response:
        if not await engine.accounts.needs_admin():
            return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        return door.page(request, _HERE if here(request) else _ELSEWHERE)

    @app.post("/setup", include_in_schema=False)
    async def set_up(request: Request) -> Response:
        form = await door.read(request)
        if isinstance(form, Response):
            return form
        local = here(request)
        page, values = _HERE if local else _ELSEWHERE, {name: form.get(name, "") for name in ("email", "code")}
        try:
            signed_in = await engine.accounts.set_up(
                email=values["email"],
                password=form.get("password", ""),
                code=None if local else values["code"],
                address=address_of(request),
                device=device_of(request),
            )
        except InvalidAccount as error:
            return door.page(request, page, HTTPStatus.UNPROCESSABLE_ENTITY, values=values, problems=error.problems)
        except TooManyTries as error:
            return door.refuse(request, page, error, values=values)
        except NotAllowed:
            return door.page(request, _MADE, HTTPStatus.FORBIDDEN)
        return await door.enter(request, signed_in, "/")


def is_on_this_machine(request: Request, public_url: str) -> bool:
    """Whether the browser is on this machine. A local proxy connects from loopback too, but is detected by what it
    adds, or by the addresses in the browser: a proxy may replace the host, but not where a form came from. A server
    with a public address expects people from elsewhere."""
    if _came_by_proxy(request):
        return False
    headers = request.headers
    named = (f"//{host}" for host in headers.getlist("host") or [""])
    addresses = [public_url, *named, *headers.getlist("origin"), *headers.getlist("referer")]
    client = request.client.host if request.client else ""
    return _is_loopback(client) and all(_is_loopback(_host_of(address)) for address in addresses)


def _came_by_proxy(request: Request) -> bool:
    """Browsers speak HTTP/1.1 and keep connections; many proxies speak 1.0, or close them."""
    closes = any("close" in value.lower() for value in request.headers.getlist("connection"))
    spoken = request.scope.get("http_version", "1.1")
    return closes or spoken == "1.0" or any(name.replace("_", "-").startswith(_BY_PROXIES) for name in request.headers)


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
