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
FILES = {name: (ROOT / name).read_text() for name in ("constraints.txt", "constraints-dev.txt")}
"""What the server needs, and that with what tests need."""


def pins_of(text: str) -> dict[str, Version]:
    found = (Requirement(line.rstrip(" \\")) for line in text.splitlines() if not line.startswith(" "))
    return {canonicalize_name(one.name): Version(str(one.specifier).removeprefix("==")) for one in found}


SERVER, PINS = pins_of(FILES["constraints.txt"]), pins_of(FILES["constraints-dev.txt"])


@pytest.mark.parametrize("name", FILES)
def test_every_pin_is_a_version_and_its_hashes_and_names_no_address(name: str) -> None:
    """As pip takes them with `--require-hashes`: a file whose bytes are others is not installed."""
    pin = r"[\w.-]+(\[\w,-]+\])?==[\w.]+( ; [\w.'=<>! ]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n"

    assert re.fullmatch(f"({pin})+", FILES[name])


def test_both_files_agree() -> None:
    assert SERVER.items() <= PINS.items()


def test_what_we_ask_for_is_pinned_within_its_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for pins, texts in (
        (SERVER, project["dependencies"]),
        (PINS, project["dependencies"] + project["optional-dependencies"]["dev"]),
    ):
        for text in texts:
            wanted = Requirement(text)
            assert pins[canonicalize_name(wanted.name)] in wanted.specifier, text


def test_whatever_make_installs_is_held_to_them() -> None:
    installs = [line for line in (ROOT / "Makefile").read_text().splitlines() if "$(PIP)" in line]

    assert installs == ["\t@$(PIP) --requirement constraints.txt", "\t@$(PIP) --requirement constraints-dev.txt"]
    assert re.search(r"^PIP := .* --require-hashes$", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "advisory", "fixed"),
    [(name, advisory, fixed) for name, known in FIXED_IN.items() for advisory, fixed in known.items()],
)
def test_no_pin_has_a_fault_that_was_published(name: str, advisory: str, fixed: str) -> None:
    assert PINS[canonicalize_name(name)] >= Version(fixed), advisory
