"""What a team's own endpoints import: the one address that their files know, wherever its content moves."""

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
