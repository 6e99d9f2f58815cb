"""Converts rows to nouns and back. orjson writes JSON; pydantic reads what people define."""
