"""Security alerts: people learn what was done to their account and with their keys, and nobody else does."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from pyotp.totp import TOTP

from engine import SYSTEM, Actor, Engine, EngineSettings, Role
from engine.messages.mail import SmtpSettings
from storage.store import SqlStore

PASSWORD = "a few words of my own"
OTHER = "some other words of mine"
SMTP = SmtpSettings(host="127.0.0.1", port=9, sender="hooks@example.com", tls="none")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[Engine]:
    """With a mail server, that nothing is sent to: nothing runs in the background."""
    settings = EngineSettings(version="0", smtp=SMTP)
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), settings)
    await engine.open()
    for name, role in (("ada", Role.ADMIN), ("mia", Role.MANAGER)):
        await engine.accounts.create_user(email=f"{name}@example.com", password=PASSWORD, role=role)
    yield engine
    await engine.close()


async def enter(engine: Engine, name: str) -> tuple[str, Actor]:
    signed_in = await engine.accounts.sign_in(email=f"{name}@example.com", password=PASSWORD, address="10.0.0.1")
    return signed_in.token, signed_in.actor


async def seen(engine: Engine, actor: Actor) -> list[str]:
    """Their notices, oldest first."""
    return [one.title for one in reversed(await engine.notices.newest(actor=actor))]


async def test_what_an_admin_does_to_an_account_its_owner_sees_and_nobody_else(engine: Engine) -> None:
    _, ada = await enter(engine, "ada")
    _, mia = await enter(engine, "mia")
    await engine.people.change(mia.id, role=Role.USER, actor=ada)
    await engine.people.change(mia.id, role=Role.MANAGER, actor=ada)
    await engine.people.sign_out(mia.id, actor=ada)
    await engine.people.reset(mia.id, drop_second_factor=True, actor=ada)
    await engine.people.change(mia.id, disabled=True, actor=ada)
    await engine.people.change(mia.id, disabled=False, actor=ada)

    assert await seen(engine, mia) == [
        "Your role was changed from Manager to User",
        "Your role was changed from User to Manager",
        "You were signed out everywhere",
        "A link was created to set your password and turn off your second factor",
        "Your account was disabled",
        "Your account was enabled again",
    ]
    assert await seen(engine, ada) == []
    assert [await engine.notices.unread(who) for who in (ada, mia)] == [0, 6]
    assert (await engine.notices.newest(actor=mia))[0].text == "By ada@example.com, from 10.0.0.1."


async def test_what_changes_nothing_alerts_nobody(engine: Engine) -> None:
    _, mia = await enter(engine, "mia")
    await engine.people.change(mia.id, role=Role.MANAGER, disabled=False, actor=SYSTEM)

    assert await seen(engine, mia) == []


async def test_what_is_done_to_ones_own_account_may_have_been_somebody_else(engine: Engine) -> None:
    token, mia = await enter(engine, "mia")
    await engine.own_account.change_password(present=PASSWORD, new=OTHER, token=token, actor=mia)
    offer = engine.own_account.offer(actor=mia)
    code = TOTP(offer.secret).now()
    await engine.own_account.turn_on(offer=offer, code=code, present=OTHER, actor=mia)
    await engine.own_account.new_codes(proof=OTHER, actor=mia)
    await engine.own_account.turn_off(proof=OTHER, actor=mia)
    link = await engine.people.reset(mia.id, actor=SYSTEM)
    await engine.accounts.welcome(link.url.partition("token=")[2], PASSWORD, address="203.0.113.7")

    assert await seen(engine, mia) == [
        "Your password was changed",
        "Your second factor was turned on",
        "Your recovery codes were replaced",
        "Your second factor was turned off",
        "A link was created to set your password",
        "Your password was set by a link",
    ]
    assert (await engine.notices.newest(actor=mia))[0].text == "By mia@example.com, from 203.0.113.7."


async def test_the_owner_of_a_key_learns_what_becomes_of_it_and_of_its_children(engine: Engine) -> None:
    _, ada = await enter(engine, "ada")
    parent, plain = await engine.keys.create({"name": "CI", "role": "admin"}, actor=ada)
    acting = await engine.keys.actor_of(plain, "10.0.0.2")
    child, _ = await engine.keys.create({"name": "mia@example.com", "role": "agent"}, actor=acting)
    await engine.keys.change(child.id, {"rate": 60}, actor=SYSTEM)
    await engine.keys.change(child.id, {"rate": 60}, actor=SYSTEM)
    rolled, _ = await engine.keys.roll(child.id, timedelta(0), actor=acting)
    await engine.keys.revoke(rolled.id, actor=acting)
    await engine.keys.revoke(parent.id, actor=ada)

    assert await seen(engine, ada) == [
        "Your API key “CI” (Admin) was created",
        "Your API key “mia@example.com” (Agent) was created",
        "Your API key “mia@example.com” (Agent) was changed",
        "Your API key “mia@example.com” (Agent) was rotated",
        "Your API key “mia@example.com” (Agent) was revoked",
        "Your API key “CI” (Admin) was revoked",
    ]
    told = await engine.notices.newest(actor=ada)
    assert told[1].text == "By the API key “CI”, from 10.0.0.2."
    assert await seen(engine, (await enter(engine, "mia"))[1]) == []


async def test_a_key_with_the_same_number_as_a_person_does_not_see_what_is_theirs(engine: Engine) -> None:
    _, ada = await enter(engine, "ada")
    key, plain = await engine.keys.create({"name": "CI", "role": "admin"}, actor=ada)
    acting = await engine.keys.actor_of(plain, "")

    assert (key.id, ada.id) == (1, 1)
    assert await seen(engine, acting) == []


async def test_alerts_are_mailed_where_there_is_a_mail_server(engine: Engine) -> None:
    mia = (await enter(engine, "mia"))[1]
    await engine.people.change(mia.id, role=Role.USER, actor=SYSTEM)

    assert await engine.mail_waiting() == 1


async def test_an_address_that_cannot_be_written_to_gets_no_mail(engine: Engine) -> None:
    user = await engine.accounts.create_user(email="zoë@example.com", password=PASSWORD, role=Role.USER)
    await engine.people.change(user.id, role=Role.MANAGER, actor=SYSTEM)

    assert await engine.mail_waiting() == 0
