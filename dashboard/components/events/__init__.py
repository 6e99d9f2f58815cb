"""Choosing event types and stored events."""
