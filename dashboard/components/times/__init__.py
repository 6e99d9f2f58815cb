"""Fields for date and time, opening hours and schedules."""
