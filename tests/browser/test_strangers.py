"""Other sites and texts from outside: framed by nobody, no socket from elsewhere, and no text that becomes a script."""

import base64
import json
import os
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote

import httpx
import pytest
from playwright.async_api import Browser, Page

from tests.browser.chromium import signed_in
from tests.browser.test_main_job import api, new_hook
from tests.roles import FILES, PAGES
from tests.server import Server

pytestmark = pytest.mark.browser

EVIL = (
    '<img src=x onerror="window.__xss=1"><script>window.__xss=1</script>"\'>'
    '{{constructor.constructor("window.__xss=1")()}}'
)


def handshake(server: Server, origin: str, session: str) -> int:
    """The status of a websocket that is asked for from that origin, with that token in the cookie."""
    headers = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": base64.b64encode(os.urandom(16)).decode(),
        "origin": origin,
        "cookie": f"th_session={session}",
    }
    path = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    with httpx.stream("GET", server.url + path, headers=headers, timeout=5) as answer:
        return answer.status_code


async def test_a_socket_takes_our_own_origin_and_somebody_who_is_signed_in(server: Server, browser: Browser) -> None:
    page = await signed_in(browser, server)
    (session,) = [one.get("value", "") for one in await page.context.cookies() if one.get("name") == "th_session"]

    assert handshake(server, server.url, session) == 101
    assert handshake(server, "https://evil.example", session) in {400, 403}
    assert handshake(server, server.url, "") == 403
    assert handshake(server, server.url, session[:-1]) == 403
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{server.url}/sign-in")
    assert handshake(server, server.url, session) == 403


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/api/v1/hooks", "/api/docs", "/nosuch"])
def test_every_answer_bears_the_headers(server: Server, path: str) -> None:
    headers = httpx.get(server.url + path).headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "http:" not in headers["content-security-policy"]
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
    assert "strict-transport-security" not in headers


class Answer(BaseHTTPRequestHandler):
    """Of a receiver that means harm: in its headers and in its body."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(418, "teapot")
        self.send_header("X-Evil", "<script>window.__xss=1</script>")
        self.send_header("Content-Length", str(len(EVIL)))
        self.end_headers()
        self.wfile.write(EVIL.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/in"
    server.shutdown()
    thread.join()
    server.server_close()


def fill_with_scripts(server: Server, receiver: str, key: str) -> None:
    """Wherever a text can come from outside. What is refused (422) does no harm either."""
    header = {"X-Evil": "<script>window.__xss=1</script>"}
    inside = "https://internal.ai-sync.com"
    new_hook(
        server,
        title=EVIL,
        description=EVIL,
        condition=f"first_name == {json.dumps(EVIL)}",
        filters={"match": "any", "rows": [{"field": "first_name", "operator": "contains", "value": EVIL}]},
        actions=[{"url": receiver + "?q=%3Cscript%3E", "headers": header, "body": json.dumps({"text": EVIL[:60]})}],
        delivery={"retries": "none"},
    )
    for path, body in (
        ("/process-lead", None),
        ("/notify", {"title": EVIL[:60], "text": EVIL[:60]}),
        ("/notify", {"title": "A link that is none", "link": "javascript:window.__xss=1"}),
        ("/record-metric", {"metric": EVIL[:60]}),
        ("/create-task", {"title": EVIL[:60], "due_in": "1h", "notes": EVIL[:60]}),
        ("/<script>window.__xss=1</script>", None),
    ):
        action = {"url": inside + path, "body": json.dumps(body) if body else None}
        new_hook(server, title=f"{path} {EVIL}", condition="", actions=[action], delivery={"retries": "none"})
    task = {
        "title": EVIL,
        "due_at": "2030-01-01T00:00:00Z",
        "notes": EVIL,
        "assigned_to": EVIL[:60],
        "follow_up_type": EVIL[:60],
        "lead": {"lead_id": EVIL, "first_name": EVIL},
    }
    for place, body in (
        ("/tasks", task),
        ("/keys", {"name": EVIL[:60], "role": "agent"}),
        ("/users", {"email": "<script>window.__xss=1</script>@example.com", "role": "user"}),
        ("/hooks/1/cases", {"name": EVIL, "data": {"first_name": EVIL}, "fires": True}),
        ("/hooks/1/test", {"data": {"first_name": EVIL}, "role": "agent", "send": True}),
    ):
        assert api(server, "POST", place, key, body).status_code in {200, 201, 422}, place
    data = {"lead_id": EVIL, "first_name": EVIL, EVIL: EVIL, "call_duration": 90, "sentiment": EVIL, "timezone": EVIL}
    event = {"type": "call.ended", "id": "evt<script>", "data": data}
    assert api(server, "POST", "/events", server.key(), event).status_code == 202


async def test_no_text_from_outside_becomes_a_script(server: Server, browser: Browser, receiver: str) -> None:
    key = server.key("admin")
    fill_with_scripts(server, receiver, key)
    page = await signed_in(browser, server)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if "Content Security" in message.text else None)
    page.on("dialog", lambda dialog: told.append(dialog.message))

    await page.get_by_test_id("feed-row").nth(5).wait_for()
    for button in ("Edit", "Test"):
        await page.goto(server.url)
        await page.get_by_role("button", name=button).last.click()
        dialog = page.get_by_role("dialog")
        await dialog.wait_for()
        if button == "Test":
            await dialog.get_by_text("A recent event").click()
        await page.wait_for_timeout(500)
        told += await harmed(page)
    executions = api(server, "GET", "/executions", key).json()["items"]
    assert {one["status"] for one in executions} >= {"succeeded", "failed"}
    evil = quote(EVIL, safe="")
    lists = [path for path in PAGES if "{" not in path and path not in FILES]
    details = ["/events/evt%3Cscript%3E", f"/leads/{evil}", *(f"/executions/{one['id']}" for one in executions)]
    for path in (*lists, *(f"{path}?q={evil}&status={evil}&type={evil}" for path in lists), *details):
        await page.goto(server.url + path)
        await page.wait_for_function("window.did_handshake || document.querySelector('.th-door')")
        await page.wait_for_timeout(150)
        told += await harmed(page)
    await page.get_by_role("button", name="Notices").first.click()
    await page.wait_for_timeout(200)
    told += await harmed(page)

    assert told == []


async def harmed(page: Page) -> list[str]:
    return [page.url] if await page.evaluate("window.__xss") else []
