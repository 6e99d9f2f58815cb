"""The path of one event, as docs/architecture.md lists it, is that of the code."""

import re
from pathlib import Path
from pkgutil import resolve_name

ROOT = Path(__file__).parent.parent
MOST_FILES = 25


def listed() -> list[str]:
    """The names in the table of the path, such as `engine.runtime.Engine.accept`."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    table = [line for line in text.split("## What is settled")[0].splitlines() if line.startswith("| ")]
    return re.findall(r"`((?:engine|storage|dashboard)\.[\w.]+)`", "\n".join(table))


def file_of(name: str) -> Path:
    """That of its module: the longest beginning that is one."""
    parts = name.split(".")
    found = (ROOT.joinpath(*parts[:length]).with_suffix(".py") for length in range(len(parts), 0, -1))
    return next(path for path in found if path.exists())


def test_every_step_of_the_path_is_in_the_code() -> None:
    names = listed()

    assert len(names) > 20
    for name in names:
        assert callable(resolve_name(name)), name


def test_the_path_is_short_enough_to_be_read() -> None:
    assert len({file_of(name) for name in listed()}) <= MOST_FILES
