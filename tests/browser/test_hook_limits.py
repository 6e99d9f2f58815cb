"""Limits in a real browser, which knows its own time zone."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import signed_in
from tests.browser.test_main_job import api, new_hook
from tests.server import Server

pytestmark = pytest.mark.browser


async def test_hours_and_an_end_are_written_by_the_clock_of_the_viewer(server: Server, browser: Browser) -> None:
    hook = new_hook(server)
    page = await signed_in(browser, server, timezone_id="Asia/Tokyo")
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    form = page.get_by_role("dialog")
    await form.get_by_text("None: it runs whenever it fires.").click()

    await form.get_by_role("switch", name="Only in active hours").click()
    zone = form.get_by_role("combobox", name="Time zone")
    await expect(zone).to_have_value("Asia/Tokyo")
    await form.get_by_role("checkbox", name="Fri").uncheck()
    await form.get_by_label("From", exact=True).fill("08:30")
    await form.get_by_label("Expires").fill("2099-12-31T17:00")
    await expect(form.get_by_text("Only Mon–Thu, 08:30–17:00 (Asia/Tokyo)").first).to_be_visible()
    await zone.fill("Asia/Tokio")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_text("Did you mean Asia/Tokyo?")).to_be_visible()
    await expect(zone).to_be_focused()
    await zone.fill("Asia/Tokyo")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)

    limits = api(server, "GET", f"/hooks/{hook['id']}", server.key("admin")).json()["limits"]
    assert limits["expires_at"] == "2099-12-31T08:00:00Z"
    assert limits["hours"] == {
        "days": ["mon", "tue", "wed", "thu"],
        "opens": "08:30",
        "closes": "17:00",
        "zone": "Asia/Tokyo",
        "contact_zone": False,
    }
    await expect(page.get_by_role("img", name="Limits: Only Mon–Thu, 08:30–17:00 (Asia/Tokyo)")).to_be_visible()
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    await expect(form.get_by_label("Expires")).to_have_value("2099-12-31T17:00")
    await expect(form.get_by_role("checkbox", name="Fri")).not_to_be_checked()
