"""The people page, without a browser: for Admins alone, what it does, and what becomes of pages that are open."""

from collections.abc import Awaitable, Callable, Sized
from datetime import UTC, datetime

from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from dashboard.components.basics.choice import Choice
from dashboard.components.basics.select import Select
from dashboard.components.hook_table.table import HookTable
from dashboard.entrance.session import COOKIE
from dashboard.pages.account import account_page
from dashboard.pages.people import people_page
from engine import Actor, AuditQuery, Engine, Role, UserState
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD, USER
from tests.dashboard.test_pages import pages, signed_in
from tests.engine.conftest import eventually

STYLE = "/style.css"


async def opened(user: User, engine: Engine, who: Actor = ADMIN) -> str:
    """The token of the session."""
    people_page(engine, STYLE)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD)).token
    user.http_client.cookies.set(COOKIE, token)
    await user.open("/people")
    return token


async def state_of(engine: Engine, id: int) -> tuple[Role, UserState]:
    (found,) = [one for one in (await engine.people.page(actor=ADMIN)).items if one.id == id]
    return found.role, found.state


def role_of(user: User, who: Actor) -> UserInteraction[Select]:
    found = [one for one in user.find(kind=Select).elements if one.props["aria-label"] == f"Role of {who.name}"]
    return UserInteraction(user, set(found), None)


async def _are_two(found: Callable[[], Awaitable[Sized]]) -> bool:
    return len(await found()) == 2


async def actions(engine: Engine) -> list[str]:
    return [one.action for one in (await engine.audit.entries(actor=ADMIN)).items]


async def test_it_is_refused_to_all_others_and_told(user: User, engine: Engine) -> None:
    people_page(engine, STYLE)
    for who in (MANAGER, USER):
        token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD)).token
        user.http_client.cookies.set(COOKIE, token)
        answer = await user.http_client.get("/people")
        assert (answer.status_code, USER.name in answer.text) == (403, who is USER)

    async def told() -> set[tuple[str, str]]:
        entries = (await engine.audit.entries(AuditQuery(action="access.refused"), actor=ADMIN)).items
        return {(one.actor, one.subject) for one in entries}

    await eventually(lambda: _are_two(told))
    assert await told() == {(USER.name, "page /people"), (MANAGER.name, "page /people")}


async def test_only_admins_are_led_there(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine, MANAGER.name)
    await user.open("/")
    await user.should_not_see("People")

    await signed_in(user, engine)
    await user.open("/")
    await user.should_see("People")


async def test_it_lists_who_may_sign_in(user: User, engine: Engine) -> None:
    await opened(user, engine)

    for words in (ADMIN.name, MANAGER.name, USER.name, "you", "Never"):
        await user.should_see(words)
    assert role_of(user, MANAGER).elements.pop().value == "manager"
    await user.should_not_see(marker=f"disable-{ADMIN.id}")


