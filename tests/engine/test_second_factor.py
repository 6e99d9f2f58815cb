"""The second factor: what turns it on and off, codes that count once, and guessing that gets nowhere."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyotp.totp import TOTP

from engine import (
    SYSTEM,
    Actor,
    CodeNeeded,
    Engine,
    EngineSettings,
    InvalidAccount,
    NotAllowed,
    Role,
    SecretLost,
    SignedIn,
    SignInOver,
    TooManyTries,
)
from engine.people.passwords import Passwords
from storage.store import SqlStore

EMAIL, PASSWORD = "ada@example.com", "a few words of my own"
STEP = timedelta(seconds=30)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Ada:
    """A user whose second factor is on, with the phone in her hand."""

    def __init__(self, engine: Engine, clock: Clock, actor: Actor, secret: str, recovery: tuple[str, ...]) -> None:
        self.engine, self.clock, self.actor, self.recovery = engine, clock, actor, recovery
        self.phone = TOTP(secret)

    def code(self, after: timedelta = timedelta()) -> str:
        return self.phone.at(self.clock.now + after)

    async def password(self, password: str = PASSWORD, address: str = "10.0.0.1") -> str:
        """What stands for it."""
        with pytest.raises(CodeNeeded) as caught:
            await self.engine.accounts.sign_in(email=EMAIL, password=password, address=address)
        return caught.value.pending

    async def enter(self, code: str, pending: str | None = None, address: str = "10.0.0.1") -> SignedIn:
        half = pending or await self.password(address=address)
        return await self.engine.accounts.sign_in_with_code(half, code, address=address)


def an_engine(folder: Path, clock: Clock, *keys: str) -> Engine:
    settings = EngineSettings(version="0", secret_keys=keys)
    return Engine(SqlStore(f"sqlite:///{folder / 'test.db'}"), settings, clock)


@pytest.fixture
async def ada(tmp_path: Path) -> AsyncGenerator[Ada]:
    clock = Clock()
    engine = an_engine(tmp_path, clock, "one")
    await engine.open()
    await engine.accounts.create_user(email=EMAIL, password=PASSWORD, role=Role.ADMIN)
    actor = (await engine.accounts.sign_in(email=EMAIL, password=PASSWORD, address="10.0.0.1")).actor
    offer = engine.own_account.offer(actor=actor)
    code = TOTP(offer.secret).at(clock.now)
    recovery = await engine.own_account.turn_on(offer=offer, code=code, present=PASSWORD, actor=actor)
    clock.now += STEP
    yield Ada(engine, clock, actor, offer.secret, recovery)
    await engine.close()


async def test_the_password_alone_signs_nobody_in(ada: Ada) -> None:
    pending = await ada.password()

    assert await ada.engine.accounts.actor_of(pending) is None
    signed_in = await ada.enter(ada.code(), pending)
    assert await ada.engine.accounts.actor_of(signed_in.token) == ada.actor


async def test_a_code_counts_once_also_at_the_same_time(ada: Ada) -> None:
    code = ada.code()
    first, second = await ada.password(), await ada.password()

    ends = await asyncio.gather(ada.enter(code, first), ada.enter(code, second), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) == ["NotAllowed", "SignedIn"]
    with pytest.raises(NotAllowed, match="was used before"):
        await ada.enter(code)
    with pytest.raises(NotAllowed):
        await ada.enter(ada.code(-STEP))
    ada.clock.now += STEP
    assert await ada.enter(ada.code())


async def test_the_code_that_turned_it_on_signs_nobody_in(ada: Ada) -> None:
    with pytest.raises(NotAllowed):
        await ada.enter(ada.code(-STEP))


@pytest.mark.parametrize(("late", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_clock_may_be_half_a_minute_off(ada: Ada, late: int, taken: bool) -> None:
    ada.clock.now += 10 * STEP
    code = ada.code(late * STEP)

    if taken:
        assert await ada.enter(code)
    else:
        with pytest.raises(NotAllowed):
            await ada.enter(code)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "٣٣٣٣٣٣", "x" * 5_000, "\ud800", "-" * 27])
async def test_what_is_no_code_is_refused(ada: Ada, code: str) -> None:
    with pytest.raises(NotAllowed):
        await ada.enter(code)


async def test_a_code_is_taken_as_it_is_written_on_a_screen(ada: Ada) -> None:
    code = ada.code()

    assert await ada.enter(f" {code[:3]} {code[3:]} ")


async def test_each_recovery_code_signs_in_once(ada: Ada) -> None:
    assert len(set(ada.recovery)) == 10
    assert await ada.enter(ada.recovery[0].upper().replace("-", " "))
    with pytest.raises(NotAllowed):
        await ada.enter(ada.recovery[0])
    assert await ada.enter(ada.recovery[1])

    assert await ada.engine.own_account.codes_left(actor=ada.actor) == 8


async def test_new_recovery_codes_end_the_old(ada: Ada) -> None:
    new = await ada.engine.own_account.new_codes(proof=PASSWORD, actor=ada.actor)

    with pytest.raises(NotAllowed):
        await ada.enter(ada.recovery[0])
    assert await ada.enter(new[0])
    assert await ada.engine.own_account.codes_left(actor=ada.actor) == 9


async def test_neither_secret_nor_codes_lie_in_the_database(ada: Ada, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        dump = "\n".join(connection.iterdump())

    assert ada.phone.secret not in dump
    assert not [code for code in ada.recovery if code in dump or code.replace("-", "") in dump]


async def test_it_is_not_on_before_a_first_code(ada: Ada) -> None:
    await ada.engine.own_account.turn_off(proof=PASSWORD, actor=ada.actor)
    account, offer = ada.engine.own_account, ada.engine.own_account.offer(actor=ada.actor)
    right = TOTP(offer.secret).at(ada.clock.now)
    for code, present, field in (("000000", PASSWORD, "code"), (right, "wrong", "present")):
        with pytest.raises(InvalidAccount) as caught:
            await account.turn_on(offer=offer, code=code, present=present, actor=ada.actor)
        assert list(caught.value.problems) == [field]

    assert not (await account.user(actor=ada.actor)).second_factor
    assert await ada.engine.accounts.sign_in(email=EMAIL, password=PASSWORD)


async def test_what_is_on_cannot_be_set_up_over(ada: Ada) -> None:
    offer = ada.engine.own_account.offer(actor=ada.actor)
    code = TOTP(offer.secret).at(ada.clock.now)

    with pytest.raises(InvalidAccount, match="on already"):
        await ada.engine.own_account.turn_on(offer=offer, code=code, present=PASSWORD, actor=ada.actor)


@pytest.mark.parametrize("by", ["password", "code", "recovery"])
async def test_it_is_turned_off_by_the_password_or_a_code(ada: Ada, by: str) -> None:
    account = ada.engine.own_account
    for wrong in ("wrong wrong wrong", "000000", ""):
        with pytest.raises(InvalidAccount) as caught:
            await account.turn_off(proof=wrong, actor=ada.actor)
        assert list(caught.value.problems) == ["proof"]
    proof = {"password": PASSWORD, "code": ada.code(), "recovery": ada.recovery[3]}[by]

    await account.turn_off(proof=proof, actor=ada.actor)

    assert await account.codes_left(actor=ada.actor) == 0
    assert await ada.engine.accounts.sign_in(email=EMAIL, password=PASSWORD, address="10.0.0.1")


async def test_guessing_codes_waits_longer_and_longer_whatever_is_done_in_between(ada: Ada) -> None:
    """The password that is right does not make guesses of codes free again."""
    slowed = 0
    for _ in range(12):
        try:
            pending = await ada.password(address="6.6.6.6")
            await ada.enter("000000", pending, address="6.6.6.6")
        except TooManyTries:
            slowed += 1
        except NotAllowed:
            pass

    assert slowed >= 6
    assert await ada.enter(ada.code(), address="10.0.0.1")


async def test_guesses_at_the_same_time_do_not_pass_together(ada: Ada) -> None:
    halves = [await ada.password() for _ in range(40)]

    ends = await asyncio.gather(*(ada.enter("000000", half) for half in halves), return_exceptions=True)

    assert sum(isinstance(end, TooManyTries) for end in ends) >= 34


async def test_passwords_guessed_at_the_same_time_do_not_pass_together(ada: Ada) -> None:
    guesses = (ada.engine.accounts.sign_in(email=EMAIL, password=f"wrong {n}", address="6.6.6.6") for n in range(30))

    ends = await asyncio.gather(*guesses, return_exceptions=True)

    assert sum(isinstance(end, TooManyTries) for end in ends) >= 24


async def test_after_a_few_wrong_codes_the_password_is_asked_again(ada: Ada, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.people.throttle.FREE", 100)
    pending = await ada.password()
    for _ in range(5):
        with pytest.raises(NotAllowed):
            await ada.enter("000000", pending)

    with pytest.raises(SignInOver):
        await ada.enter(ada.code(), pending)


async def test_half_a_sign_in_ends_with_the_password_it_was_made_with(ada: Ada) -> None:
    pending = await ada.password()
    await ada.engine.own_account.change_password(
        present=PASSWORD, new="some other words of mine", token="", actor=ada.actor
    )

    with pytest.raises(SignInOver):
        await ada.enter(ada.code(), pending)


async def test_half_a_sign_in_ends_where_the_user_is_disabled(ada: Ada) -> None:
    await ada.engine.accounts.create_user(email="eve@example.com", password=PASSWORD, role=Role.ADMIN)
    pending = await ada.password()
    await ada.engine.people.change(ada.actor.id, disabled=True, actor=SYSTEM)

    with pytest.raises(SignInOver):
        await ada.enter(ada.code(), pending)


async def test_nobody_is_half_way_in_without_the_password(ada: Ada) -> None:
    for pending in ("", "guessed"):
        with pytest.raises(SignInOver):
            await ada.engine.accounts.sign_in_with_code(pending, ada.code())


async def test_a_wrong_password_is_answered_as_that_of_a_stranger(ada: Ada, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same words, after as many hashes: nothing tells whether there is an account, or a second factor."""
    hashed: list[str] = []
    check = Passwords.check

    async def counted(self: Passwords, password: str, kept: str) -> tuple[bool, str | None]:
        hashed.append(kept)
        return await check(self, password, kept)

    monkeypatch.setattr(Passwords, "check", counted)
    await ada.engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM)
    told = set()
    for number, email in enumerate((EMAIL, "nobody@example.com", "mia@example.com")):
        with pytest.raises(NotAllowed) as caught:
            await ada.engine.accounts.sign_in(email=email, password="wrong wrong wrong", address=f"6.6.6.{number}")
        told.add((type(caught.value), str(caught.value)))

    assert len(told) == 1
    assert len(hashed) == 3


