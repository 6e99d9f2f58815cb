"""The role tables, read off product.md line by line."""

import pytest

from engine.access import PERMISSIONS, Permission, acting_roles, may, may_trigger, require
from engine.errors import NotAllowed
from engine.model import Actor, Role

TRIGGERS = {
    Role.AGENT: {Role.AGENT},
    Role.ADMIN: {Role.ADMIN},
    Role.MANAGER: {Role.MANAGER, Role.ADMIN},
    Role.USER: {Role.USER, Role.MANAGER, Role.ADMIN, Role.AGENT},
    Role.SYSTEM: {Role.SYSTEM},
}


def actor(role: Role) -> Actor:
    return Actor(kind="user", id=1, name="ada@example.com", role=role)


@pytest.mark.parametrize("hook_role", Role)
@pytest.mark.parametrize("event_role", Role)
def test_a_hook_listens_to_the_roles_of_the_table(hook_role: Role, event_role: Role) -> None:
    assert may_trigger(hook_role, event_role) == (event_role in TRIGGERS[hook_role])


@pytest.mark.parametrize(
    ("role", "permission", "expected"),
    [
        (Role.ADMIN, Permission.ADMINISTER, True),
        (Role.MANAGER, Permission.ADMINISTER, False),
        (Role.MANAGER, Permission.MANAGE_HOOKS, True),
        (Role.USER, Permission.MANAGE_HOOKS, False),
        (Role.USER, Permission.TEST, True),
        (Role.AGENT, Permission.VIEW, False),
        (Role.AGENT, Permission.INGEST, True),
        (Role.SYSTEM, Permission.TEST, False),
    ],
)
def test_what_a_role_may_do(role: Role, permission: Permission, expected: bool) -> None:
    assert may(actor(role), permission) is expected


def test_every_role_has_its_permissions_and_only_the_known_ones() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert all(permissions <= set(Permission) for permissions in PERMISSIONS.values())


def test_a_refusal_names_the_roles_that_may() -> None:
    with pytest.raises(NotAllowed, match="admin, manager"):
        require(actor(Role.USER), Permission.MANAGE_HOOKS)


def test_agent_and_system_are_for_administrators_to_act_as() -> None:
    for role in (Role.MANAGER, Role.USER):
        assert not {Role.AGENT, Role.SYSTEM, Role.ADMIN} & set(acting_roles(actor(role)))
    assert set(acting_roles(actor(Role.ADMIN))) == set(Role)
