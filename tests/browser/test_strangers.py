"""Other sites and texts from outside: framed by nobody, no socket from elsewhere, and no text that becomes a script."""

import base64
import os

import httpx
import pytest
from playwright.async_api import Browser, Page

from tests.browser.chromium import signed_in
from tests.browser.test_main_job import api, new_hook
from tests.server import Server

pytestmark = pytest.mark.browser

EVIL = (
    '<img src=x onerror="window.__xss=1"><script>window.__xss=1</script>"\'>'
    '{{constructor.constructor("window.__xss=1")()}}'
)


def handshake(server: Server, origin: str) -> int:
    """The status of a websocket that is asked for from that origin."""
    headers = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": base64.b64encode(os.urandom(16)).decode(),
        "origin": origin,
    }
    path = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    with httpx.stream("GET", server.url + path, headers=headers, timeout=5) as answer:
        return answer.status_code


def test_a_socket_from_another_site_is_refused(server: Server) -> None:
    assert handshake(server, server.url) == 101
    assert handshake(server, "https://evil.example") in {400, 403}


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/api/v1/hooks", "/api/docs", "/nosuch"])
def test_every_answer_bears_the_headers(server: Server, path: str) -> None:
    headers = httpx.get(server.url + path).headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "http:" not in headers["content-security-policy"]
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
    assert "strict-transport-security" not in headers


async def test_no_text_from_outside_becomes_a_script(server: Server, browser: Browser) -> None:
    new_hook(
        server,
        title=EVIL,
        description=EVIL,
        condition="",
        actions=[
            {"url": "https://internal.ai-sync.com/echo", "headers": {"X-Evil": "<script>window.__xss=1</script>"}}
        ],
    )
    event = {"type": "call.ended", "id": "evt<script>", "data": {"first_name": EVIL, EVIL: EVIL, "call_duration": 90}}
    assert api(server, "POST", "/events", server.key(), event).status_code == 202
    page = await signed_in(browser, server)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if "Content Security" in message.text else None)
    page.on("dialog", lambda dialog: told.append(dialog.message))

    await page.get_by_test_id("feed-row").first.wait_for()
    await page.get_by_role("button", name="Edit").first.click()
    await page.get_by_role("dialog").wait_for()
    await page.wait_for_timeout(500)
    told += await harmed(page)
    await page.goto(server.url)
    await page.get_by_role("button", name="Test").first.click()
    await page.get_by_role("dialog").get_by_text("A recent event").click()
    await page.wait_for_timeout(500)
    told += await harmed(page)
    execution = api(server, "GET", "/executions", server.key("admin")).json()["items"][0]["id"]
    for path in (
        "/",
        "/events",
        "/events/evt%3Cscript%3E",
        "/executions",
        f"/executions/{execution}",
        "/people",
        "/account",
        "/settings",
    ):
        await page.goto(server.url + path)
        await page.wait_for_function("window.did_handshake")
        await page.wait_for_timeout(200)
        told += await harmed(page)

    assert told == []


async def harmed(page: Page) -> list[str]:
    return [page.url] if await page.evaluate("window.__xss") else []
