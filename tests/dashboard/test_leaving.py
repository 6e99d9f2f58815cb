"""A page whose session has ended goes to the door at once, and is told nothing more."""

from nicegui import ui
from nicegui.testing import User

from dashboard.components.feed.feed import ExecutionFeed
from dashboard.entrance.session import COOKIE
from engine import Engine
from tests.dashboard.test_pages import pages, signed_in
from tests.engine.conftest import eventually


async def test_an_open_page_leaves_when_its_session_is_ended_elsewhere(user: User, engine: Engine) -> None:
    pages(engine)

    @ui.page("/sign-in")
    def door() -> None:
        ui.label("Sign in again")

    await signed_in(user, engine)
    await user.open("/")
    (feed,) = user.find(ExecutionFeed).elements
    await engine.accounts.sign_out(user.http_client.cookies[COOKIE])

    await user.should_see("Sign in again")
    assert await eventually(lambda: feed.client.is_deleted)
    assert len(engine.sessions._changes._callbacks) == 0


async def test_another_session_of_the_same_user_stays(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    other = user.http_client.cookies[COOKIE]
    await signed_in(user, engine)
    await user.open("/")
    await engine.accounts.sign_out(other)

    await user.should_see(kind=ExecutionFeed)
