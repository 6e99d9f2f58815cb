"""Addresses of pages that others link to."""

from urllib.parse import quote


def event_address(event_id: str) -> str:
    """An event's id is whatever its sender gave."""
    return f"/events/{quote(event_id, safe='')}"
