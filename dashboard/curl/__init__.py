"""Converts requests to curl command lines and back. Pure."""