async def test_somebody_is_invited_by_a_link_that_is_shown_once(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find("Invite").click()
    await user.should_see("Invite somebody")
    user.find("Make the link").click()
    await user.should_see("Enter an e-mail address such as")
    user.find(marker="email").type("eve@example.com")
    user.find(kind=Choice).trigger("change", "manager")
    user.find("Make the link").click()

    await user.should_see("eve@example.com is invited")
    await user.should_see("/welcome#token=")
    await user.open("/people")
    await user.should_see("Invited")
    await user.should_not_see("/welcome#token=")
    assert await state_of(engine, 4) == (Role.MANAGER, UserState.INVITED)


async def test_an_invitation_is_made_anew_and_withdrawn(user: User, engine: Engine) -> None:
    link = await engine.people.invite(email="eve@example.com", role=Role.USER, actor=ADMIN)
    await opened(user, engine)
    user.find(marker=f"invite-{link.user.id}").click()
    await user.should_see("A new link for eve@example.com")
    await user.open("/people")
    user.find(marker=f"withdraw-{link.user.id}").click()
    await user.should_see("Withdraw the invitation of eve@example.com?")
    user.find(kind=ui.button, content="Withdraw").click()

    await user.should_not_see("eve@example.com")
    assert len((await engine.people.page(actor=ADMIN)).items) == 3


async def test_a_role_is_changed(user: User, engine: Engine) -> None:
    await opened(user, engine)
    role_of(user, USER).trigger("change", "manager")
    await user.should_see(f"Make {USER.name} a Manager?")
    assert (await state_of(engine, USER.id))[0] is Role.USER
    user.find("Change the role").click()

    await user.should_see(f"{USER.name} is Manager now.")
    assert (await state_of(engine, USER.id))[0] is Role.MANAGER


async def test_a_role_that_is_none_of_a_person_changes_nothing(user: User, engine: Engine) -> None:
    await opened(user, engine)
    for odd in ("system", "boss", None, {"role": "admin"}):
        role_of(user, USER).trigger("change", odd)

    await user.should_see(USER.name)
    assert (await state_of(engine, USER.id))[0] is Role.USER


async def test_the_last_admin_keeps_the_role_and_the_page_says_why(user: User, engine: Engine) -> None:
    await opened(user, engine)
    role_of(user, ADMIN).trigger("change", "user")
    await user.should_see(f"Make {ADMIN.name} a User?")
    user.find("Change the role").click()

    await user.should_see("last active Admin")
    assert role_of(user, ADMIN).elements.pop().value == "admin"
    assert (await state_of(engine, ADMIN.id))[0] is Role.ADMIN


async def test_somebody_is_disabled_and_enabled(user: User, engine: Engine) -> None:
    theirs = (await engine.accounts.sign_in(email=MANAGER.name, password=PASSWORD)).token
    await opened(user, engine)
    user.find(marker=f"disable-{MANAGER.id}").click()
    await user.should_see(f"Disable {MANAGER.name}?")
    user.find(kind=ui.button, content="Disable").click()
    await user.should_see(marker=f"enable-{MANAGER.id}")
    assert await engine.accounts.actor_of(theirs) is None

    user.find(marker=f"enable-{MANAGER.id}").click()
    await user.should_see(marker=f"disable-{MANAGER.id}")
    assert await state_of(engine, MANAGER.id) == (Role.MANAGER, UserState.ACTIVE)


async def test_a_reset_gives_a_link(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find(marker=f"reset-{USER.id}").click()
    await user.should_see(f"Reset {USER.name}?")
    user.find("Make the link").click()

    await user.should_see(f"A new password for {USER.name}")
    await user.should_see("/welcome#token=")
    assert "user.reset" in await actions(engine)


async def test_who_is_demoted_while_the_page_is_open_changes_nothing_more(user: User, engine: Engine) -> None:
    """Whatever the page still shows: neither a change that is begun then, nor one that was begun before."""
    await engine.people.change(MANAGER.id, role=Role.ADMIN, actor=ADMIN)
    await opened(user, engine)
    role_of(user, USER).trigger("change", "admin")
    await user.should_see(f"Make {USER.name} an Admin?")
    await engine._store.change_user(ADMIN.id, role=Role.USER, disabled=None, at=datetime.now(UTC))

    user.find("Change the role").click()
    await user.should_see("may not do this")
    role_of(user, ADMIN).trigger("change", "manager")
    await user.should_not_see(f"Make {ADMIN.name} a Manager?")

    assert (await state_of(engine, USER.id))[0] is Role.USER
    assert (await state_of(engine, ADMIN.id))[0] is Role.USER


async def test_a_page_of_hooks_that_is_open_leaves_when_its_user_gets_another_role(user: User, engine: Engine) -> None:
    pages(engine)

    @ui.page("/sign-in")
    def door() -> None:
        ui.label("Sign in again")

    await signed_in(user, engine, MANAGER.name)
    await user.open("/")
    (table,) = user.find(kind=HookTable).elements
    assert table.props["canManage"] is True

    await engine.people.change(MANAGER.id, role=Role.USER, actor=ADMIN)

    await user.should_see("Sign in again")
    assert await eventually(lambda: table.client.is_deleted)


async def test_a_page_that_is_open_leaves_when_its_user_is_disabled(user: User, engine: Engine) -> None:
    pages(engine)

    @ui.page("/sign-in")
    def door() -> None:
        ui.label("Sign in again")

    await signed_in(user, engine, MANAGER.name)
    await user.open("/")
    (table,) = user.find(kind=HookTable).elements
    await engine.people.change(MANAGER.id, disabled=True, actor=ADMIN)

    await user.should_see("Sign in again")
    assert await eventually(lambda: table.client.is_deleted)


async def test_whoever_is_signed_out_meanwhile_goes_to_the_door(user: User, engine: Engine) -> None:
    token = await opened(user, engine)

    @ui.page("/sign-in")
    def door(ended: str) -> None:
        ui.label(f"ended: {ended}")

    await engine.accounts.sign_out(token)
    role_of(user, USER).trigger("change", "manager")
    await user.should_see("ended: 1")

    assert (await state_of(engine, USER.id))[0] is Role.USER


async def test_an_admin_ends_the_sessions_of_others_but_not_their_own(user: User, engine: Engine) -> None:
    theirs = (await engine.accounts.sign_in(email=MANAGER.name, password=PASSWORD)).token
    own = await opened(user, engine)
    await user.should_not_see(marker=f"sign-out-{ADMIN.id}")
    user.find(marker=f"sign-out-{MANAGER.id}").click()
    await user.should_see(f"Sign out {MANAGER.name}?")
    user.find(kind=ui.button, content="Sign out").click()
    await user.should_see(f"{MANAGER.name} is signed out.")

    assert await engine.accounts.actor_of(theirs) is None
    assert await engine.accounts.actor_of(own)


async def test_a_required_second_factor_leads_to_its_set_up_first(user: User, engine: Engine) -> None:
    pages(engine)
    account_page(engine, STYLE)
    await opened(user, engine)
    user.find(marker="requires-manager").trigger("change", True)
    user.find("Save").click()
    await user.should_see("required as you chose")
    await signed_in(user, engine, MANAGER.name)
    places = [await user.http_client.get(path) for path in ("/", "/executions", "/account")]
    forged = await user.http_client.get("/executions", headers={"host": "localhost/account?"})
    await user.open("/account")

    await user.should_see("Your role requires a second factor.")
    await user.should_not_see("Executions")
    assert [(one.status_code, one.headers.get("location")) for one in places] == [
        (303, "/account"),
        (303, "/account"),
        (200, None),
    ]
    assert (forged.status_code, forged.headers.get("location")) == (303, "/account")
