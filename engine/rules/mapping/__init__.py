"""Requests of senders whose mapping is written by their user: compiled, applied, tried and suggested."""
