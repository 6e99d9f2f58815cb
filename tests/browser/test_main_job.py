"""The main job as a user does it, in Chromium: an event comes in, a hook fires, every open view sees it."""

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import signed_in
from tests.server import ADMIN, PASSWORD, Server

pytestmark = pytest.mark.browser


async def set_up(browser: Browser, server: Server) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.goto(server.url)
    await expect(page).to_have_url(f"{server.url}/setup")
    await page.get_by_label("E-mail").fill(ADMIN)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create and open").click()
    await expect(page).to_have_url(f"{server.url}/")
    return page


async def choose_event(page: Page, label: str) -> None:
    form = page.get_by_role("dialog")
    await form.get_by_role("combobox", name="Trigger When").click()
    await form.get_by_role("combobox", name="Trigger When").fill(label)
    await form.get_by_role("option", name=label).first.click()


async def make_hook(page: Page, title: str, condition: str, url: str) -> None:
    """Through the form, as a person does."""
    await page.get_by_role("button", name="Add New Hook").click()
    await page.get_by_label("Title", exact=True).fill(title)
    await choose_event(page, "Call Ended")
    await page.get_by_label("Conditions").fill(condition)
    await page.get_by_label("Hook URL").fill(url)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


def api(server: Server, method: str, path: str, key: str, body: object = None) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"}
    return httpx.request(method, f"{server.url}/api/v1{path}", json=body, headers=headers)


def new_hook(server: Server, **changes: object) -> dict:
    body = {
        "title": "Lead Qualification",
        "trigger": "call.ended",
        "condition": "call_duration > 60",
        "actions": [{"url": "https://internal.ai-sync.com/echo"}],
        **changes,
    }
    answer = api(server, "POST", "/hooks", server.key("admin"), body)
    assert answer.status_code == 201, answer.text
    return answer.json()


EVENT = {"type": "call.ended", "data": {"call_duration": 187, "sentiment": "positive", "first_name": "Zoë"}}


async def test_the_first_five_minutes(fresh_server: Server, browser: Browser) -> None:
    """The administrator, the example, the line that is shown; the hook fires, in two views, and after a reload."""
    page = await set_up(browser, fresh_server)
    await page.get_by_role("button", name=re.compile("Start from the example")).click()
    await expect(page.get_by_label("Title", exact=True)).to_have_value("Lead Qualification")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_test_id("hook-row")).to_have_count(1)
    other = await page.context.new_page()
    await other.goto(fresh_server.url)
    await expect(other.get_by_text("No runs yet")).to_be_visible()

    line = await page.get_by_label("Command that sends an event").inner_text()
    answer = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=20, check=True)

    assert json.loads(answer.stdout)["events"][0]["status"] == "accepted"
    for view in (page, other):
        row = view.get_by_test_id("feed-row")
        await expect(row).to_have_count(1)
        await expect(row).to_contain_text("Lead Qualification")
        await expect(row).to_contain_text("Delivered")
    await page.reload()
    await expect(page.get_by_test_id("feed-row")).to_have_count(1)
    await expect(page.get_by_test_id("hook-row").locator(".is-hits")).to_contain_text("1")


async def test_a_hook_through_the_form_then_edit_duplicate_test_delete(server: Server, browser: Browser) -> None:
    page = await signed_in(browser, server)
    await make_hook(page, "Long calls", "call_duration > 60", "https://internal.ai-sync.com/echo")
    rows = page.get_by_test_id("hook-row")
    await expect(rows).to_have_count(1)

    await page.get_by_role("button", name="Edit Long calls").first.click()
    await page.get_by_label("Title", exact=True).fill("Very long calls")
    await page.get_by_label("Conditions").fill("call_duration > 600")
    await page.get_by_role("button", name="Save").click()
    await expect(rows.first).to_contain_text("Very long calls")
    await expect(rows.first).to_contain_text("call_duration is greater than 600")

    await page.get_by_role("button", name="Duplicate Very long calls").click()
    await expect(page.get_by_label("Title", exact=True)).to_have_value("Very long calls (copy)")
    await page.get_by_role("button", name="Cancel").click()
    await expect(rows).to_have_count(2)
    await expect(page.get_by_role("switch", name="Enabled: Very long calls (copy)")).not_to_be_checked()

    await page.get_by_role("button", name="Test Very long calls", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Dry run").click()
    await expect(dialog).to_contain_text("Would not fire")
    await expect(dialog).to_contain_text("> 600")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)

    await page.get_by_role("button", name="Delete Very long calls (copy)").click()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await expect(rows).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()
    await expect(rows).to_have_count(2)


async def test_a_sent_test_shows_the_response_and_is_marked(server: Server, browser: Browser) -> None:
    new_hook(server)
    page = await signed_in(browser, server)
    await page.get_by_role("button", name="Test Lead Qualification").click()
    dialog = page.get_by_role("dialog")

    await dialog.get_by_role("button", name="Send").click()

    await expect(dialog).to_contain_text("200")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("feed-row")).to_contain_text("Test")
    await expect(page.get_by_test_id("hook-row").locator(".is-hits")).to_contain_text("0")