async def test_a_new_key_takes_the_secret_over(ada: Ada, tmp_path: Path) -> None:
    both = an_engine(tmp_path, ada.clock, "two", "one")
    await both.start()
    await both.stop()
    new = an_engine(tmp_path, ada.clock, "two")
    await new.start()
    try:
        assert await Ada(new, ada.clock, ada.actor, ada.phone.secret, ada.recovery).enter(ada.code())
    finally:
        await new.stop()


async def test_where_the_secret_was_forgotten_recovery_codes_sign_in(ada: Ada, tmp_path: Path) -> None:
    engine = an_engine(tmp_path, ada.clock, "another")
    assert await engine.forget_secrets() == 1
    other = Ada(engine, ada.clock, ada.actor, ada.phone.secret, ada.recovery)
    try:
        with pytest.raises(NotAllowed):
            await other.enter(other.code())
        assert await other.enter(ada.recovery[0])
        await engine.own_account.turn_off(proof=PASSWORD, actor=ada.actor)
    finally:
        await engine.close()


async def test_without_the_key_recovery_codes_still_sign_in(ada: Ada, tmp_path: Path) -> None:
    engine = an_engine(tmp_path, ada.clock, "another")
    await engine.open()
    other = Ada(engine, ada.clock, ada.actor, ada.phone.secret, ada.recovery)
    try:
        with pytest.raises(SecretLost):
            await other.enter(other.code())
        assert await other.enter(ada.recovery[0])
    finally:
        await engine.close()
