"""What tables have in common."""

NEVER_AGAIN = {"sqlite_autoincrement": True}
