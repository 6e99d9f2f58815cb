"""Who may trigger a hook, and who may do what: three tables, and lookups in them."""

from collections.abc import Callable, Iterable, Set
from enum import StrEnum
from functools import cache
from typing import NoReturn

from engine.errors import Refused
from engine.model import Actor, Role, Scope


class Permission(StrEnum):
    CATALOGUE = "catalogue"
    VIEW = "view"
    TEST = "test"
    MANAGE_HOOKS = "manage_hooks"
    MANAGE_TASKS = "manage_tasks"
    REPLAY = "replay"
    MANAGE_LEADS = "manage_leads"
    MANAGE_LIMITS = "manage_limits"
    MANAGE_SOURCES = "manage_sources"
    INGEST = "ingest"
    SEE_SENSITIVE = "see_sensitive"
    ADMINISTER = "administer"
    MANAGE_PEOPLE = "manage_people"


TRIGGERED_BY: dict[Role, frozenset[Role]] = {
    Role.AGENT: frozenset({Role.AGENT}),
    Role.ADMIN: frozenset({Role.ADMIN}),
    Role.MANAGER: frozenset({Role.MANAGER, Role.ADMIN}),
    Role.USER: frozenset({Role.USER, Role.MANAGER, Role.ADMIN, Role.AGENT}),
    Role.SYSTEM: frozenset({Role.SYSTEM}),
}
"""A hook's role → the roles whose events may trigger it."""

PERSONS = frozenset({Role.ADMIN, Role.MANAGER, Role.USER})
"""The roles of people; all others are for keys only."""

_SENDS = frozenset({Permission.INGEST, Permission.CATALOGUE})
_LOOKS = _SENDS | {Permission.VIEW, Permission.TEST}
_CHANGES = frozenset(
    {
        Permission.MANAGE_HOOKS,
        Permission.MANAGE_TASKS,
        Permission.MANAGE_LEADS,
        Permission.MANAGE_LIMITS,
        Permission.MANAGE_SOURCES,
        Permission.REPLAY,
    }
)
_MANAGES = _LOOKS | _CHANGES | {Permission.SEE_SENSITIVE}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.MANAGER: _MANAGES,
    Role.USER: _LOOKS,
    Role.AGENT: _SENDS,
    Role.SYSTEM: _SENDS,
}

SCOPES: dict[Scope, frozenset[Permission]] = {
    Scope.INGEST: _SENDS,
    Scope.READ: frozenset({Permission.VIEW, Permission.SEE_SENSITIVE, Permission.TEST, Permission.CATALOGUE}),
    Scope.MANAGE: _CHANGES | {Permission.ADMINISTER},
    Scope.PEOPLE: frozenset({Permission.MANAGE_PEOPLE}),
}
"""The permissions that each scope grants, within those of the role."""

_NEVER_BY_DEFAULT = frozenset({Scope.PEOPLE})

_ACTS_AS: dict[Role, tuple[Role, ...]] = {
    Role.ADMIN: (Role.AGENT, Role.ADMIN, Role.MANAGER, Role.USER, Role.SYSTEM),
    Role.MANAGER: (Role.MANAGER, Role.USER),
    Role.USER: (Role.USER,),
    Role.AGENT: (Role.AGENT,),
    Role.SYSTEM: (Role.SYSTEM,),
}

Watch = Callable[[Actor, str, str], None]


def may_trigger(hook_role: Role, event_role: Role) -> bool:
    return event_role in TRIGGERED_BY[hook_role]


def may(actor: Actor, permission: Permission) -> bool:
    return permission in _permissions(actor.role, actor.scopes)


def require(actor: Actor, permission: Permission, place: str = "") -> None:
    """Raises Refused if the actor lacks the permission. `place` is where it was requested."""
    if may(actor, permission):
        return
    if actor.lacks_second_factor:
        refuse(actor, permission, "Your role requires a second factor. Set it up on your account page first.", place)
    if permission in PERMISSIONS[actor.role]:
        scopes = _or(scope for scope in Scope if permission in SCOPES[scope])
        refuse(actor, permission, f"This API key lacks the scope {scopes} ({permission}).", place)
    roles = ", ".join(who_may(permission))
    refuse(actor, permission, f"The role {actor.role} may not do this ({permission}). It takes one of: {roles}.", place)


def require_types(actor: Actor, types: Set[str]) -> None:
    """Raises Refused if the actor may only send other event types."""
    if actor.sends and (others := types - actor.sends):
        refuse(actor, f"send {min(others)}", f"This API key may not send {_or(others)}, only {_or(actor.sends)}.")


def refuse(actor: Actor, what: str, words: str, place: str = "") -> NoReturn:
    """Notifies the watchers and raises Refused."""
    for watch in tuple(_watchers):
        watch(actor, what, place)
    raise Refused(words)


def watch_refusals(watch: Watch) -> Callable[[], None]:
    """Calls `watch` on every refusal, wherever it happens; returns the unsubscribe function."""
    _watchers.append(watch)
    return lambda: _watchers.remove(watch)


def require_person(actor: Actor) -> None:
    """Raises Refused unless the actor is a signed-in user: keys have no account of their own."""
    if actor.kind != "user":
        refuse(actor, "an account of one's own", "Only a signed-in user has an account to change.")


def acting_roles(actor: Actor) -> tuple[Role, ...]:
    """The roles that this actor, and its keys, may send a test as: its own and those below; Agent and System for
    Admins."""
    return _ACTS_AS[actor.role]


def who_may(permission: Permission) -> tuple[Role, ...]:
    return tuple(role for role, permissions in PERMISSIONS.items() if permission in permissions)


@cache
def scopes_of(role: Role) -> frozenset[Scope]:
    """The scopes that grant the role at least one permission."""
    return frozenset(scope for scope in Scope if SCOPES[scope] & PERMISSIONS[role] - {Permission.CATALOGUE})


def usual_scopes_of(role: Role) -> frozenset[Scope]:
    """Those of a key for which none are named: a key that manages people could make itself an Admin."""
    return scopes_of(role) - _NEVER_BY_DEFAULT


@cache
def _permissions(role: Role, scopes: frozenset[Scope]) -> frozenset[Permission]:
    return PERMISSIONS[role] & frozenset[Permission]().union(*(SCOPES[scope] for scope in scopes))


def _or(words: Iterable[str]) -> str:
    return " or ".join(sorted(words))


_watchers: list[Watch] = []
