"""Requests as command lines of curl, and back. Pure."""
