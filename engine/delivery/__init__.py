"""From an accepted event to a recorded attempt."""
