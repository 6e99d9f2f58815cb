"""Performing a hook's actions: building the request, and the one client that sends it."""
