"""A person makes a Retell source, pastes its address, and sees the first call arrive."""

import asyncio
import hashlib
import hmac
import json
import re
import time

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import signed_in
from tests.browser.test_accessible import found
from tests.server import Server

pytestmark = pytest.mark.browser
CALL = {"event": "call_analyzed", "call": {"call_id": "call_7be1", "duration_ms": 187000, "direction": "inbound"}}


def post_as_retell(url: str, secret: str) -> int:
    body, stamp = json.dumps(CALL).encode(), str(int(time.time() * 1_000))
    digest = hmac.new(secret.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    return httpx.post(url, content=body, headers={"x-retell-signature": f"v={stamp},d={digest}"}).status_code


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
async def test_a_source_is_made_and_its_first_call_arrives(
    server: Server, browser: Browser, scheme: str, width: int
) -> None:
    page = await signed_in(browser, server, color_scheme=scheme, viewport={"width": width, "height": 900})
    await page.goto(f"{server.url}/sources")
    await page.wait_for_function("window.did_handshake")
    await page.get_by_role("button", name="New source").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    problems = {"form": await found(page)}
    await page.get_by_label("Name").fill("Main account")
    await page.get_by_label("Secret").fill("key_5f1c")
    await page.get_by_role("button", name="Make the source").click()
    await expect(page.get_by_role("heading", name="Set it up in Retell AI")).to_be_visible()
    state = page.get_by_role("status").filter(has_text="Waiting for the first request")
    await expect(state).to_be_visible()
    problems["waiting"] = await found(page)

    address = await page.locator("code", has_text="/in/").inner_text()
    assert address.startswith(f"{server.url}/in/")
    assert await asyncio.to_thread(post_as_retell, address, "another") == 401
    assert await asyncio.to_thread(post_as_retell, address, "key_5f1c") == 200

    await expect(page.get_by_role("status").filter(has_text="Receiving")).to_be_visible()
    await expect(page.get_by_text("wrong signature", exact=True)).to_be_visible()
    body = page.get_by_test_id("body")
    await body.locator("summary").click()
    await expect(body.get_by_text('"duration_ms": 187000')).to_be_visible()
    problems["receiving"] = await found(page)
    await body.get_by_role("link", name="Event retell:call_7be1:call.ended").click()
    await expect(page).to_have_url(re.compile("/events/retell"))
    await page.goto(f"{server.url}/sources")
    await expect(page.get_by_test_id("source").get_by_text("Receiving")).to_be_visible()
    problems["list"] = await found(page)

    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert {name: list_ for name, list_ in problems.items() if list_} == {}


async def test_a_long_name_in_a_body_does_not_widen_the_mapping_page(server: Server, browser: Browser) -> None:
    head = {"authorization": f"Bearer {server.key('admin')}"}
    generic = {"platform": "generic", "name": "Dialer", "verify": {"kind": "none"}}
    source = httpx.post(f"{server.url}/api/v1/sources", json=generic, headers=head).json()
    httpx.post(source["url"], json={"a" * 60 + "-b": 1})
    page = await signed_in(browser, server, viewport={"width": 390, "height": 844})

    await page.goto(f"{server.url}/sources/{source['id']}/mapping")
    await expect(page.get_by_role("button", name="Map data")).to_be_visible()

    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
