"""Follow-ups and deadlines."""
