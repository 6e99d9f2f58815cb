"""What the database takes of the disk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUse:
    """In bytes: what the database takes, and what is free beside it."""

    used: int
    free: int
    total: int
