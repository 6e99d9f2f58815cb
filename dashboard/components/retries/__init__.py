"""Retry schedules for people to read and choose."""