async def test_wrong_input_is_told_beside_its_field_and_nothing_is_lost(server: Server, browser: Browser) -> None:
    page = await signed_in(browser, server)
    await page.get_by_role("button", name="Add New Hook").click()
    await page.get_by_label("Description").fill("kept")
    await page.get_by_label("Conditions").fill("call_duration >")
    await page.get_by_label("Hook URL").fill("ftp://example.com")
    await page.get_by_role("button", name="Save").click()
    form = page.get_by_role("dialog")

    await expect(form).to_contain_text("Give the hook a title.")
    await expect(form).to_contain_text("Choose the event that starts this hook.")
    await expect(form).to_contain_text("An address starts with https:// or http://.")
    await expect(page.get_by_label("Description")).to_have_value("kept")
    await expect(page.get_by_label("Title", exact=True)).to_be_focused()
    assert api(server, "GET", "/hooks", server.key("user")).json()["items"] == []


async def test_an_execution_opens_with_its_reasons(server: Server, browser: Browser) -> None:
    new_hook(server, condition='call_duration > 60 and sentiment == "positive"')
    page = await signed_in(browser, server)
    await expect(page.get_by_text("No runs yet")).to_be_visible()
    api(server, "POST", "/events", server.key(), EVENT)

    await page.get_by_test_id("feed-row").click()

    await expect(page.get_by_role("heading", name="Lead Qualification")).to_be_visible()
    main = page.get_by_role("main")
    await expect(main).to_contain_text("187 > 60")
    await expect(main).to_contain_text("webhook-id")
    await expect(main).to_contain_text("200")
    await page.reload()
    await expect(main).to_contain_text("187 > 60")


async def test_a_failed_call_is_seen_waiting_and_is_replayed_by_hand(server: Server, browser: Browser) -> None:
    """Its page follows it by itself; the replay calls the address that was mended meanwhile."""
    made = new_hook(server, actions=[{"url": "http://127.0.0.1:9/nobody"}])
    page = await signed_in(browser, server)
    api(server, "POST", "/events", server.key(), EVENT)
    await page.get_by_test_id("feed-row").click()
    main = page.get_by_role("main")
    await expect(main).to_contain_text("Retrying")
    await expect(main).to_contain_text("Next attempt")
    await expect(main).to_contain_text("Attempt 2", timeout=15_000)
    mended = {**made, "actions": [{"url": "https://internal.ai-sync.com/echo"}]}
    api(server, "PUT", f"/hooks/{made['id']}", server.key("manager"), mended)

    await page.get_by_role("button", name="Replay").click()

    await expect(main).to_contain_text("Delivered")
    await expect(main).to_contain_text("version 2")


async def test_the_signing_secret_is_shown_when_asked_for(server: Server, browser: Browser) -> None:
    made = new_hook(server)
    secret = api(server, "GET", f"/hooks/{made['id']}?secrets=true", server.key("admin")).json()["secret"]
    page = await signed_in(browser, server)
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    form = page.locator(".th-panel")
    await expect(form).not_to_contain_text(secret)

    await form.get_by_role("button", name="Show", exact=True).click()
    await expect(form).to_contain_text(secret)
    await form.get_by_role("button", name="Rotate").click()
    await page.locator(".th-confirm").get_by_role("button", name="Rotate").click()

    await expect(form).not_to_contain_text(secret)
    await expect(form).to_contain_text("whsec_")


async def test_search_sort_filters_and_page_live_in_the_address(server: Server, browser: Browser) -> None:
    key = server.key("admin")
    for number in range(30):
        body = {
            "title": f"Hook {number:02}",
            "trigger": "call.ended" if number % 2 else "sms.sent",
            "actions": [{"url": "https://internal.ai-sync.com/echo"}],
        }
        api(server, "POST", "/hooks", key, body)
    page = await signed_in(browser, server)
    rows = page.get_by_test_id("hook-row")
    await expect(rows).to_have_count(25)

    await page.get_by_role("searchbox", name="Search hooks").fill("hook 1")
    await expect(rows).to_have_count(10)
    await page.get_by_role("combobox", name="Trigger").select_option(label="Call Ended")
    await expect(rows).to_have_count(5)
    await page.get_by_role("button", name="Title", exact=True).click()
    await page.get_by_role("button", name="Title", exact=True).click()
    await expect(rows.first).to_contain_text("Hook 19")
    await page.wait_for_url("**search=**")
    assert "hook" not in page.url.partition("?")[2]
    assert "sort=-title" in page.url

    await page.reload()
    await expect(rows).to_have_count(5)
    await expect(rows.first).to_contain_text("Hook 19")
    await expect(page.get_by_role("columnheader", name="Title")).to_have_attribute("aria-sort", "descending")


