"""The engine's ports, one class each. They share one database, so that `SqlStore` is all of them."""
