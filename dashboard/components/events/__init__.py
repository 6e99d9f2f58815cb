"""Event types and stored events to choose from."""
