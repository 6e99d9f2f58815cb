"""Looking back, and running again."""
