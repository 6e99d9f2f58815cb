"""Hooks: parsed, saved, watched, run by the clock."""
