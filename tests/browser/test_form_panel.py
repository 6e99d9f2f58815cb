"""Beside the form, in a real browser: what the hook would have done, as one types."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import signed_in
from tests.browser.test_main_job import api, new_hook
from tests.server import Server

pytestmark = pytest.mark.browser


async def test_it_follows_the_typing_and_mends_a_name(server: Server, browser: Browser) -> None:
    new_hook(server, condition="call_duration > 60")
    events = [
        {"type": "call.ended", "data": {"call_duration": n, "sentiment": "positive", "first_name": f"Zoë {n}"}}
        for n in range(41, 81)
    ]
    api(server, "POST", "/events", server.key(), events)
    page = await signed_in(browser, server)
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    panel = page.get_by_role("complementary", name="What it would have done")
    await expect(panel).to_contain_text("Would fire for 20 of the last 40 Call Ended events.")

    condition = page.get_by_label("Conditions")
    await condition.fill("call_duration > 50")
    await expect(panel).to_contain_text("Would fire for 30 of the last 40")
    await expect(panel).to_contain_text("+10")

    link = panel.get_by_role("link", name="Open the event Zoë 60 in a new tab")
    await expect(link).to_have_attribute("target", "_blank")
    async with page.context.expect_page() as opened:
        await link.click()
    await expect((await opened.value).locator("body")).to_contain_text("Zoë 60")

    await panel.get_by_role("button", name="Zoë 60").click()
    why = page.get_by_role("dialog", name="Why")
    await expect(why).to_contain_text("Would fire")
    await expect(why.get_by_role("link", name="Its page")).to_have_attribute("target", "_blank")
    await why.get_by_role("button", name="Close").click()

    await condition.fill('call_duration > 50 and sentimant == "positive"')
    await panel.get_by_role("button", name="Use sentiment").click()
    await expect(condition).to_have_value('call_duration > 50 and sentiment == "positive"')
    await expect(panel).to_contain_text("Would fire for 30 of the last 40")

    await condition.fill("call_duration >")
    await expect(panel).to_contain_text("Conditions: Column")
    await expect(panel).to_contain_text("would fire")

    await page.set_viewport_size({"width": 390, "height": 844})
    await panel.get_by_text("What it would have done").click()
    await expect(panel.get_by_text("Held against the last")).to_be_hidden()
    await expect(panel.get_by_text("Conditions: Column")).to_be_visible()
    await condition.fill('call_duration > 50 and sentimant == "positive"')
    await expect(panel.get_by_text("1 thing is worth a second look.")).to_be_visible()
