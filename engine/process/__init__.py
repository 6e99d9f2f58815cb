"""What keeps the process going: tasks, ticks, the clock, ids, log lines."""
