from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.chromium import open_browser
from tests.server import Server


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


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    async with open_browser() as browser:
        yield browser
