"""Durable storage. It imports only the engine's nouns, ports and errors."""
