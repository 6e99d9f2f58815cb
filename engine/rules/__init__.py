"""Rules: whether a hook runs, and what happens after a call. Pure."""
