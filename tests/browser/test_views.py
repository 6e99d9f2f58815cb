"""What only a browser shows of the views: while events come in, after a time away, on every width, and by keys."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.chromium import signed_in
from tests.browser.test_main_job import EVENT, api, new_hook
from tests.server import Server

pytestmark = pytest.mark.browser


async def test_what_one_types_into_the_search_stays_while_events_come_in(server: Server, browser: Browser) -> None:
    new_hook(server)
    key = server.key()
    page = await signed_in(browser, server)
    await expect(page.get_by_text("No runs yet")).to_be_visible()

    async def send() -> None:
        for _ in range(16):
            await asyncio.to_thread(api, server, "POST", "/events", key, EVENT)
            await asyncio.sleep(0.2)

    sending = asyncio.ensure_future(send())
    search = page.get_by_role("searchbox", name="Search hooks")
    await search.press_sequentially("lead qualification", delay=150)
    await sending

    await expect(search).to_have_value("lead qualification")
    await expect(page.get_by_test_id("hook-row")).to_have_count(1)


async def test_a_short_time_away_takes_no_row_off_the_feed(server: Server, browser: Browser) -> None:
    """The rows are of an earlier process, which the one that runs now has but stored."""
    new_hook(server)
    key = server.key()
    for number in range(3):
        api(server, "POST", "/events", key, {**EVENT, "id": f"evt_{number}"})
    server.stop()
    server.start()
    page = await signed_in(browser, server)
    await expect(page.get_by_test_id("feed-row")).to_have_count(3)
    await page.wait_for_function("window.did_handshake")

    await page.context.set_offline(True)
    api(server, "POST", "/events", key, {**EVENT, "id": "evt_away"})
    await expect(page.get_by_text("Reconnecting")).to_be_visible()
    await page.context.set_offline(False)

    await expect(page.get_by_test_id("feed-row")).to_have_count(4, timeout=20_000)


async def test_a_page_comes_back_if_the_server_is_gone_again_right_after_a_restart(
    server: Server, browser: Browser
) -> None:
    page = await signed_in(browser, server)
    await page.wait_for_function("window.did_handshake")
    await page.evaluate("window.isOld = true")
    gone, seen = True, list[str]()
    page.on("framenavigated", lambda frame: seen.append(frame.url))

    async def answer(route: Route) -> None:
        nonlocal gone
        is_gone, gone = gone, False
        await (route.abort("connectionrefused") if is_gone else route.fallback())

    server.stop()
    await page.route(re.compile("/(healthz)?$"), answer)
    server.start()

    await page.wait_for_function("!window.isOld && window.did_handshake", timeout=20_000)
    await expect(page.get_by_text("No runs yet")).to_be_visible()
    assert set(seen) == {f"{server.url}/"}, "the browser had no page of its own to show"


async def test_nothing_is_cut_off_or_scrolls_sideways_on_any_width(server: Server, browser: Browser) -> None:
    new_hook(server, title="Hot lead to sales channel", type="crm_integration", trigger="appointment.scheduled")
    page = await signed_in(browser, server)
    measured = {}
    for width in (1440, 1366, 1280, 1181, 1180, 1024, 821, 820, 390, 320):
        await page.set_viewport_size({"width": width, "height": 800})
        measured[width] = await page.evaluate(
            """() => {
              const [card, table, title] =
                [".th-hooks", ".th-table", "td.is-title"].map((one) => document.querySelector(one));
              return {
                sideways: document.documentElement.scrollWidth - innerWidth,
                cut: table.scrollWidth - card.clientWidth,
                title: title.clientWidth,
              };
            }"""
        )

    bad = {w: m for w, m in measured.items() if m["sideways"] > 0 or m["cut"] > 0 or m["title"] < 100}
    assert bad == {}


async def test_no_page_scrolls_sideways_on_a_phone(server: Server, browser: Browser) -> None:
    new_hook(server, title="Hot lead to sales channel", condition="")
    api(server, "POST", "/events", server.key(), EVENT | {"id": "evt_one"})
    page = await signed_in(browser, server, viewport={"width": 390, "height": 844})
    await page.get_by_test_id("feed-row").click()
    await expect(page.get_by_role("heading", name="Attempts")).to_be_visible()
    sideways = {}
    for path in (None, "/", "/events", "/events/evt_one", "/executions", "/settings"):
        if path:
            await page.goto(server.url + path)
            await page.wait_for_function("window.did_handshake")
        sideways[path] = await page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert {path: by for path, by in sideways.items() if by > 0} == {}


async def test_keys_of_one_letter_wait_behind_a_dialog_and_can_be_switched_off(
    server: Server, browser: Browser
) -> None:
    page = await signed_in(browser, server)
    await expect(page.get_by_text("No runs yet")).to_be_visible()
    form, help = page.locator(".th-panel"), page.get_by_role("dialog", name="Keyboard")
    await page.keyboard.press("?")
    await expect(help).to_be_visible()
    await page.keyboard.press("n")
    await help.get_by_label("Use the keys of one letter").uncheck()
    await help.get_by_role("button", name="Close").click()
    await page.keyboard.press("n")
    await page.wait_for_timeout(500)
    await expect(form).to_have_count(0)

    await page.get_by_role("button", name="Keyboard shortcuts").click()
    await help.get_by_label("Use the keys of one letter").check()
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")

    await expect(form).to_be_visible()


async def test_dark_is_dark_from_the_first_frame_and_in_the_browsers_own_controls(
    server: Server, browser: Browser
) -> None:
    page = await signed_in(browser, server, color_scheme="light")
    scheme = "document.documentElement.style.colorScheme"
    await page.evaluate("localStorage.setItem('theme', 'light')")
    await page.reload()
    await page.get_by_role("button", name="Colours: light").click()
    await expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    assert await page.evaluate(scheme) == "dark"

    await page.add_init_script(
        """window.frames_seen = new Set();
        const look = () => {
          if (document.body) frames_seen.add(document.body.classList.contains("body--dark"));
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);"""
    )
    await page.reload()
    await expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()

    assert await page.evaluate("[...frames_seen]") == [True]
