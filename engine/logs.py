"""Structured log lines: for a person on a console, or one JSON object a line. What comes from outside is escaped."""

import logging
import sys

import structlog


def log_to_terminal(format: str) -> None:
    """`format` is console or json."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    colors = sys.stderr.isatty()
    renderer = structlog.processors.JSONRenderer() if format == "json" else _console(colors)
    errors: list[structlog.typing.Processor] = [structlog.processors.format_exc_info] if format == "json" else []
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *errors, _one_line, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "apscheduler", "alembic", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _console(colors: bool) -> structlog.dev.ConsoleRenderer:
    """Plain tracebacks: the richer ones print the values of variables, secrets among them."""
    return structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)


def _one_line(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """No message can forge a second line."""
    message = event.get("event")
    if isinstance(message, str) and not message.isprintable():
        event["event"] = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in message)
    return event
