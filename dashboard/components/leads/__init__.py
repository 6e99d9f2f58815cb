"""Leads: status, score, and the rules that score them."""
