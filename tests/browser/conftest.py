from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import open_browser
from tests.server import Server

# Five seconds are Playwright's own; beside other tests on a busy machine a page may take longer.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session", autouse=True)
def _servers(quick_servers: None) -> None:
    """Before the first of them is started."""


@pytest.fixture
def fresh_server(tmp_path: Path) -> Generator[Server]:
    """One that never ran: no administrator, no hooks."""
    server = Server(tmp_path).start()
    yield server
    server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Generator[Server]:
    """One with an administrator."""
    server = Server(tmp_path).with_admin().start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def anyio_backend() -> str:
    """One loop for all tests here, as the browser that they share lives in it."""
    return "asyncio"


@pytest.fixture(scope="package")
async def chromium(anyio_backend: str) -> AsyncGenerator[Browser]:
    async with open_browser() as chromium:
        yield chromium


@pytest.fixture
async def browser(chromium: Browser) -> AsyncGenerator[Browser]:
    """The one that all tests share, with no page of another test."""
    yield chromium
    for context in chromium.contexts:
        await context.close()
