"""Who may trigger a hook, and who may do what. Two tables, and nothing that is not read off them."""

from collections.abc import Callable
from enum import StrEnum

from engine.errors import Refused
from engine.model import Actor, Role


class Permission(StrEnum):
    VIEW = "view"
    TEST = "test"
    MANAGE_HOOKS = "manage_hooks"
    REPLAY = "replay"
    INGEST = "ingest"
    ADMINISTER = "administer"


Watch = Callable[[Actor, Permission, str], None]

TRIGGERED_BY: dict[Role, frozenset[Role]] = {
    Role.AGENT: frozenset({Role.AGENT}),
    Role.ADMIN: frozenset({Role.ADMIN}),
    Role.MANAGER: frozenset({Role.MANAGER, Role.ADMIN}),
    Role.USER: frozenset({Role.USER, Role.MANAGER, Role.ADMIN, Role.AGENT}),
    Role.SYSTEM: frozenset({Role.SYSTEM}),
}
"""A hook's role → the roles whose events may trigger it."""

_LOOKS = frozenset({Permission.VIEW, Permission.TEST, Permission.INGEST})
_MANAGES = _LOOKS | {Permission.MANAGE_HOOKS, Permission.REPLAY}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.MANAGER: _MANAGES,
    Role.USER: _LOOKS,
    Role.AGENT: frozenset({Permission.INGEST}),
    Role.SYSTEM: frozenset({Permission.INGEST}),
}

_ACTS_AS: dict[Role, tuple[Role, ...]] = {
    Role.ADMIN: (Role.AGENT, Role.ADMIN, Role.MANAGER, Role.USER, Role.SYSTEM),
    Role.MANAGER: (Role.MANAGER, Role.USER),
    Role.USER: (Role.USER,),
    Role.AGENT: (Role.AGENT,),
    Role.SYSTEM: (Role.SYSTEM,),
}


def may_trigger(hook_role: Role, event_role: Role) -> bool:
    return event_role in TRIGGERED_BY[hook_role]


def may(actor: Actor, permission: Permission) -> bool:
    return permission in PERMISSIONS[actor.role]


def require(actor: Actor, permission: Permission, place: str = "") -> None:
    """Raises Refused where the actor lacks the permission, and tells those who watch. `place` is where they asked."""
    if may(actor, permission):
        return
    for watch in tuple(_watchers):
        watch(actor, permission, place)
    raise Refused(
        f"The role {actor.role} may not do this ({permission}). It takes one of: {', '.join(who_may(permission))}."
    )


def watch_refusals(watch: Watch) -> Callable[[], None]:
    """`watch` is called at each refusal, wherever it happens; gives the way to leave."""
    _watchers.append(watch)
    return lambda: _watchers.remove(watch)


def acting_roles(actor: Actor) -> tuple[Role, ...]:
    """The roles that a Test of this actor may act as: their own or below; Agent and System for Admins alone."""
    return _ACTS_AS[actor.role]


def who_may(permission: Permission) -> tuple[Role, ...]:
    return tuple(role for role, permissions in PERMISSIONS.items() if permission in permissions)


_watchers: list[Watch] = []
