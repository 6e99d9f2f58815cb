"""Metrics and their limits."""
