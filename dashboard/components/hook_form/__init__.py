"""The form that creates and edits hooks."""
