"""URLs of pages that other pages link to."""

from urllib.parse import quote


def event_address(event_id: str) -> str:
    """Escapes the event id, which its sender chose freely."""
    return f"/events/{quote(event_id, safe='')}"
