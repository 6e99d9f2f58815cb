"""Running many again, and the bell, as a person meets them: against a receiver that fails, is slow, or is gone."""

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.chromium import signed_in
from tests.browser.test_accessible import found
from tests.browser.test_main_job import EVENT, api, new_hook
from tests.engine.conftest import Receiver
from tests.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    """Ask for it before the server, so that it outlives the calls to it."""
    receiver = Receiver()
    listener = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/in"
    yield receiver
    listener.close()


async def ran(server: Server, receiver: Receiver, count: int, status: int) -> None:
    """So many events, each answered with that status once."""

    def send() -> None:
        new_hook(server, actions=[{"url": receiver.url}], delivery={"retries": "none"})
        events = [{**EVENT, "id": f"evt_{number}"} for number in range(count)]
        assert api(server, "POST", "/events", server.key(), events).status_code == 202

    receiver.status = status
    await asyncio.to_thread(send)
    async with asyncio.timeout(20):
        while len(receiver.requests) < count:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)


async def dialog_of(page: Page) -> Locator:
    await page.get_by_role("button", name="Replay many…").click()
    dialog = page.get_by_role("dialog", name="Replay many")
    await expect(dialog).to_be_visible()
    return dialog


async def test_what_failed_is_looked_at_and_then_run_again(
    receiver: Receiver, server: Server, browser: Browser
) -> None:
    await ran(server, receiver, 6, 500)
    receiver.status = 200
    page = await signed_in(browser, server)
    await page.goto(f"{server.url}/executions?hook_id=1&status=failed")
    dialog = await dialog_of(page)
    await expect(dialog.get_by_label("What", exact=True)).to_have_value("failed")
    await expect(dialog.get_by_label("Hook", exact=True)).to_have_value("1")

    await dialog.get_by_role("button", name="Look").click()
    await expect(dialog).to_contain_text("6 would run. Nothing has been sent.")
    await expect(dialog.get_by_test_id("pair")).to_have_count(6)
    await expect(dialog.get_by_test_id("pair").first).to_contain_text("Call Ended")
    assert len(receiver.requests) == 6
    await dialog.get_by_role("button", name="Replay 6").click()

    await expect(dialog).to_be_hidden()
    end = page.get_by_test_id("replay-end")
    await expect(end).to_contain_text("Done: 6 run.")
    assert len(receiver.requests) == 12
    await page.get_by_label("Status", exact=True).select_option("succeeded")
    await expect(page.locator(".th-runs tbody tr")).to_have_count(6)
    await end.get_by_role("button", name="Dismiss").click()
    await expect(end).to_have_count(0)


async def test_the_dialog_says_what_is_wrong_and_bounds_by_the_time_of_the_viewer(
    receiver: Receiver, server: Server, browser: Browser
) -> None:
    await ran(server, receiver, 2, 500)
    page = await signed_in(browser, server, timezone_id="Asia/Tokyo")
    await page.goto(f"{server.url}/executions")
    dialog = await dialog_of(page)
    look = dialog.get_by_role("button", name="Look")

    await dialog.get_by_label("What", exact=True).select_option("skipped")
    await expect(dialog.get_by_label("Type", exact=True)).to_have_count(0)
    await look.click()
    hook = dialog.get_by_label("Hook", exact=True)
    await expect(hook).to_be_focused()
    await expect(hook).to_have_attribute("aria-invalid", "true")
    await expect(dialog).to_contain_text("Name the hook whose skipped events are to run.")

    await dialog.get_by_label("What", exact=True).select_option("failed")
    await dialog.get_by_label("From").fill("2025-01-02T00:00")
    await dialog.get_by_label("To optional").fill("2025-01-01T00:00")
    await look.click()
    await expect(dialog).to_contain_text("This is before “From”.")
    here = datetime.now(ZoneInfo("Asia/Tokyo"))
    await dialog.get_by_label("To optional").fill("")
    await dialog.get_by_label("From").fill(f"{here - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    await look.click()
    await expect(dialog).to_contain_text("2 would run.")
    await dialog.get_by_label("To optional").fill(f"{here - timedelta(minutes=30):%Y-%m-%dT%H:%M}")
    await expect(dialog.get_by_role("button", name="Replay 2")).to_have_count(0)
    await look.click()
    await expect(dialog).to_contain_text("0 would run. Nothing stored matches this.")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("button", name="Replay many…")).to_be_focused()


