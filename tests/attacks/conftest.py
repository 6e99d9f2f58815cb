from collections.abc import Generator
from pathlib import Path

import pytest

from tests.server import Server


@pytest.fixture
def server(tmp_path: Path) -> Generator[Server]:
    """One with an administrator."""
    server = Server(tmp_path).with_admin().start()
    yield server
    server.stop()
