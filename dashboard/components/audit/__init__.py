"""Audit log exports."""
