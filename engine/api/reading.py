"""Reading what several routes take."""

from datetime import datetime

from engine.errors import InvalidQuery


def aware(name: str, moment: datetime | None) -> datetime | None:
    """Raises InvalidQuery for a time without its zone."""
    if moment is not None and moment.tzinfo is None:
        raise InvalidQuery(name, 'Give the time with its zone, such as "2025-09-09T14:27:00Z".')
    return moment
