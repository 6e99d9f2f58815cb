"""Signing in, with a code if a second factor is on, and signing out."""

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from nicegui import core
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from dashboard.entrance import cookies
from dashboard.entrance.door import CODE, EMAIL, LOST, PASSWORD, Door, DoorPage, device_of, local_path, while_connected
from dashboard.entrance.session import address_of
from dashboard.entrance.setup import add_setup
from dashboard.entrance.single_sign_on import add_single_sign_on, start_url
from dashboard.entrance.welcome import add_welcome
from engine import CodeNeeded, Engine, NotAllowed, SecretLost, SignInOver

_SIGN_IN: Final = DoorPage(
    title="Sign in",
    about="To your team's Trigger Hooks.",
    button="Sign in",
    action="/sign-in",
    fields=(EMAIL, PASSWORD),
)
_CLIENT_CLOSED: Final = 499
_AGAIN: Final = replace(_SIGN_IN, about="Your session has ended. Sign in again to go on where you were.")
_CODE: Final = DoorPage(
    title="And a code",
    about="The second factor of your account is on.",
    button="Go on",
    action="/sign-in/code",
    fields=(CODE,),
)


def add_doors(app: FastAPI, engine: Engine, style_url: str) -> None:
    door = Door(engine, style_url)

    @core.app.exception_handler(HTTPStatus.NOT_FOUND)
    async def lost(request: Request, _: Exception) -> Response:
        return door.page(request, LOST, HTTPStatus.NOT_FOUND)

    add_setup(app, door)
    add_welcome(app, door)
    _add_password(app, door)
    _add_code(app, door)
    if engine.single_sign_on:
        add_single_sign_on(app, door, engine.single_sign_on)

    @app.post("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        form = await door.read(request, cookies.SESSION)
        if isinstance(form, Response):
            return form
        await engine.accounts.sign_out(cookies.read(request, engine, cookies.SESSION))
        answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        cookies.drop(answer, request, engine, cookies.SESSION)
        return answer


def _add_password(app: FastAPI, door: Door) -> None:
    engine = door.engine

    @app.get("/sign-in", include_in_schema=False)
    async def sign_in_page(request: Request, next: str = "/", ended: str = "") -> Response:
        if await engine.accounts.needs_admin():
            return RedirectResponse("/setup", HTTPStatus.SEE_OTHER)
        target = local_path(next)
        page = _with_sso(engine, _AGAIN if ended else _SIGN_IN, target)
        return door.page(request, page, hidden={"next": target})

    @app.post("/sign-in", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        form = await door.read(request)
        if isinstance(form, Response):
            return form
        values, target = {"email": form.get("email", "")}, local_path(form.get("next", "/"))
        try:
            entering = engine.accounts.sign_in(
                email=values["email"],
                password=form.get("password", ""),
                address=address_of(request),
                device=device_of(request),
            )
            signed_in = await while_connected(request, entering)
        except ClientDisconnect:
            return Response(status_code=_CLIENT_CLOSED)
        except CodeNeeded as needed:
            return door.ask_for_code(request, needed, target)
        except NotAllowed as error:
            page = _with_sso(engine, _SIGN_IN, target)
            return door.refuse(request, page, error, values=values, hidden={"next": target})
        return await door.enter(request, signed_in, target)


def _with_sso(engine: Engine, page: DoorPage, target: str) -> DoorPage:
    """With the way to the issuer where there is one: beside the password, or in its place."""
    sso = engine.single_sign_on
    if sso is None:
        return page
    label, link = f"Continue with {sso.host}", start_url(target)
    if sso.beside_passwords:
        return replace(page, other=(label, link))
    return replace(page, action="", fields=(), button=label, link=link)


def _add_code(app: FastAPI, door: Door) -> None:
    engine = door.engine

    @app.get("/sign-in/code", include_in_schema=False)
    async def code_page(request: Request, next: str = "/") -> Response:
        target = local_path(next)
        if not cookies.read(request, engine, cookies.PENDING):
            return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        return door.page(request, _CODE, hidden={"next": target})

    @app.post("/sign-in/code", include_in_schema=False)
    async def sign_in_with_code(request: Request) -> Response:
        form = await door.read(request)
        if isinstance(form, Response):
            return form
        hidden = {"next": local_path(form.get("next", "/"))}
        try:
            signed_in = await engine.accounts.sign_in_with_code(
                cookies.read(request, engine, cookies.PENDING),
                form.get("code", ""),
                address=address_of(request),
                device=device_of(request),
            )
        except SignInOver as error:
            answer = door.refuse(request, _SIGN_IN, error, hidden=hidden)
            cookies.drop(answer, request, engine, cookies.PENDING)
            return answer
        except (NotAllowed, SecretLost) as error:
            return door.refuse(request, _CODE, error, hidden=hidden)
        return await door.enter(request, signed_in, hidden["next"])
