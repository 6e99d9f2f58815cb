"""Fields for moments, opening hours and schedules."""
