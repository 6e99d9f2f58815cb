"""Secrets at rest and on the way: sealed, signed, masked."""
