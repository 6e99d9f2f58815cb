"""Hooks: reading, saving, monitoring and scheduling them."""
