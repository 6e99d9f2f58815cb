"""Signing in: who gets in, for how long, how guessing is slowed, and what the audit log says of it."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import Engine, EngineSettings, InvalidAccount, NotAllowed, Role, TooManyTries
from engine.people.passwords import AT_ONCE, MOST_WAITING
from engine.people.sessions import IDLE, LONGEST
from storage.store import SqlStore

EMAIL, PASSWORD = "ada@example.com", "a few words of my own"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def engine(tmp_path: Path, clock: Clock):
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), EngineSettings(version="0"), clock)
    await engine.open()
    await engine.accounts.create_user(email=EMAIL, password=PASSWORD, role=Role.ADMIN)
    yield engine
    await engine.close()


async def enter(engine: Engine, password: str = PASSWORD, address: str = "10.0.0.1") -> str:
    signed_in = await engine.accounts.sign_in(email=EMAIL, password=password, address=address, device="Firefox")
    return signed_in.token


def audited(folder: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(folder / "test.db")) as connection:
        return connection.execute("SELECT action, actor, address FROM audit ORDER BY seq").fetchall()


async def test_a_session_ends_without_use_and_lives_on_with_it(engine: Engine, clock: Clock) -> None:
    idle, used = await enter(engine), await enter(engine)
    for _ in range(3):
        clock.now += IDLE * 0.4
        assert await engine.accounts.actor_of(used)

    assert await engine.accounts.actor_of(idle) is None


async def test_a_session_ends_in_any_case(engine: Engine, clock: Clock) -> None:
    token, began = await enter(engine), clock.now
    while clock.now < began + LONGEST - IDLE:
        clock.now += IDLE * 0.9
        assert await engine.accounts.actor_of(token)

    clock.now = began + LONGEST
    assert await engine.accounts.actor_of(token) is None


async def test_every_sign_in_has_a_token_of_its_own_and_a_cookie_of_before_is_worth_nothing(engine: Engine) -> None:
    first, second = await enter(engine), await enter(engine)
    heard: list[int] = []
    engine.sessions.subscribe(heard.append)
    await engine.accounts.sign_out(first)

    assert first != second
    assert await engine.accounts.actor_of(first) is None
    assert await engine.accounts.actor_of(second)
    assert len(heard) == 1


async def test_an_actor_bears_the_address_of_the_sign_in(engine: Engine) -> None:
    actor = await engine.accounts.actor_of(await enter(engine, address="10.1.2.3"))

    assert actor is not None
    assert (actor.name, actor.address) == (EMAIL, "10.1.2.3")


async def test_sessions_of_a_user_are_bounded(engine: Engine) -> None:
    user, _ = (await engine._store.user_by_email(EMAIL)) or (None, None)
    assert user is not None
    for _ in range(3):
        for _ in range(30):
            await engine.sessions.begin(user)

    assert len(await engine._store.sessions_of(user.id)) <= 51


async def test_guessing_is_slowed_and_the_right_password_has_to_wait_too(engine: Engine) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowed, match="E-mail or password is wrong"):
            await enter(engine, "wrong wrong wrong")

    with pytest.raises(TooManyTries) as caught:
        await enter(engine)

    assert caught.value.retry_after >= 1
    assert await enter(engine, address="10.0.0.2")


async def test_an_unknown_address_is_answered_alike_and_slowed_alike(engine: Engine) -> None:
    async def tell(email: str) -> list[str]:
        told = []
        for _ in range(6):
            with pytest.raises(NotAllowed) as caught:
                await engine.accounts.sign_in(email=email, password="wrong wrong wrong", address="10.0.0.3")
            told.append(type(caught.value).__name__ + str(caught.value)[:20])
        return told

    assert await tell("eve@example.com") == await tell(EMAIL)


async def test_the_audit_log_names_who_came_and_who_failed_once_a_minute(engine: Engine, tmp_path: Path) -> None:
    await enter(engine)
    for _ in range(4):
        with pytest.raises(NotAllowed):
            await enter(engine, "wrong wrong wrong", address="6.6.6.6")

    assert audited(tmp_path) == [
        ("user.created", "Trigger Hooks", ""),
        ("sign_in.succeeded", EMAIL, "10.0.0.1"),
        ("sign_in.failed", EMAIL, "6.6.6.6"),
    ]


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 201, "qwerty123456", "passwordpassword", "Password1234!", "aaaaaaaaaaaaaaa", "eve@example.com"],
)
async def test_what_is_guessed_first_is_refused(engine: Engine, password: str) -> None:
    with pytest.raises(InvalidAccount) as caught:
        await engine.accounts.create_user(email="eve@example.com", password=password, role=Role.USER)

    assert list(caught.value.problems) == ["password"]


async def test_a_clock_that_goes_back_signs_nobody_out(engine: Engine, clock: Clock) -> None:
    token = await enter(engine)
    clock.now -= timedelta(days=1)

    assert await engine.accounts.actor_of(token)


async def test_a_crowd_is_sent_away_and_who_leaves_is_not_worked_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    going = threading.Event()

    def slow(password: str, _: str) -> tuple[bool, None]:
        hashed.append(password)
        going.wait(10)
        return False, None

    monkeypatch.setattr(engine.accounts._passwords._hasher, "verify_and_update", slow)
    tries = [
        asyncio.create_task(enter(engine, f"wrong {number}", f"10.0.0.{number}"))
        for number in range(AT_ONCE + MOST_WAITING + 5)
    ]
    refused: list[BaseException | None] = []
    while len(refused) < 5:
        await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED, timeout=5)
        refused = [one.exception() for one in tries if one.done()]
        await asyncio.sleep(0.01)
    for task in tries:
        task.cancel()
    await asyncio.wait(tries, timeout=1)  # who leaves is gone before there is room for the next
    going.set()
    await asyncio.gather(*tries, return_exceptions=True)

    assert all(isinstance(one, TooManyTries) for one in refused)
    assert len(hashed) == AT_ONCE


async def test_a_password_counts_to_its_end(engine: Engine) -> None:
    """One that begins with the right one, and goes on beyond the longest that there may be, is another."""
    longest = "a few words " * 16 + "of mine."
    assert len(longest) == 200
    await engine.accounts.create_user(email="mia@example.com", password=longest, role=Role.USER)

    assert await engine.accounts.sign_in(email="mia@example.com", password=longest)
    with pytest.raises(NotAllowed):
        await engine.accounts.sign_in(email="mia@example.com", password=f"{longest}x")