async def test_the_words_of_a_search_are_in_no_request(server: Server, browser: Browser) -> None:
    api(server, "POST", "/events", server.key(), {"type": "sms.sent", "data": {"first_name": "Zenobia"}})
    page = await signed_in(browser, server)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{server.url}/events")
    field = page.get_by_role("searchbox", name="Text in the event")

    await field.fill("Zenobia")
    await field.press("Enter")
    await page.wait_for_url("**search=**")
    await expect(field).to_have_value("Zenobia")
    await page.reload()
    await expect(field).to_have_value("Zenobia")
    await page.go_back()
    await page.wait_for_url("**/events")
    await page.go_forward()
    await expect(field).to_have_value("Zenobia")

    assert len(asked) > 3
    assert not any("zenobia" in one.lower() for one in asked)


async def test_times_read_as_on_the_page_in_the_viewers_zone(server: Server, browser: Browser) -> None:
    created = new_hook(server)["created_at"]
    page = await signed_in(browser, server, timezone_id="Asia/Kolkata")

    stamp = page.get_by_test_id("hook-row").locator("time.th-stamp").last

    text = re.sub(r"\s+", " ", await stamp.inner_text())
    assert re.fullmatch(r"\d\d-\d\d-\d{4} \d\d:\d\d [AP]M", text)
    from datetime import datetime, timedelta

    local = datetime.fromisoformat(created) + timedelta(hours=5, minutes=30)
    assert text == local.strftime("%m-%d-%Y %I:%M %p")
    title = await stamp.get_attribute("title")
    assert title is not None
    assert datetime.fromisoformat(title) == datetime.fromisoformat(created)


async def test_a_paused_feed_loses_nothing(server: Server, browser: Browser) -> None:
    new_hook(server)
    key = server.key()
    page = await signed_in(browser, server)
    await expect(page.get_by_text("No runs yet")).to_be_visible()
    await page.get_by_role("button", name="Pause").click()
    for number in range(3):
        api(server, "POST", "/events", key, {**EVENT, "id": f"evt_{number}"})

    await expect(page.get_by_role("button", name="3 new")).to_be_visible()
    assert await page.get_by_test_id("feed-row").count() == 0
    await page.get_by_role("button", name="Resume").click()

    await expect(page.get_by_test_id("feed-row")).to_have_count(3)


async def test_a_view_that_was_away_is_brought_up_to_date(server: Server, browser: Browser) -> None:
    new_hook(server)
    key = server.key()
    page = await signed_in(browser, server)
    await expect(page.get_by_text("No runs yet")).to_be_visible()
    await page.wait_for_function("window.did_handshake")
    await page.context.set_offline(True)
    for number in range(3):
        api(server, "POST", "/events", key, {**EVENT, "id": f"evt_{number}"})
    await page.context.set_offline(False)

    await expect(page.get_by_test_id("feed-row")).to_have_count(3, timeout=20_000)


async def test_strangers_are_sent_to_the_door_and_back(server: Server, browser: Browser) -> None:
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{server.url}/executions?status=failed")
    await page.get_by_label("E-mail").fill(ADMIN)
    await page.get_by_label("Password").fill("wrong password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    await expect(page.get_by_label("E-mail")).to_have_value(ADMIN)

    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()

    await expect(page).to_have_url(f"{server.url}/executions?status=failed")
    await page.get_by_role("button", name="Sign out").click()
    await page.goto(server.url)
    await expect(page).to_have_url(re.compile("/sign-in"))


async def test_an_address_that_is_none_has_a_page_of_ours(server: Server, browser: Browser) -> None:
    page = await signed_in(browser, server)
    answer = await page.goto(f"{server.url}/nowhere")

    assert answer is not None
    assert answer.status == 404
    await page.get_by_role("link", name="To the hooks").click()
    await expect(page).to_have_url(f"{server.url}/")


async def test_a_user_looks_and_tests_but_changes_nothing(server: Server, browser: Browser, tmp_path: Path) -> None:
    new_hook(server, role="user")
    server.command("create-user", "--email", "uli@example.com", "--role", "user", stdin=PASSWORD + "\n")
    page = await (await browser.new_context()).new_page()
    await page.goto(server.url)
    await page.get_by_label("E-mail").fill("uli@example.com")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_test_id("hook-row")).to_have_count(1)

    for name in ("Add New Hook", "Delete Lead Qualification", "Duplicate Lead Qualification"):
        await expect(page.get_by_role("button", name=name)).to_have_count(0)
    await expect(page.get_by_role("switch")).to_be_disabled()
    await page.get_by_role("button", name="Test Lead Qualification").click()
    await page.get_by_role("button", name="Dry run").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Would fire")
    await expect(page.get_by_role("dialog").get_by_role("button", name="Send")).to_have_count(0)
