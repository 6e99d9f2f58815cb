"""The people who may sign in, over HTTP, for Admins."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import PERSONS, Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.requests.body import read_object
from engine.api.requests.queries import Id, Limit, TextAsked
from engine.api.schemas import INVITE_BODY, PROBLEMS, RESET_BODY, USER_BODY
from engine.errors import InvalidAccount
from engine.model import Json, Role, User
from engine.people.directory import NewLink
from engine.runtime import Engine


def user_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["users"], responses=PROBLEMS)

    @router.get("/users")
    async def list_users(request: Request, limit: Limit = 50, cursor: TextAsked = None) -> Response:
        """By id. `state` is `active`, `invited` or `disabled`."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        page = await engine.people.page(actor=actor, limit=limit, cursor=cursor)
        return answer({"items": [_user(user) for user in page.items], "next": page.next})

    @router.post("/users", status_code=201, openapi_extra=INVITE_BODY)
    async def invite_user(request: Request) -> Response:
        """Nothing is mailed: the answer has the one-time link by which the user sets a password, this once."""
        actor = await caller(engine, request, Permission.MANAGE_PEOPLE)
        raw = _only(await read_object(request), "email", "role")
        email = raw.get("email")
        if not isinstance(email, str):
            raise InvalidAccount("email", "Give the e-mail address of whom you invite.")
        link = await engine.people.invite(email=email, role=_role(raw.get("role")), actor=actor)
        return answer({**_user(link.user), **_link(link)}, 201)

    @router.patch("/users/{user_id}", openapi_extra=USER_BODY)
    async def change_user(request: Request, user_id: Id) -> Response:
        """What is left out stays. It holds at once; whoever is disabled is signed out everywhere."""
        actor = await caller(engine, request, Permission.MANAGE_PEOPLE)
        raw = _only(await read_object(request), "role", "disabled")
        role = _role(raw["role"]) if "role" in raw else None
        disabled = _flag(raw, "disabled") if "disabled" in raw else None
        return answer(_user(await engine.people.change(user_id, role=role, disabled=disabled, actor=actor)))

    @router.delete("/users/{user_id}", status_code=204)
    async def withdraw_user(request: Request, user_id: Id) -> Response:
        """An invitation that nobody accepted. Who has come is disabled instead."""
        actor = await caller(engine, request, Permission.MANAGE_PEOPLE)
        await engine.people.withdraw(user_id, actor=actor)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @router.post("/users/{user_id}/reset", openapi_extra=RESET_BODY)
    async def reset_user(request: Request, user_id: Id) -> Response:
        """A one-time link to set a new password, in place of an earlier link; all sessions end when it is used."""
        actor = await caller(engine, request, Permission.MANAGE_PEOPLE)
        raw = _only(await read_object(request), "drop_second_factor")
        link = await engine.people.reset(user_id, drop_second_factor=_flag(raw, "drop_second_factor"), actor=actor)
        return answer(_link(link))

    @router.post("/users/{user_id}/sign-out", status_code=204)
    async def sign_out_user(request: Request, user_id: Id) -> Response:
        """Ends all sessions of the user, at once and wherever they are open."""
        actor = await caller(engine, request, Permission.MANAGE_PEOPLE)
        await engine.people.sign_out(user_id, actor=actor)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return router


def _user(user: User) -> dict[str, Json]:
    return {
        "id": user.id,
        "email": user.email,
        "role": user.role,
        "state": user.state,
        "second_factor": user.second_factor,
        "created_at": user.created_at,
        "last_sign_in_at": user.last_sign_in_at,
    }


def _link(link: NewLink) -> dict[str, Json]:
    return {"link": link.url, "link_expires_at": link.expires_at}


def _only(raw: Mapping[str, Json], *known: str) -> Mapping[str, Json]:
    """Raises InvalidAccount for anything else."""
    for name in raw:
        if name not in known:
            raise InvalidAccount(name, f"This is not known here. Send: {', '.join(known)}.")
    return raw


def _role(value: Json) -> Role:
    """Raises InvalidAccount."""
    try:
        return Role(value)
    except ValueError:
        raise InvalidAccount("role", f"Choose one of: {', '.join(sorted(PERSONS))}.") from None


def _flag(raw: Mapping[str, Json], name: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise InvalidAccount(name, "Give true or false.")
    return value
