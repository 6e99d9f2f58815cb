"""axe-core finds nothing on any page, in light and dark, on a wide and a narrow screen."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import signed_in
from tests.browser.test_main_job import EVENT, api, new_hook
from tests.server import Server

SEVERAL = [
    {"url": "https://internal.ai-sync.com/echo", "success": {"statuses": "200-299, 409"}},
    {
        "url": "https://internal.ai-sync.com/echo?id={{ steps[0].json.id }}",
        "headers": {"X-Call": "{{ call_id }}"},
        "body": '{"call": {{ call_id }}}',
        "when": "steps[0].ok",
        "go_on": True,
    },
]
pytestmark = pytest.mark.browser


async def found(page: Page) -> list[str]:
    await page.wait_for_timeout(400)  # what fades in has no full contrast yet
    results = await Axe().run(page)
    return [
        f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
async def test_every_page_can_be_used_by_everybody(server: Server, browser: Browser, scheme: str, width: int) -> None:
    new_hook(server, condition='call_duration > 60 and sentiment == "positive"')
    new_hook(server, title="Several", trigger="call.started", actions=SEVERAL)
    new_hook(server, title="Silent", enabled=False, actions=[{"url": "http://127.0.0.1:9/"}])
    new_hook(server, title="Report", trigger="schedule.due", role="system", schedule={"every_minutes": 7})
    api(server, "POST", "/events", server.key(), EVENT)
    api(server, "POST", "/tasks", server.key("admin"), {"title": "Call back", "due_at": "2025-09-12T16:00:00Z"})
    page = await signed_in(browser, server, color_scheme=scheme, viewport={"width": width, "height": 900})
    await expect(page.get_by_test_id("feed-row")).to_have_count(1)
    problems = {"table": await found(page)}

    await page.get_by_role("button", name="Edit Lead Qualification").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    problems["form"] = await found(page)
    await page.get_by_role("heading", name="Delivery").click()
    await expect(page.get_by_label("Timeout")).to_be_visible()
    problems["delivery"] = await found(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    await page.get_by_role("button", name="Edit Several").click()
    await expect(page.get_by_role("radio", name="All at once")).to_be_visible()
    problems["actions"] = await found(page)
    await page.get_by_role("group", name="Action 2").locator("summary").first.click()
    await page.get_by_role("button", name="User and password").click()
    await expect(page.get_by_text("here stand samples")).to_be_visible()
    problems["action"] = await found(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    await page.get_by_role("button", name="Edit Report").click()
    await expect(page.get_by_text("Every 7 minutes, UTC").first).to_be_visible()
    problems["schedule"] = await found(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    await page.get_by_role("button", name="Test Lead Qualification").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Would fire")
    problems["test"] = await found(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    await page.get_by_test_id("feed-row").click()
    await expect(page.get_by_role("heading", name="Attempts")).to_be_visible()
    problems["execution"] = await found(page)
    await page.goto(f"{server.url}/executions")
    await expect(page.get_by_role("heading", name="Executions")).to_be_visible()
    problems["executions"] = await found(page)
    await page.goto(f"{server.url}/events?q=187")
    await page.get_by_role("link", name="Call Ended").click()
    await page.get_by_text("Stopped by its status").click()
    await expect(page.get_by_text("would have to be enabled")).to_be_visible()
    problems["event"] = await found(page)
    await page.goto(f"{server.url}/settings")
    await page.wait_for_function("window.did_handshake")
    await page.get_by_role("group", name="Analytics").get_by_label("Timeout").fill("soon")
    await page.get_by_role("button", name="Save").first.click()
    await expect(page.get_by_role("alert").filter(has_text="needs a change")).to_be_visible()
    problems["settings"] = await found(page)
    await page.goto(f"{server.url}/tasks")
    await page.wait_for_function("window.did_handshake")
    problems["tasks"] = await found(page)
    await page.get_by_role("button", name="Add Task").click()
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_text("Give the task a title.")).to_be_visible()
    problems["task"] = await found(page)
    await page.goto(f"{server.url}/people")
    await page.wait_for_function("window.did_handshake")
    await page.get_by_role("button", name="Invite").click()
    await page.get_by_role("button", name="Make the link").click()
    await expect(page.get_by_text("Enter an e-mail address")).to_be_visible()
    problems["people"] = await found(page)
    await page.goto(f"{server.url}/account")
    await page.wait_for_function("window.did_handshake")
    await page.get_by_role("button", name="Set it up").click()
    await expect(page.get_by_role("img", name="The picture to scan")).to_be_visible()
    problems["account"] = await found(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    problems["door"] = await found(page)

    assert {name: list_ for name, list_ in problems.items() if list_} == {}
