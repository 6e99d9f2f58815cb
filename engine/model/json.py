"""The type of JSON values."""

from typing import Any

Json = Any
"""Any JSON value: None, bool, int, float, str, list and dict of the same."""
