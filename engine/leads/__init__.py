"""Leads, scored by rules."""
