"""From the post of an event to its row painted in an open view, on an idle server, in Chromium."""

import asyncio
import tempfile
import time
from pathlib import Path

import httpx

from tests.bench.load import Sink, event, percentile
from tests.browser.chromium import open_browser, signed_in
from tests.server import Server

EVENTS = 60

# Notes the time (same clock as Date.now) of the frame after a row with the event's hook came up.
WATCH = """() => {
  window.painted = [];
  const feed = document.querySelector('[data-testid=feed]');
  let known = feed.querySelectorAll('[data-testid=feed-row]').length;
  new MutationObserver(() => {
    const rows = feed.querySelectorAll('[data-testid=feed-row]').length;
    if (rows > known) requestAnimationFrame(() => { window.painted.push(performance.timeOrigin + performance.now()); });
    known = rows;
  }).observe(feed, {childList: true, subtree: true});
}"""


async def run() -> None:
    sink = Sink()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).with_admin().start()
        try:
            headers = {"authorization": f"Bearer {server.key('admin')}"}
            hook = {"title": "Bench", "trigger": "call.ended", "role": "admin", "actions": [{"url": sink.url}]}
            httpx.post(f"{server.url}/api/v1/hooks", json=hook, headers=headers).raise_for_status()
            async with open_browser() as browser:
                page = await signed_in(browser, server)
                await page.wait_for_selector("[data-testid=feed]")
                await page.evaluate(WATCH)
                latencies = await _measure(server, headers, page)
        finally:
            server.stop()
            sink.close()
    print(
        f"event posted to row painted, idle, one view: p50 {percentile(latencies, 0.5):.0f} ms, "
        f"p95 {percentile(latencies, 0.95):.0f} ms over {len(latencies)} events; bar: p50 at most 50 ms"
    )


async def _measure(server: Server, headers: dict[str, str], page: object) -> list[float]:
    latencies: list[float] = []
    async with httpx.AsyncClient() as client:
        for number in range(EVENTS):
            before = len(await page.evaluate("window.painted"))  # type: ignore[attr-defined]
            posted = time.time() * 1000
            await client.post(f"{server.url}/api/v1/events", content=event(f"paint-{number}"), headers=headers)
            for _ in range(200):
                painted = await page.evaluate("window.painted")  # type: ignore[attr-defined]
                if len(painted) > before:
                    latencies.append(painted[-1] - posted)
                    break
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
    return latencies


if __name__ == "__main__":
    asyncio.run(run())
