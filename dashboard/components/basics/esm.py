"""What Vue components import from "th-shared": icons, times, suggestions, and browser helpers."""

from pathlib import Path
from typing import Final

SHARED: Final[dict[str, str]] = {"th-shared": str(Path(__file__).parent / "shared")}
"""For `esm=` of an element."""
