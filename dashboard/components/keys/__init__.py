"""API keys: the list, the form, and a new key to copy."""
