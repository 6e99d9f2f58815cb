"""Rows to nouns and back. JSON is written by orjson; what a person defined is read by pydantic."""
