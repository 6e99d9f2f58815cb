"""Doing what a hook says: the request as it goes out, and the one client that sends it."""
