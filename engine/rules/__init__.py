"""Whether a hook runs, and what follows a call. Pure."""
