"""Who may sign in, and API keys."""
