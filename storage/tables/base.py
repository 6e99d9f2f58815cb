"""Shared by all tables."""

NEVER_AGAIN = {"sqlite_autoincrement": True}
