"""The database's use of the disk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUse:
    """In bytes: the database's size, and the free space beside it."""

    used: int
    free: int
    total: int
