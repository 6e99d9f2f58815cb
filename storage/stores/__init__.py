"""Implements the engine's ports, one class each. They share one database; `SqlStore` combines them."""
