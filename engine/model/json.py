"""The type of what JSON says."""

from typing import Any

Json = Any
"""What JSON holds: None, bool, int, float, str, list and dict of the same."""