async def test_a_running_one_is_seen_in_every_view_and_stopped(
    receiver: Receiver, server: Server, browser: Browser
) -> None:
    await ran(server, receiver, 30, 200)
    receiver.delay = 1.0
    page = await signed_in(browser, server)
    await page.goto(f"{server.url}/executions?status=succeeded")
    other = await page.context.new_page()
    await other.goto(f"{server.url}/executions")
    await expect(other.get_by_role("heading", name="Executions")).to_be_visible()

    dialog = await dialog_of(page)
    await dialog.get_by_role("button", name="Look").click()
    await dialog.get_by_role("button", name="Replay 30").click()

    for view in (page, other):
        bar = view.get_by_role("progressbar")
        await expect(bar).to_have_attribute("aria-valuemax", "30")
        await expect(bar).to_have_attribute("aria-valuenow", re.compile("^(8|16)$"))
    await other.reload()
    card = other.get_by_test_id("replay")
    await expect(card).to_contain_text("Delivered executions of every hook, with the hook as it is now")
    await expect(card).to_contain_text("Begun by ada@example.com")
    await card.get_by_role("button", name="Stop").click()

    for view in (page, other):
        await expect(view.get_by_test_id("replay-end")).to_contain_text(re.compile(r"Stopped: (8|16|24) run of 30\."))
        await expect(view.get_by_role("progressbar")).to_have_count(0)


async def test_the_bell_rings_in_every_tab_and_leads_to_what_it_is_about(
    receiver: Receiver, server: Server, browser: Browser
) -> None:
    page = await signed_in(browser, server)
    other = await page.context.new_page()
    await other.goto(f"{server.url}/executions")
    for view in (page, other):
        await view.wait_for_function("window.did_handshake")
        await expect(view.get_by_role("button", name="Notices", exact=True)).to_be_visible()
    await ran(server, receiver, 1, 410)

    await expect(page.get_by_role("alert")).to_contain_text("“Lead Qualification” is switched off")
    for view in (page, other):
        await expect(view.get_by_test_id("unread")).to_have_text("1")
    await page.reload()
    await page.get_by_role("button", name="Notices, 1 unread").click()

    panel = page.get_by_role("dialog", name="Notices")
    await expect(panel.get_by_test_id("notice")).to_contain_text("answered 410")
    for view in (page, other):
        await expect(view.get_by_test_id("unread")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await page.reload()
    await page.get_by_role("button", name="Notices", exact=True).click()
    await panel.get_by_role("link").click()
    await expect(page).to_have_url(f"{server.url}/executions?hook_id=1")
    await expect(page.locator(".th-tools").get_by_label("Hook")).to_have_value("1")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
async def test_the_dialog_the_progress_and_the_bell_can_be_used_by_everybody(
    receiver: Receiver, server: Server, browser: Browser, scheme: str, width: int
) -> None:
    await ran(server, receiver, 10, 200)
    receiver.delay = 1.0
    page = await signed_in(browser, server, color_scheme=scheme, viewport={"width": width, "height": 900})
    await page.goto(f"{server.url}/executions")
    await page.get_by_role("button", name="Notices").click()
    await expect(page.get_by_role("dialog", name="Notices")).to_contain_text("Nothing to tell.")
    problems = {"no notices": await found(page)}
    await page.keyboard.press("Escape")

    dialog = await dialog_of(page)
    await dialog.get_by_label("What", exact=True).select_option("skipped")
    await dialog.get_by_role("button", name="Look").click()
    await expect(dialog).to_contain_text("Name the hook")
    problems["refused"] = await found(page)
    await dialog.get_by_label("What", exact=True).select_option("succeeded")
    await dialog.get_by_role("button", name="Look").click()
    await expect(dialog.get_by_test_id("pair")).to_have_count(10)
    problems["looked"] = await found(page)
    await dialog.get_by_role("button", name="Replay 10").click()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    problems["running"] = await found(page)
    await expect(page.get_by_test_id("replay-end")).to_contain_text("Done: 10 run.")
    problems["ended"] = await found(page)

    receiver.delay, receiver.status = 0.0, 410
    await asyncio.to_thread(api, server, "POST", "/events", server.key(), {**EVENT, "id": "evt_last"})
    await expect(page.get_by_role("alert")).to_contain_text("is switched off")
    await expect(page.locator(".q-notification--bottom-enter-active")).to_have_count(0)
    title = page.get_by_role("alert").get_by_text("is switched off")
    await expect(title).not_to_have_css("color", "rgb(255, 255, 255)")  # axe overlooks white on white
    problems["told"] = await found(page)
    await page.get_by_role("button", name="Notices, 1 unread").click()
    await expect(page.get_by_test_id("notice")).to_have_count(1)
    problems["notices"] = await found(page)

    assert {name: list_ for name, list_ in problems.items() if list_} == {}
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
