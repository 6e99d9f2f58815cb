"""Structured log lines: for a person on a console, or one JSON object a line.

What comes from outside is escaped, so that no text forges a line, and what is secret is taken out.
"""

import logging
import re
import sys
from collections.abc import Mapping
from io import StringIO
from typing import Any, Final, TextIO, cast

import structlog

REDACTED: Final = "[redacted]"
_SECRET_NAME = re.compile(r"authorization|cookie|secret|token|password|api[-_]?key|webhook-signature", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"\b(?:(?i:bearer)\s++\S+|th_[0-9a-f]{8}_[\w-]{20,}|whsec_[\w+/=-]+)")
_MARGIN: Final = "  | "


def log_to_terminal(format: str) -> None:
    """`format` is console or json."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, _without_secrets, structlog.processors.JSONRenderer()]
        if format == "json"
        else [_without_secrets, _one_line, _console(sys.stderr.isatty())]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "alembic", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It warns of each tick that is passed over since the one before it has not ended, which is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _console(colors: bool) -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=_traceback)


def _traceback(out: TextIO, error: structlog.typing.ExcInfo) -> None:
    """Plain: richer ones print the values of variables, secrets among them. No line of it looks like one of the log."""
    text = StringIO()
    structlog.dev.plain_traceback(text, error)
    lines = _SECRET_TEXT.sub(REDACTED, text.getvalue()).splitlines()
    out.write("".join(f"\n{_MARGIN}{_escaped(line)}" for line in lines if line))


def _without_secrets(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: value if name == "exc_info" else _redacted(name, value) for name, value in event.items()}


def _redacted(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name) and value is not None:
        return REDACTED
    if isinstance(value, str):
        return _SECRET_TEXT.sub(REDACTED, value)
    if isinstance(value, Mapping):
        return {key: _redacted(str(key), one) for key, one in cast("Mapping[object, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_redacted("", one) for one in cast("list[Any]", value)]
    return value


def _one_line(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """No text forges a second line, or moves the cursor of a terminal."""
    return {name: _escaped(value) if isinstance(value, str) else value for name, value in event.items()}


def _escaped(text: str) -> str:
    return text if text.isprintable() else "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
