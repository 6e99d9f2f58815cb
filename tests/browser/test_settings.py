"""What only a browser can say of Settings and of the form's Delivery: the keyboard, the focus, and who sees it."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import signed_in
from tests.browser.test_main_job import new_hook
from tests.server import Server

pytestmark = pytest.mark.browser


async def test_delivery_unfolds_by_key_and_where_a_problem_lies(server: Server, browser: Browser) -> None:
    new_hook(server)
    page = await signed_in(browser, server)
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    timeout = page.get_by_label("Timeout")
    summary = page.locator("summary", has=page.get_by_role("heading", name="Delivery"))
    await expect(summary).to_contain_text("As its lane: ten attempts over three days, 15 s a call")
    await expect(timeout).to_be_hidden()

    await summary.focus()
    await page.keyboard.press("Enter")
    await timeout.fill("90")
    await summary.click()
    await expect(timeout).to_be_hidden()
    await page.keyboard.press("Control+s")

    await expect(timeout).to_be_focused()
    await expect(page.get_by_text("From 1 to 30 seconds.")).to_be_visible()


async def test_a_lane_changed_by_an_admin_is_the_lane_of_its_hooks(server: Server, browser: Browser) -> None:
    new_hook(server, type="analytics")
    page = await signed_in(browser, server)
    await page.wait_for_function("window.did_handshake")
    await page.keyboard.press("g")
    await page.keyboard.press("s")
    await page.wait_for_url(f"{server.url}/settings")
    await page.wait_for_function("window.did_handshake")

    lane = page.get_by_role("group", name="Analytics")
    await lane.get_by_label("Timeout").fill("4")
    await lane.get_by_label("Retries").click()
    await lane.get_by_role("option", name="Five attempts").click()
    await expect(lane).to_contain_text("Not saved")
    await page.get_by_role("button", name="Save").first.click()
    await expect(lane).to_contain_text("Changed")
    await expect(lane.get_by_label("Timeout")).to_have_value("4 s")

    await page.get_by_role("link", name="Hooks").last.click()
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    await expect(page.get_by_role("dialog")).to_contain_text(
        "As its lane: five attempts within three minutes, 4 s a call"
    )
