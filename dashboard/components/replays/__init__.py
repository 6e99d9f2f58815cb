"""Bulk replays: choosing, previewing, following."""
