"""What pages are built of: one folder a thing."""
