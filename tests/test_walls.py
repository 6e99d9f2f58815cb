"""Every import contract in pyproject.toml refuses what it is there to refuse: each is broken on purpose, in a copy."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
BREACHES = [
    ("house", "storage/sqlite.py", "import dashboard"),
    ("house", "dashboard/__init__.py", "import storage.sqlite"),
    ("house", "engine/feed.py", "import dashboard"),
    ("engine-layers", "engine/rules/decisions.py", "from engine.delivery import intake"),
    ("engine-layers", "engine/helpers.py", "import json"),
    ("storage-layers", "storage/tables/events.py", "import storage.rows.events"),
    ("storage-layers", "storage/queries/events.py", "import storage.stores.events"),
    ("storage-layers", "storage/helpers.py", "import json"),
    ("dashboard-layers", "dashboard/components/basics/text.py", "import dashboard.frame.page"),
    ("dashboard-layers", "dashboard/helpers.py", "import json"),
    ("component-layers", "dashboard/components/basics/text.py", "import dashboard.components.feed.feed"),
    ("component-layers", "dashboard/components/tasks/list.py", "import dashboard.components.hook_table.table"),
    ("component-layers", "dashboard/components/helpers.py", "import json"),
    ("pure-core", "engine/rules/decisions.py", "import random"),
    ("pure-core", "engine/expressions/values.py", "import engine.process.ids"),
    ("fences", "engine/history/retention.py", "import sqlalchemy"),
    ("dashboard-layers", "dashboard/live.py", "from dashboard.pages import hooks"),
    ("dashboard-layers", "dashboard/helpers.py", "import json"),
    ("component-layers", "dashboard/components/basics/text.py", "from dashboard.components.feed import feed"),
    ("component-layers", "dashboard/components/helpers.py", "import json"),
    ("views", "dashboard/__init__.py", "import httpx"),
    ("views", "dashboard/components/feed/feed.py", "import httpx"),
    ("front-door", "dashboard/__init__.py", "from engine.rules import decisions"),
    ("front-door", "dashboard/components/feed/feed.py", "from engine.rules import decisions"),
    ("storage-view", "storage/writer.py", "from engine.rules import decisions"),
    ("storage-view", "storage/writer.py", "import engine.feed"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for package in ("dashboard", "engine", "storage"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path, contract: str) -> str:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--contract", contract], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_every_contract_is_broken_by_one_of_these() -> None:
    assert {contract for contract, _, _ in BREACHES} == set(CONTRACTS)


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_contract_refuses_what_breaks_it(copy: Path, contract: str, file: str, line: str) -> None:
    path = copy / file
    before = path.read_text() if path.exists() else None
    path.write_text(f"{line}\n{before or ''}")
    try:
        told = lint(copy, contract)
    finally:
        path.write_text(before) if before is not None else path.unlink()

    assert f"{CONTRACTS[contract]} BROKEN" in told


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_is_kept_by_the_code_as_it_is(copy: Path, contract: str) -> None:
    assert f"{CONTRACTS[contract]} KEPT" in lint(copy, contract)
