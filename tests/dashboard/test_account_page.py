"""One's own account, without a browser: the password, the second factor from the picture to the codes, the sessions."""

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction
from pyotp.totp import TOTP

from dashboard.components.basics.text import Text
from dashboard.entrance.session import COOKIE
from dashboard.pages.account import account_page
from engine import Actor, Engine, NotAllowed
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD, USER

STYLE = "/style.css"
OTHER = "some other words of mine"


async def opened(user: User, engine: Engine, who: Actor = ADMIN) -> str:
    """The token of the session."""
    account_page(engine, STYLE)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD, device="curl/8.0")).token
    user.http_client.cookies.set(COOKIE, token)
    await user.open("/account")
    return token


def write(user: User, field: str, text: str) -> None:
    user.find(marker=field).clear().type(text)


async def test_no_page_without_a_session(user: User, engine: Engine) -> None:
    account_page(engine, STYLE)

    answer = await user.http_client.get("/account")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Faccount")


@pytest.mark.parametrize("who", [ADMIN, MANAGER, USER])
async def test_everybody_has_one(user: User, engine: Engine, who: Actor) -> None:
    await opened(user, engine, who)

    await user.should_see(who.name)
    await user.should_see("It is off.")
    await user.should_see("This one")
    await user.should_not_see("End all others")


async def test_the_password_is_changed_and_the_fields_are_emptied(user: User, engine: Engine) -> None:
    other = (await engine.accounts.sign_in(email=ADMIN.name, password=PASSWORD)).token
    token = await opened(user, engine)
    write(user, "present", "wrong")
    write(user, "password", OTHER)
    user.find("Change the password").click()
    await user.should_see("That is not your password.")
    write(user, "present", PASSWORD)
    user.find("Change the password").click()

    await user.should_see("Your password is changed.")
    await user.should_not_see("That is not your password.")
    assert await engine.accounts.actor_of(token)
    assert await engine.accounts.actor_of(other) is None
    assert [one.value for one in user.find(kind=ui.input, marker="password").elements] == [""]
    with pytest.raises(NotAllowed):
        await engine.accounts.sign_in(email=ADMIN.name, password=PASSWORD)


async def set_up(user: User) -> None:
    """The second factor, in the dialog, at the second try."""
    user.find("Set it up").click()
    await user.should_see("Set up the second factor")
    (image,) = [one for one in user.find(kind=ui.element).elements if "th-qr" in one.classes]
    assert image.props["src"].startswith("data:image/svg+xml")
    (key,) = [one for one in user.find(kind=Text).elements if "th-key" in one.classes]
    code, present = (user.find(kind=ui.input, marker=name).elements for name in ("code", "present"))
    code.pop().value = "000000"
    max(present, key=lambda one: one.id).value = PASSWORD
    user.find("Turn it on").click()
    await user.should_see("This is not the code of now.")
    user.find(kind=ui.input, marker="code").elements.pop().value = TOTP(key.text.replace(" ", "")).now()
    user.find("Turn it on").click()
    await user.should_see("Your recovery codes")


async def test_the_second_factor_from_the_picture_to_the_codes_and_off_again(user: User, engine: Engine) -> None:
    await opened(user, engine)
    await set_up(user)

    await user.should_see("10 of 10 recovery codes are left.")
    assert (await engine.own_account.user(actor=ADMIN)).second_factor

    await user.open("/account")
    await user.should_not_see("Your recovery codes")
    user.find("Turn it off").click()
    await user.should_see("Turn off the second factor?")
    write(user, "proof", PASSWORD)
    UserInteraction(user, {max(user.find("Turn it off").elements, key=lambda one: one.id)}, None).click()
    await user.should_see("The second factor is off.")
    assert not (await engine.own_account.user(actor=ADMIN)).second_factor


async def test_whose_role_requires_a_second_factor_is_led_on_once_it_is_on(user: User, engine: Engine) -> None:
    """By a link, not by itself: the page shows the recovery codes, only this once."""
    await engine.people.require_second_factor([MANAGER.role], actor=ADMIN)
    token = await opened(user, engine, MANAGER)
    await user.should_see("Your role requires a second factor.")
    await user.should_not_see("Continue")
    await set_up(user)
    engine.sessions.changed(MANAGER.id)

    await user.should_see("Continue")
    await user.should_see("Your recovery codes")
    assert not (await engine.accounts.actor_of(token) or MANAGER).lacks_second_factor


async def test_sessions_are_listed_and_ended(user: User, engine: Engine) -> None:
    there = (await engine.accounts.sign_in(email=ADMIN.name, password=PASSWORD, address="10.0.0.9")).token
    third = (await engine.accounts.sign_in(email=ADMIN.name, password=PASSWORD)).token
    token = await opened(user, engine)
    await user.should_see("10.0.0.9")
    await user.should_see("curl")

    user.find(marker=f"end-{engine.own_account.session_id(there)}").click()
    await user.should_not_see("10.0.0.9")
    assert await engine.accounts.actor_of(there) is None
    assert await engine.accounts.actor_of(third)
    user.find(marker="end-others").click()
    await user.should_not_see("End all others")

    assert await engine.accounts.actor_of(third) is None
    assert await engine.accounts.actor_of(token)


async def test_whoever_is_signed_out_meanwhile_goes_to_the_door(user: User, engine: Engine) -> None:
    other = (await engine.accounts.sign_in(email=ADMIN.name, password=PASSWORD)).token
    token = await opened(user, engine)

    @ui.page("/sign-in")
    def door(ended: str) -> None:
        ui.label(f"ended: {ended}")

    await engine.accounts.sign_out(token)
    user.find(marker="end-others").click()
    await user.should_see("ended: 1")

    assert await engine.accounts.actor_of(other)
