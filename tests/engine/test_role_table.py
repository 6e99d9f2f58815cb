"""Every role, and none, against every route of the API and every command of the engine."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from engine import Engine, NotAllowed, Permission, Role
from engine.access.permissions import PERMISSIONS
from engine.api import create_app
from engine.model import Actor
from tests.engine.conftest import Api
from tests.roles import COMMANDS, OWN, ROUTES

PREFIX = "/api/v1"
HOOK = {"title": "T", "trigger": "call.ended", "actions": [{"url": "https://example.com/"}]}
NOTHING = "999"
"""The id of what is not there, so that the calls take nothing away from each other."""
BODIES: dict[tuple[str, str], object] = {
    ("POST", "/events"): {"type": "call.ended", "data": {}},
    ("POST", "/hooks"): HOOK,
    ("PUT", "/hooks/{hook_id}"): HOOK,
    ("POST", "/hooks/{hook_id}/test"): {},
    ("POST", "/hooks/{hook_id}/waiting"): {"version": "now"},
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


async def test_every_role_against_every_route(api: Api) -> None:
    """Refused is 401 without a key and 403 without the permission; let in is anything else."""

    async def status(route: tuple[str, str], role: Role | None) -> int:
        method, path = route
        address = PREFIX + re.sub(r"{\w+}", NOTHING, path).replace(f"/lanes/{NOTHING}", "/lanes/other")
        return (await api.call(method, address, role=role, json=BODIES.get(route, {}))).status_code

    let_in = {route: {role for role in Role if await status(route, role) not in {401, 403}} for route in ROUTES}
    without = {route: await status(route, None) for route in ROUTES}

    assert let_in == {
        route: {role for role in Role if permission in PERMISSIONS[role]} for route, permission in ROUTES.items()
    }
    assert without == dict.fromkeys(ROUTES, 401)


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


async def test_every_role_against_every_command(engine: Engine) -> None:
    """The role is looked at first: whoever may not learns nothing else, and nothing is done."""
    commands = commands_of(engine)

    async def refused(command: str, role: Role) -> bool:
        method = commands[command]
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

    found = {command: {role for role in Role if await refused(command, role)} for command in COMMANDS}

    assert found == {
        command: {role for role in Role if permission not in PERMISSIONS[role]}
        for command, permission in COMMANDS.items()
    }


def test_every_permission_is_somewhere_in_the_table() -> None:
    """But the one that says what is seen of people's data, not what may be called."""
    assert set(ROUTES.values()) | set(COMMANDS.values()) == set(Permission) - {Permission.SEE_SENSITIVE}
