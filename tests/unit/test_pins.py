"""What we install: every library at an exact version, by its name alone, and none with a fault that was published."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.advisories import FIXED_IN

ROOT = Path(__file__).parent.parent.parent
LINES = (ROOT / "constraints.txt").read_text().split("\n")[:-1]
PINS = {canonicalize_name(name): Version(version) for name, version in (line.split("==") for line in LINES)}


def test_every_line_pins_a_version_and_names_no_address() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_what_we_ask_for_is_pinned_within_its_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in project["dependencies"] + project["optional-dependencies"]["dev"]:
        wanted = Requirement(text)
        assert PINS[canonicalize_name(wanted.name)] in wanted.specifier, text


@pytest.mark.parametrize(
    ("name", "advisory", "fixed"),
    [(name, advisory, fixed) for name, known in FIXED_IN.items() for advisory, fixed in known.items()],
)
def test_no_pin_has_a_fault_that_was_published(name: str, advisory: str, fixed: str) -> None:
    assert PINS[canonicalize_name(name)] >= Version(fixed), advisory
