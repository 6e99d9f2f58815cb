"""A second factor that a role requires: until they have one, people may only set it up."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from pyotp.totp import TOTP

from engine import (
    SYSTEM,
    Actor,
    AuditQuery,
    CodeNeeded,
    Engine,
    EngineSettings,
    InvalidAccount,
    NotAllowed,
    Permission,
    Role,
    may,
)
from storage.store import SqlStore

PASSWORD = "a few words of my own"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[Engine]:
    engine = new_engine(tmp_path)
    await engine.open()
    for name, role in (("ada", Role.ADMIN), ("mia", Role.MANAGER), ("uli", Role.USER)):
        await engine.accounts.create_user(email=f"{name}@example.com", password=PASSWORD, role=role)
    yield engine
    await engine.close()


def new_engine(folder: Path) -> Engine:
    return Engine(SqlStore(f"sqlite:///{folder / 'test.db'}"), EngineSettings(version="0", secret_keys=("k",)))


async def enter(engine: Engine, name: str) -> tuple[str, Actor]:
    signed_in = await engine.accounts.sign_in(email=f"{name}@example.com", password=PASSWORD)
    return signed_in.token, signed_in.actor


async def now(engine: Engine, token: str) -> Actor:
    actor = await engine.accounts.actor_of(token)
    assert actor
    return actor


async def turn_on(engine: Engine, actor: Actor) -> TOTP:
    offer = engine.own_account.offer(actor=actor)
    phone = TOTP(offer.secret)
    await engine.own_account.turn_on(offer=offer, code=phone.now(), present=PASSWORD, actor=actor)
    return phone


async def test_it_holds_at_once_for_sessions_that_exist_and_of_that_role_alone(engine: Engine) -> None:
    (mias, _), (ulis, uli) = await enter(engine, "mia"), await enter(engine, "uli")
    told: list[int] = []
    engine.sessions.subscribe(told.append)

    await engine.people.require_second_factor([Role.MANAGER], actor=SYSTEM)

    mia = await now(engine, mias)
    assert mia.lacks_second_factor
    assert not may(mia, Permission.VIEW)
    with pytest.raises(NotAllowed, match="requires a second factor"):
        await engine.sensitive.look_at({}, "event evt_1", actor=mia)
    assert await now(engine, ulis) == uli
    assert (await enter(engine, "mia"))[1].lacks_second_factor
    assert set(told) == {1, 2, 3}


async def test_who_sets_it_up_goes_on_with_the_same_session(engine: Engine) -> None:
    await engine.people.require_second_factor([Role.MANAGER], actor=SYSTEM)
    token, mia = await enter(engine, "mia")
    await turn_on(engine, mia)

    assert may(await now(engine, token), Permission.MANAGE_HOOKS)
    with pytest.raises(CodeNeeded):
        await enter(engine, "mia")


async def test_who_turns_it_off_has_to_set_it_up_again(engine: Engine) -> None:
    await engine.people.require_second_factor([Role.MANAGER], actor=SYSTEM)
    token, mia = await enter(engine, "mia")
    phone = await turn_on(engine, mia)
    await engine.own_account.turn_off(proof=PASSWORD, actor=mia)

    assert (await now(engine, token)).lacks_second_factor
    assert phone


async def test_another_role_brings_its_requirement(engine: Engine) -> None:
    await engine.people.require_second_factor([Role.ADMIN], actor=SYSTEM)
    await engine.people.change(2, role=Role.ADMIN, actor=SYSTEM)

    assert (await enter(engine, "mia"))[1].lacks_second_factor


async def test_keys_are_not_affected(engine: Engine) -> None:
    _, ada = await enter(engine, "ada")
    _, plain = await engine.keys.create({"name": "CI", "role": "admin"}, actor=ada)
    await engine.people.require_second_factor([Role.ADMIN], actor=ada)

    assert may(await engine.keys.actor_of(plain, ""), Permission.ADMINISTER)


async def test_it_is_kept_and_taken_back(engine: Engine, tmp_path: Path) -> None:
    await engine.people.require_second_factor([Role.ADMIN, Role.USER], actor=SYSTEM)
    again = new_engine(tmp_path)
    await again.open()
    kept = again.people.second_factor_roles
    await again.close()
    await engine.people.require_second_factor([], actor=SYSTEM)
    await engine.people.require_second_factor([], actor=SYSTEM)

    assert kept == {Role.ADMIN, Role.USER}
    assert not (await enter(engine, "uli"))[1].lacks_second_factor
    page = await engine.audit.entries(AuditQuery(action="second_factor.required"), actor=SYSTEM)
    assert [(one.before, one.after) for one in page.items] == [(["admin", "user"], []), ([], ["admin", "user"])]


@pytest.mark.parametrize("role", [Role.AGENT, Role.SYSTEM])
async def test_only_people_have_one(engine: Engine, role: Role) -> None:
    with pytest.raises(InvalidAccount, match="Only people"):
        await engine.people.require_second_factor([role], actor=SYSTEM)


async def test_notices_wait_too(engine: Engine) -> None:
    await engine.notices.tell("bad", "A hook fails", "")
    await engine.people.require_second_factor([Role.USER], actor=SYSTEM)
    _, uli = await enter(engine, "uli")

    assert (await engine.notices.newest(actor=uli), await engine.notices.unread(uli)) == ([], 0)


async def test_of_two_who_send_the_same_code_at_once_one_is_in(engine: Engine) -> None:
    """A code is good once, also for those who are still between password and code."""
    mia = (await enter(engine, "mia"))[1]
    offer = engine.own_account.offer(actor=mia)
    phone = TOTP(offer.secret)
    step_now = phone.timecode(engine.parts.ground.now())
    await engine.own_account.turn_on(offer=offer, code=phone.generate_otp(step_now - 1), present=PASSWORD, actor=mia)

    async def step() -> str:
        try:
            await engine.accounts.sign_in(email="mia@example.com", password=PASSWORD)
        except CodeNeeded as needed:
            return needed.pending
        raise AssertionError

    pending = [await step() for _ in range(3)]
    code = phone.generate_otp(step_now)
    ends = await asyncio.gather(
        *(engine.accounts.sign_in_with_code(one, code) for one in pending),
        return_exceptions=True,
    )

    assert sum(not isinstance(end, BaseException) for end in ends) == 1
