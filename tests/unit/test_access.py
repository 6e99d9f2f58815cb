"""The role tables, read off product.md line by line."""

from dataclasses import replace
from itertools import combinations

import pytest

from engine.access.permissions import (
    PERMISSIONS,
    SCOPES,
    Permission,
    acting_roles,
    may,
    may_trigger,
    require,
    require_types,
    usual_scopes_of,
    watch_refusals,
)
from engine.errors import NotAllowed, Refused
from engine.model import Actor, Role, Scope

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


def test_a_key_manages_people_only_if_somebody_chose_that() -> None:
    assert usual_scopes_of(Role.ADMIN) == {Scope.INGEST, Scope.READ, Scope.MANAGE}
    assert usual_scopes_of(Role.AGENT) == {Scope.INGEST}


def test_a_refusal_names_the_roles_that_may() -> None:
    with pytest.raises(NotAllowed, match="admin, manager"):
        require(actor(Role.USER), Permission.MANAGE_HOOKS)


def test_agent_and_system_are_for_administrators_to_act_as() -> None:
    for role in (Role.MANAGER, Role.USER):
        assert not {Role.AGENT, Role.SYSTEM, Role.ADMIN} & set(acting_roles(actor(role)))
    assert set(acting_roles(actor(Role.ADMIN))) == set(Role)


SEND, LOOK = {Permission.INGEST, Permission.CATALOGUE}, {Permission.VIEW, Permission.TEST, Permission.CATALOGUE}
CHANGE = {
    Permission.MANAGE_HOOKS,
    Permission.MANAGE_TASKS,
    Permission.MANAGE_LEADS,
    Permission.MANAGE_LIMITS,
    Permission.MANAGE_SOURCES,
    Permission.REPLAY,
}
SEE = LOOK | {Permission.SEE_SENSITIVE}
BY_SCOPE: dict[Role, dict[Scope, set[Permission]]] = {
    Role.AGENT: {Scope.INGEST: SEND, Scope.READ: {Permission.CATALOGUE}, Scope.MANAGE: set(), Scope.PEOPLE: set()},
    Role.SYSTEM: {Scope.INGEST: SEND, Scope.READ: {Permission.CATALOGUE}, Scope.MANAGE: set(), Scope.PEOPLE: set()},
    Role.USER: {Scope.INGEST: SEND, Scope.READ: LOOK, Scope.MANAGE: set(), Scope.PEOPLE: set()},
    Role.MANAGER: {Scope.INGEST: SEND, Scope.READ: SEE, Scope.MANAGE: CHANGE, Scope.PEOPLE: set()},
    Role.ADMIN: {
        Scope.INGEST: SEND,
        Scope.READ: SEE,
        Scope.MANAGE: CHANGE | {Permission.ADMINISTER},
        Scope.PEOPLE: {Permission.MANAGE_PEOPLE},
    },
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scopes", [frozenset(some) for size in range(5) for some in combinations(Scope, size)])
def test_what_scopes_leave_of_a_role(role: Role, scopes: frozenset[Scope]) -> None:
    left = {one for one in Permission if may(replace(actor(role), scopes=scopes), one)}

    assert left == set().union(*(BY_SCOPE[role][scope] for scope in scopes))
    assert left <= PERMISSIONS[role]


def test_every_permission_belongs_to_a_scope() -> None:
    assert frozenset().union(*SCOPES.values()) == set(Permission)


def test_the_scopes_of_a_key_for_which_none_are_named() -> None:
    assert usual_scopes_of(Role.ADMIN) == {Scope.INGEST, Scope.READ, Scope.MANAGE}
    assert usual_scopes_of(Role.AGENT) == {Scope.INGEST}


def test_a_refusal_names_the_scope_that_is_lacking() -> None:
    reader = replace(actor(Role.ADMIN), scopes=frozenset({Scope.READ}))
    with pytest.raises(Refused, match=r"This API key lacks the scope manage \(manage_hooks\)\."):
        require(reader, Permission.MANAGE_HOOKS)
    with pytest.raises(Refused, match=r"lacks the scope ingest \(ingest\)"):
        require(reader, Permission.INGEST)


def test_the_types_that_one_may_send() -> None:
    dialer = replace(actor(Role.AGENT), sends=frozenset({"call.ended", "call.started"}))

    require_types(dialer, {"call.ended"})
    require_types(actor(Role.AGENT), {"anything"})
    with pytest.raises(Refused, match=r"may not send lead.created, only call.ended or call.started"):
        require_types(dialer, {"call.ended", "lead.created"})


def test_whoever_watches_is_told_of_a_refusal_until_they_leave() -> None:
    seen: list[tuple[str, str, str]] = []
    leave = watch_refusals(lambda actor, what, place: seen.append((actor.name, what, place)))
    with pytest.raises(Refused):
        require(actor(Role.USER), Permission.REPLAY, "page /x")
    leave()
    with pytest.raises(Refused):
        require(actor(Role.USER), Permission.REPLAY, "page /y")

    assert seen == [("ada@example.com", "replay", "page /x")]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.USER])
def test_who_lacks_a_required_second_factor_may_do_nothing(role: Role) -> None:
    lacking = replace(actor(role), scopes=frozenset())

    assert lacking.lacks_second_factor
    assert not any(may(lacking, permission) for permission in Permission)
    with pytest.raises(Refused, match="requires a second factor"):
        require(lacking, Permission.VIEW)


def test_a_key_has_no_second_factor_to_lack() -> None:
    assert not replace(actor(Role.ADMIN), kind="key", scopes=frozenset()).lacks_second_factor
    assert not actor(Role.ADMIN).lacks_second_factor
