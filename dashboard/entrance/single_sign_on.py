"""`/sign-in/oidc`: to the issuer of OpenID Connect and back. What must be the same on return is in a signed cookie,
which only this browser has, and which is good once."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from typing import Final, cast
from urllib.parse import quote

from fastapi import FastAPI
from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.entrance import cookies
from dashboard.entrance.door import Door, DoorPage, device_of, local_path, same_origin
from dashboard.entrance.session import address_of
from engine import BACK_PATH, Departure, Engine, IssuerFailed, NotAllowed, SingleSignOn

START: Final = "/sign-in/oidc"
SECONDS: Final = 600
MOST_USED: Final = 10_000
_AGAIN: Final = DoorPage(
    title="Sign in again",
    about="That took too long, was used before, or began in another browser. Nothing was done.",
    button="To the sign-in",
    link="/sign-in",
)
_FAILED: Final = DoorPage(
    title="Signing in did not work",
    about="The sign-in service failed, or refused. Try again; if it goes on, ask an Admin, who finds the reason in the "
    "server's log and in the audit log.",
    button="To the sign-in",
    link="/sign-in",
)
_REFUSED: Final = DoorPage(title="You may not sign in", about="", button="To the sign-in", link="/sign-in")


def start_url(target: str) -> str:
    return f"{START}?next={quote(target, safe='')}"


def add_single_sign_on(app: FastAPI, door: Door, sso: SingleSignOn) -> None:
    once = _Once()
    engine = door.engine

    @app.get(START, include_in_schema=False)
    async def depart(request: Request, next: str = "/") -> Response:
        if await engine.accounts.needs_admin():
            return RedirectResponse("/setup", HTTPStatus.SEE_OTHER)
        if not same_origin(request):  # who is signed in at the issuer would be signed in here unasked
            return RedirectResponse(f"/sign-in?next={quote(local_path(next), safe='')}", HTTPStatus.SEE_OTHER)
        return await _depart(door, sso, request, local_path(next))

    @app.get(BACK_PATH, include_in_schema=False)
    async def arrive(request: Request, code: str = "", state: str = "", iss: str = "", error: str = "") -> Response:
        kept = _opened(engine, cookies.read(request, engine, cookies.DEPARTED))
        if kept is None or not compare_digest(kept["state"].encode(), state.encode()) or not once.first(state):
            answer = door.page(request, _AGAIN, HTTPStatus.FORBIDDEN)
        elif error or not code or (iss and iss != sso.issuer):
            answer = door.page(request, _FAILED, HTTPStatus.FORBIDDEN)
        else:
            answer = await _enter(door, sso, request, code[:4_096], kept)
        cookies.drop(answer, request, engine, cookies.DEPARTED)
        return answer


async def _depart(door: Door, sso: SingleSignOn, request: Request, target: str) -> Response:
    try:
        departure = await sso.depart()
    except NotAllowed as error:
        return door.refuse(request, _FAILED, error)
    except IssuerFailed:
        return door.page(request, _FAILED, HTTPStatus.BAD_GATEWAY)
    answer = RedirectResponse(departure.url, HTTPStatus.SEE_OTHER, {"cache-control": "no-store"})
    cookies.put(answer, request, door.engine, cookies.DEPARTED, _sealed(door.engine, departure, target), SECONDS)
    return answer


async def _enter(door: Door, sso: SingleSignOn, request: Request, code: str, kept: dict[str, str]) -> Response:
    try:
        signed_in = await sso.arrive(
            code=code,
            nonce=kept["nonce"],
            verifier=kept["verifier"],
            address=address_of(request),
            device=device_of(request),
        )
    except NotAllowed as error:
        return door.refuse(request, _REFUSED, error)
    except IssuerFailed:
        return door.page(request, _FAILED, HTTPStatus.BAD_GATEWAY)
    return await door.enter(request, signed_in, local_path(kept["next"]))


class _Once:
    """The states that came back. Only those of our own cookies get here, and a cookie is good for ten minutes."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, None] = OrderedDict()

    def first(self, state: str) -> bool:
        if state in self._used:
            return False
        self._used[state] = None
        while len(self._used) > MOST_USED:
            self._used.popitem(last=False)
        return True


def _sealed(engine: Engine, departure: Departure, target: str) -> str:
    kept = {"state": departure.state, "nonce": departure.nonce, "verifier": departure.verifier, "next": target[:500]}
    return _signer(engine).sign(urlsafe_b64encode(json.dumps(kept).encode())).decode()


def _opened(engine: Engine, cookie: str) -> dict[str, str] | None:
    try:
        return cast("dict[str, str]", json.loads(urlsafe_b64decode(_signer(engine).unsign(cookie, max_age=SECONDS))))
    except BadSignature:
        return None


def _signer(engine: Engine) -> TimestampSigner:
    return TimestampSigner(engine.vault.key_for("single sign-on"), digest_method=sha256)
