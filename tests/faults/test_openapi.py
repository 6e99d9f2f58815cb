"""Schemathesis against a live server: what the documentation promises, made-up requests find kept.

Keys and users are left out: it would revoke its own key. Nothing waits on a stream.
"""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.server import Server, clean_environment

SECONDS = 40
"""For all of it; what is left then is left."""
LEFT_OUT = r"^/api/v1/(keys|users|stream)"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


@pytest.fixture
def server(tmp_path: Path) -> Generator[Server]:
    server = Server(tmp_path).with_admin().start(90)
    yield server
    server.stop()


def test_the_documentation_holds(server: Server, tmp_path: Path) -> None:
    run = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/api/openapi.json",
        "--header", f"Authorization: Bearer {server.key('admin')}", "--checks", ",".join(CHECKS),
        "--exclude-path-regex", LEFT_OUT, "--phases", "examples,coverage,fuzzing", "--max-examples", "5",
        "--max-time", str(SECONDS),
        "--seed", "1", "--no-color", "--workers", "1",
    ]  # fmt: skip
    done = subprocess.run(
        run, env=clean_environment(), cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS * 3, check=False
    )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
