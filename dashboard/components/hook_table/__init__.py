"""The hook table, and the first steps while it is empty."""
