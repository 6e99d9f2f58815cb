"""Our cookies: for this server only, inaccessible to scripts, and over https with the prefix `__Host-`, so that no
other host of the same domain can set them."""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from engine import Engine

SESSION: Final = "th_session"
FORM: Final = "th_form"
"""What the tokens of forms are bound to before anybody is signed in."""
PENDING: Final = "th_pending"
"""Stands for a password that was right, until the code comes."""

DEPARTED: Final = "th_oidc"
"""What a sign-in through an issuer has to return with."""


def read(request: HTTPConnection, engine: Engine, name: str) -> str:
    """Empty if there is none."""
    return request.cookies.get(_name(name, _over_https(request, engine)), "")


def put(answer: Response, request: Request, engine: Engine, name: str, value: str, seconds: int | None = None) -> None:
    """Without `seconds`, the cookie lasts until the browser is closed."""
    https = _over_https(request, engine)
    answer.set_cookie(_name(name, https), value, max_age=seconds, httponly=True, samesite="lax", secure=https)


def drop(answer: Response, request: Request, engine: Engine, name: str) -> None:
    https = _over_https(request, engine)
    answer.delete_cookie(_name(name, https), httponly=True, samesite="lax", secure=https)


def _over_https(request: HTTPConnection, engine: Engine) -> bool:
    return not {"https", "wss"}.isdisjoint({request.url.scheme, urlsplit(engine.settings.public_url).scheme})


def _name(name: str, https: bool) -> str:
    return f"__Host-{name}" if https else name
