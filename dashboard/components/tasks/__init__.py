"""Tasks: the list and the form."""
