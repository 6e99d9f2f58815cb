"""`/welcome`: the target of one-time links, where people who are invited, or reset a password, set one and sign in."""

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dashboard.entrance.door import EMAIL, NEW_PASSWORD, Door, DoorPage, device_of
from dashboard.entrance.session import address_of
from engine import LABELS, CodeNeeded, InvalidAccount, NotFound, OneTimeLink, UserState

_ENDED: Final = DoorPage(
    title="This link has ended",
    about="It was used, it is too old, or a newer one took its place. Ask an Admin for a new one.",
    button="To the sign-in",
    link="/sign-in",
)
_OPENING: Final = DoorPage(
    title="Welcome",
    about="Your link is being opened. If nothing happens, it is not complete: copy all of it into the address bar.",
    button="Open it",
    action="/welcome",
    of_fragment="token",
)
_WELCOME: Final = DoorPage(
    title="Welcome",
    about="",
    button="Set the password and open",
    action="/welcome",
    fields=(EMAIL, NEW_PASSWORD),
)


def add_welcome(app: FastAPI, door: Door) -> None:
    engine = door.engine

    @app.get("/welcome", include_in_schema=False)
    async def welcome_page(request: Request, token: str = "") -> Response:
        """Links have their token in the fragment; those of earlier versions in the query."""
        return await show(request, token) if token else door.page(request, _OPENING, hidden={"token": ""})

    @app.post("/welcome", include_in_schema=False)
    async def welcome(request: Request) -> Response:
        form = await door.read(request)
        if isinstance(form, Response):
            return form
        token = form.get("token", "")
        if "password" not in form:
            return await show(request, token)
        try:
            signed_in = await engine.accounts.welcome(
                token, form.get("password", ""), address=address_of(request), device=device_of(request)
            )
        except InvalidAccount as error:
            return await show(request, token, problem=error.problems.get("password", str(error)))
        except NotFound:
            return door.page(request, _ENDED, HTTPStatus.NOT_FOUND)
        except CodeNeeded as needed:
            return door.ask_for_code(request, needed, "/")
        return await door.enter(request, signed_in, "/")

    async def show(request: Request, token: str, problem: str = "") -> Response:
        link = await engine.accounts.link(token)
        if link is None:
            return door.page(request, _ENDED, HTTPStatus.NOT_FOUND)
        return door.page(
            request,
            replace(_WELCOME, about=_about(link)),
            HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
            values={"email": link.user.email},
            hidden={"token": token},
            problems={"password": problem} if problem else {},
            fixed=frozenset({"email"}),
        )


def _about(link: OneTimeLink) -> str:
    if link.user.state is UserState.INVITED:
        return f"You are invited to Trigger Hooks as {LABELS[link.user.role]}. Set a password to come in."
    if link.user.second_factor and link.drops_second_factor:
        return "Set a new password. Your second factor is turned off, and you are signed out everywhere else."
    return "Set a new password. You are signed out everywhere else."
