"""Single sign-on in Chromium: to the issuer and back, in, and out again."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.issuer import CLIENT_ID, CLIENT_SECRET, Issuer, running
from tests.server import Server

pytestmark = pytest.mark.browser

MIA = {"sub": "mia-1", "email": "mia@example.com", "email_verified": True, "groups": ["sales"]}


@pytest.fixture
def issuer() -> Generator[Issuer]:
    with running(Issuer(person=MIA)) as issuer:
        yield issuer


@pytest.fixture
def server(tmp_path: Path, issuer: Issuer) -> Generator[Server]:
    settings = {
        "OIDC_ISSUER": issuer.url,
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OIDC_ROLES": "sales=manager",
    }
    server = Server(tmp_path, settings).with_admin()
    settings["PUBLIC_URL"] = server.url
    server.settings |= settings
    yield server.start()
    server.stop()


async def test_there_back_in_and_out_again(server: Server, browser: Browser) -> None:
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{server.url}/executions")
    await page.get_by_role("link", name="Continue with 127.0.0.1").click()

    await expect(page).to_have_url(f"{server.url}/executions")
    await expect(page.get_by_role("link", name="Your account, mia@example.com")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_who_is_locked_out_gets_a_link_from_the_terminal(server: Server) -> None:
    printed = server.command("sign-in-link", "--email", "ada@example.com")

    assert printed.strip().splitlines()[-1].startswith(f"{server.url}/welcome#token=")
