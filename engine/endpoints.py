"""What a team's own endpoints import: one stable module, wherever its contents move."""

from engine.actions.endpoint import (
    Call,
    Effects,
    Endpoint,
    Json,
    NewEvent,
    NewMail,
    NewNotice,
    Params,
    Refused,
    endpoint,
)

__all__ = ["Call", "Effects", "Endpoint", "Json", "NewEvent", "NewMail", "NewNotice", "Params", "Refused", "endpoint"]
