"""The HTTP face: routes under /api/v1, health, and problem documents. It reads, asks the engine, and writes JSON."""

from engine.api.app import create_app

__all__ = ["create_app"]
