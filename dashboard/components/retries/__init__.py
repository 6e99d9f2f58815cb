"""Retry schedules, as people read and choose them."""
