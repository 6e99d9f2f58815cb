"""A hook that is being written outlives the server, the connection and the page, in a real browser."""

from contextlib import suppress

import pytest
from playwright.async_api import Browser, Error, expect

from tests.browser.chromium import signed_in
from tests.browser.test_main_job import new_hook
from tests.server import Server

pytestmark = pytest.mark.browser
KEPT = "Object.entries(localStorage).filter(([name]) => name.startsWith('th-draft:'))"
NOTHING = f"() => {KEPT}.length === 0"
TITLE = f"(title) => {KEPT}.some(([, kept]) => JSON.parse(kept).raw?.title === title)"


async def test_a_form_outlives_a_restart_and_what_is_typed_meanwhile(server: Server, browser: Browser) -> None:
    new_hook(server)
    page = await signed_in(browser, server)
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    await page.get_by_label("Title").fill("Leads of today")
    await expect(page.locator(".th-sentence")).to_be_visible()
    await page.wait_for_function(TITLE, arg="Leads of today")
    server.stop()
    await page.get_by_label("Description").fill("Written while nobody listened")
    server.start()
    with suppress(Error):  # a page that finds its server again reloads itself, which may cut this short
        await page.goto(server.url)
    await page.goto(server.url)
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    notice = page.get_by_text("You have unsaved changes from")
    await expect(notice).to_be_visible()
    await page.get_by_role("button", name="Restore").click()

    await expect(page.get_by_label("Title")).to_have_value("Leads of today")
    await expect(page.get_by_label("Description")).to_have_value("Written while nobody listened")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("button", name="Edit Leads of today")).to_be_visible()
    await page.wait_for_function(NOTHING)


async def test_it_is_discarded_and_gone_with_whoever_signs_out(server: Server, browser: Browser) -> None:
    new_hook(server)
    page = await signed_in(browser, server)
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    await page.get_by_label("Title").fill("Never saved")
    await page.wait_for_function(TITLE, arg="Never saved")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(server.url)
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    await page.get_by_role("button", name="Discard").click()
    await expect(page.get_by_text("You have unsaved changes")).to_be_hidden()
    await expect(page.get_by_label("Title")).to_have_value("Lead Qualification")
    await page.wait_for_function(NOTHING)

    await page.get_by_label("Title").fill("Left open")
    await page.wait_for_function(TITLE, arg="Left open")
    await page.goto(server.url)
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-in**")
    await page.wait_for_function(NOTHING)
