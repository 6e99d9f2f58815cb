"""Incoming events: types, parsing, chains."""
