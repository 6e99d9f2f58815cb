"""Every role, and none, against every route of the API and every command of the engine."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine import Engine, NotAllowed, Permission, Role
from engine.access import PERMISSIONS
from engine.api import create_app
from engine.model import Actor
from tests.engine.conftest import Api
from tests.roles import COMMANDS, OWN, ROUTES

PREFIX = "/api/v1"
HOOK = {"title": "T", "trigger": "call.ended", "actions": [{"url": "https://example.com/"}]}
BODIES: dict[tuple[str, str], object] = {
    ("POST", "/events"): {"type": "call.ended", "data": {}},
    ("POST", "/hooks"): HOOK,
    ("PUT", "/hooks/{hook_id}"): HOOK,
    ("POST", "/hooks/{hook_id}/test"): {},
}


def routes_of(engine: Engine) -> set[tuple[str, str]]:
    """As the API describes itself: method and path below the prefix, without converters."""
    paths = create_app(engine).openapi()["paths"]
    return {
        (method.upper(), re.sub(r":\w+}", "}", path.removeprefix(PREFIX)))
        for path, methods in paths.items()
        if path.startswith(PREFIX)
        for method in methods
    }


async def test_the_table_names_every_route(engine: Engine) -> None:
    assert routes_of(engine) == set(ROUTES)


async def test_no_route_is_hidden_from_the_description(engine: Engine) -> None:
    for route in create_app(engine).router.routes:
        for inner in getattr(getattr(route, "original_router", None), "routes", ()):
            assert inner.include_in_schema, inner.path


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
async def test_every_role_against_every_route(api: Api, route: tuple[str, str]) -> None:
    """Refused is 401 without a key and 403 without the permission; let in is anything else."""
    method, path = route
    address = PREFIX + re.sub(r"{\w+}", "1", path).replace("/lanes/1", "/lanes/other")

    async def status(role: Role | None) -> int:
        return (await api.call(method, address, role=role, json=BODIES.get(route, {}))).status_code

    assert await status(None) == 401
    let_in = {role for role in Role if await status(role) != 403}
    assert let_in == {role for role in Role if ROUTES[route] in PERMISSIONS[role]}


def commands_of(engine: Engine) -> dict[str, Callable[..., Any]]:
    """By class and name, all public methods of the engine and its parts that take an actor."""
    parts = [engine, *(part for name, part in vars(engine).items() if not name.startswith("_"))]
    return {f"{type(part).__name__}.{name}": method for part in parts for name, method in _with_actor(part)}


def _with_actor(part: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    if not type(part).__module__.startswith("engine."):
        return
    for name, method in inspect.getmembers(part, inspect.iscoroutinefunction):
        if not name.startswith("_") and "actor" in inspect.signature(method).parameters:
            yield name, method


async def test_the_table_names_every_command(engine: Engine) -> None:
    noted = {"Audit.note"}  # it writes down who did what, and is no command itself
    assert set(commands_of(engine)) - noted == set(COMMANDS) | OWN


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_role_against_every_command(engine: Engine, command: str) -> None:
    """The role is looked at first: whoever may not learns nothing else, and nothing is done."""
    method = commands_of(engine)[command]

    async def refused(role: Role) -> bool:
        actor = Actor(kind="user", id=1, name="uli@example.com", role=role)
        others = {
            name: Role.USER if name == "role" else None
            for name, parameter in inspect.signature(method).parameters.items()
            if name != "actor" and parameter.default is inspect.Parameter.empty
        }
        try:
            await method(**others, actor=actor)
        except NotAllowed:
            return True
        except Exception:  # what it was given is nothing: it got as far as that
            return False
        return False

    permission = COMMANDS[command]
    assert {role for role in Role if await refused(role)} == {
        role for role in Role if permission not in PERMISSIONS[role]
    }


def test_every_permission_is_somewhere_in_the_table() -> None:
    """But the one that says what is seen of people's data, not what may be called."""
    assert set(ROUTES.values()) | set(COMMANDS.values()) == set(Permission) - {Permission.SEE_SENSITIVE}
