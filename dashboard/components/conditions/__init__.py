"""Editors for conditions, templates and filters."""
