"""What a role may not do is refused, and stands in the audit log; asking again and again does not fill it."""

import pytest

from engine import Actor, AuditQuery, Engine, Refused, Role
from engine.model import AuditEntry
from tests.engine.conftest import ADMIN, Api, eventually

USER = Actor(kind="user", id=7, name="uli@example.com", role=Role.USER, address="10.0.0.7")


async def refusals(engine: Engine) -> tuple[AuditEntry, ...]:
    return (await engine.audit.entries(AuditQuery(action="access.refused"), actor=ADMIN)).items


async def test_a_refusal_over_the_api_is_told_with_who_and_where(api: Api) -> None:
    answers = [await api.call("PUT", "/api/v1/lanes/other", role=Role.MANAGER, json={}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [403] * 3

    (entry,) = await eventually(lambda: refusals(api.engine))

    assert (entry.actor, entry.role, entry.address) == ("manager key", Role.MANAGER, "127.0.0.1")
    assert (entry.subject, entry.after) == ("PUT /api/v1/lanes/other", {"lacks": "administer"})


async def test_a_command_refused_to_a_page_is_told_too(engine: Engine) -> None:
    with pytest.raises(
        Refused, match=r"The role user may not do this \(manage_hooks\). It takes one of: admin, manager."
    ):
        await engine.hooks.save({}, actor=USER)

    (entry,) = await eventually(lambda: refusals(engine))

    assert (entry.actor, entry.address, entry.subject) == ("uli@example.com", "10.0.0.7", "manage_hooks")


async def test_each_thing_and_each_actor_is_told_once_a_minute(api: Api) -> None:
    for role in (Role.AGENT, Role.USER):
        for path in ("/hooks", "/replays", "/hooks"):
            assert (await api.post(path, role=role, json={})).status_code == 403

    assert len(await eventually(lambda: _four(api.engine))) == 4


async def _four(engine: Engine) -> tuple[AuditEntry, ...]:
    found = await refusals(engine)
    return found if len(found) >= 4 else ()
