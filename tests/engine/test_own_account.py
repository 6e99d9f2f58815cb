"""What everybody does to their own account: the password, and where they are signed in."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from engine import Actor, Engine, EngineSettings, InvalidAccount, NotAllowed, NotFound, Role, TooManyTries
from storage.store import SqlStore

PASSWORD, OTHER = "a few words of my own", "some other words of mine"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[Engine]:
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), EngineSettings(version="0"))
    await engine.open()
    for email in ("ada@example.com", "mia@example.com"):
        await engine.accounts.create_user(email=email, password=PASSWORD, role=Role.USER)
    yield engine
    await engine.close()


async def enter(
    engine: Engine, email: str = "ada@example.com", password: str = PASSWORD, address: str = "10.0.0.1"
) -> tuple[str, Actor]:
    signed_in = await engine.accounts.sign_in(email=email, password=password, address=address, device="Firefox")
    return signed_in.token, signed_in.actor


async def test_a_new_password_ends_all_other_sessions(engine: Engine) -> None:
    (here, ada), (there, _), (mias, _) = (
        await enter(engine),
        await enter(engine),
        await enter(engine, "mia@example.com"),
    )

    await engine.own_account.change_password(present=PASSWORD, new=OTHER, token=here, actor=ada)

    assert await engine.accounts.actor_of(here)
    assert await engine.accounts.actor_of(there) is None
    assert await engine.accounts.actor_of(mias)
    assert (await enter(engine, password=OTHER))[1].id == ada.id
    with pytest.raises(NotAllowed):
        await enter(engine, password=PASSWORD)


@pytest.mark.parametrize(
    ("present", "new", "field"),
    [("wrong", OTHER, "present"), ("", OTHER, "present"), (PASSWORD, "short", "password")],
)
async def test_a_password_is_not_changed(engine: Engine, present: str, new: str, field: str) -> None:
    token, ada = await enter(engine)

    with pytest.raises(InvalidAccount) as caught:
        await engine.own_account.change_password(present=present, new=new, token=token, actor=ada)

    assert list(caught.value.problems) == [field]
    assert (await enter(engine))[1].id == ada.id


async def test_whoever_took_a_browser_over_guesses_no_password_there(engine: Engine) -> None:
    token, ada = await enter(engine)
    for _ in range(5):
        with pytest.raises(InvalidAccount):
            await engine.own_account.change_password(present="wrong", new=OTHER, token=token, actor=ada)

    with pytest.raises(TooManyTries):
        await engine.own_account.change_password(present=PASSWORD, new=OTHER, token=token, actor=ada)


async def test_one_sees_and_ends_ones_own_sessions(engine: Engine) -> None:
    (here, ada), (there, _), (third, _) = (
        await enter(engine),
        await enter(engine, address="10.0.0.9"),
        await enter(engine),
    )
    listed = await engine.own_account.sessions(actor=ada)
    heard: list[int] = []
    engine.sessions.subscribe(heard.append)
    assert {one.id for one in listed} == {engine.own_account.session_id(one) for one in (here, there, third)}
    assert {one.address for one in listed} == {"10.0.0.1", "10.0.0.9"}

    await engine.own_account.end_session(engine.own_account.session_id(there), actor=ada)
    assert await engine.accounts.actor_of(there) is None
    assert await engine.accounts.actor_of(third)
    await engine.own_account.end_others(token=here, actor=ada)

    assert await engine.accounts.actor_of(third) is None
    assert await engine.accounts.actor_of(here)
    assert heard == [ada.id, ada.id]


async def test_nobody_ends_a_session_of_another(engine: Engine) -> None:
    (mias, _), (_, ada) = await enter(engine, "mia@example.com"), await enter(engine)

    with pytest.raises(NotFound):
        await engine.own_account.end_session(engine.own_account.session_id(mias), actor=ada)
    await engine.own_account.end_others(token="", actor=ada)

    assert await engine.accounts.actor_of(mias)


async def test_a_key_has_no_account_of_its_own(engine: Engine) -> None:
    """It has an id that a user may have, too."""
    token, ada = await enter(engine)
    key = Actor(kind="key", id=ada.id, name=ada.name, role=Role.ADMIN)

    for attempt in (
        engine.own_account.change_password(present=PASSWORD, new=OTHER, token=token, actor=key),
        engine.own_account.sessions(actor=key),
        engine.own_account.end_others(token="", actor=key),
        engine.own_account.turn_off(proof=PASSWORD, actor=key),
        engine.own_account.user(actor=key),
    ):
        with pytest.raises(NotAllowed, match="signed-in user"):
            await attempt
    with pytest.raises(NotAllowed):
        engine.own_account.offer(actor=key)
    assert await engine.accounts.actor_of(token)
