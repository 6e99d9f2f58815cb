"""Sources: platforms that post as they are, to an address of their own."""
