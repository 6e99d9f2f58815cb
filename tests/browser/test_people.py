"""People in Chromium: an invitation, the second factor by its picture, a sign-in in two steps, and a role that changes
while a page is open."""

import asyncio

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect
from pyotp.totp import TOTP

from dashboard.frame.page import PARTING_SECONDS
from tests.browser.chromium import signed_in
from tests.server import PASSWORD, Server

pytestmark = pytest.mark.browser

MIA = "mia@example.com"


async def another(browser: Browser) -> Page:
    """A browser of somebody else."""
    return await (await browser.new_context()).new_page()


async def invite(page: Page, server: Server, email: str) -> str:
    """The link."""
    await page.goto(f"{server.url}/people")
    await page.get_by_role("button", name="Invite").click()
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_role("button", name="Make the link").click()
    link = page.get_by_text("/welcome#token=")
    await expect(link).to_be_visible()
    address = await link.inner_text()
    await page.get_by_role("button", name="Done").click()
    await expect(link).to_have_count(0)
    return address


async def come(page: Page, link: str, server: Server) -> None:
    await page.goto(link)
    await expect(page.get_by_label("E-mail")).to_have_value(MIA)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Set the password and open").click()
    await expect(page).to_have_url(f"{server.url}/")


async def test_who_is_invited_comes_and_a_role_changes_under_an_open_page(server: Server, browser: Browser) -> None:
    ada, mia = await signed_in(browser, server), await another(browser)
    link = await invite(ada, server, MIA)
    await come(mia, link, server)
    await expect(mia.get_by_role("button", name="Add New Hook")).to_have_count(0)
    await expect(mia.get_by_role("link", name="People")).to_have_count(0)

    await ada.get_by_label(f"Role of {MIA}").select_option("manager")
    await ada.get_by_role("button", name="Change the role").click()
    await expect(ada.get_by_text(f"{MIA} is Manager now.")).to_be_visible()  # the list is as it stays
    await expect(mia.get_by_role("heading", name="Sign in")).to_be_visible()
    await mia.get_by_label("E-mail").fill(MIA)
    await mia.get_by_label("Password").fill(PASSWORD)
    await mia.get_by_role("button", name="Sign in").click()
    await expect(mia.get_by_role("button", name="Add New Hook")).to_be_visible()
    await expect(ada.get_by_label(f"Role of {MIA}")).to_have_value("manager")

    await ada.get_by_role("button", name=f"Disable: {MIA}").click()
    await ada.get_by_role("button", name="Disable", exact=True).click()
    await expect(mia.get_by_role("heading", name="Sign in")).to_be_visible()
    again = await another(browser)
    await again.goto(link)
    await expect(again.get_by_role("heading", name="This link has ended")).to_be_visible()


async def test_a_role_that_changes_while_a_page_loads_is_seen(server: Server, browser: Browser) -> None:
    """As found: a page that was not connected yet at that moment stayed as it was for a minute."""
    ada, mia = await signed_in(browser, server), await another(browser)
    await come(mia, await invite(ada, server, MIA), server)
    changed = asyncio.Event()

    async def once_changed(route: Route) -> None:
        await changed.wait()
        await route.continue_()

    await mia.route("**/*.js", once_changed)
    await mia.goto(server.url, wait_until="commit")
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {server.key('admin')}"}) as api:
        users = (await api.get(f"{server.url}/api/v1/users")).json()["items"]
        [id] = [one["id"] for one in users if one["email"] == MIA]
        answer = await api.patch(f"{server.url}/api/v1/users/{id}", json={"role": "manager"})
        assert answer.status_code == 200, answer.text
    await asyncio.sleep(2 * PARTING_SECONDS)
    changed.set()

    await expect(mia.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_the_second_factor_from_the_picture_to_a_sign_in_in_two_steps(server: Server, browser: Browser) -> None:
    page = await signed_in(browser, server)
    await page.goto(f"{server.url}/account")
    await page.get_by_role("button", name="Set it up").click()
    picture = page.get_by_role("img", name="The picture to scan")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.naturalWidth") > 100  # the policy lets it be shown
    secret = (await page.locator(".th-key").inner_text()).replace(" ", "")
    await page.get_by_label("Code").fill(TOTP(secret).now())
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Turn it on").click()
    codes = page.locator(".th-once code")
    await expect(codes).to_have_count(10)
    code = await codes.first.inner_text()
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("button", name="Sign out").click()

    await page.get_by_label("E-mail").fill("ada@example.com")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("Code").fill("000000")
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    await page.get_by_label("Code").fill(code)
    await page.get_by_role("button", name="Go on").click()

    await expect(page).to_have_url(f"{server.url}/")
