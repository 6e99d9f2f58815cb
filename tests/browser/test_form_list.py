"""The list of actions in a real browser: what is pasted, completed and moved by hand."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import signed_in
from tests.browser.test_main_job import api, new_hook
from tests.server import Server

pytestmark = pytest.mark.browser

CURL = """curl -X PUT 'https://api.example.com/leads' \\
  -H 'Authorization: Bearer tok' \\
  --json '{"a": 1}'"""


async def paste(page: Page, label: str, text: str) -> None:
    await page.get_by_label(label).evaluate(
        """(field, text) => {
          const data = new DataTransfer();
          data.setData("text", text);
          field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


async def test_actions_are_pasted_completed_and_moved(server: Server, browser: Browser) -> None:
    hook_id = new_hook(server)["id"]
    page = await signed_in(browser, server)
    await page.get_by_role("button", name="Edit Lead Qualification").click()
    await paste(page, "Hook URL", CURL)
    await expect(page.get_by_label("Hook URL")).to_have_value("https://api.example.com/leads")
    await expect(page.get_by_label("Header name").first).to_have_value("Authorization")
    await expect(page.get_by_role("checkbox", name="Secret").first).to_be_checked()

    body = page.get_by_role("textbox", name="Body of its own")
    await expect(body).to_have_value('{"a": 1}')
    await body.fill("")
    await body.press_sequentially('{"n": {{ call_dur')
    await page.keyboard.press("Enter")
    await body.press_sequentially("}")
    await expect(body).to_have_value('{"n": {{ call_duration }}}')
    await expect(page.get_by_role("region", name="What goes out: body")).to_contain_text('"n": 187')

    await page.get_by_role("button", name="Add another action").click()
    second = page.get_by_role("group", name="Action 2")
    await expect(second.get_by_label("Hook URL")).to_be_focused()
    await page.keyboard.type("https://internal.ai-sync.com/echo")
    await second.get_by_role("button", name="Move up: action 2").click()
    first = page.get_by_role("group", name="Action 1")
    await expect(first.get_by_label("Hook URL")).to_have_value("https://internal.ai-sync.com/echo")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)

    raw = api(server, "GET", f"/hooks/{hook_id}", server.key("admin")).json()
    assert [action["url"] for action in raw["actions"]] == [
        "https://internal.ai-sync.com/echo",
        "https://api.example.com/leads",
    ]
    assert raw["actions"][1]["body"] == '{"n": {{ call_duration }}}'
    assert raw["actions"][1]["secret_headers"] == ["Authorization"]
