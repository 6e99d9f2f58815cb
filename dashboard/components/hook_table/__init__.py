"""The table of hooks, and the first steps where it is empty."""
