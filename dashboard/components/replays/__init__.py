"""Replays of many executions: chosen, previewed, followed."""
