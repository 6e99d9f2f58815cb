"""Audit log exports: CSV for spreadsheets, JSON lines for programs. Pure."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

import orjson

from engine import AuditEntry, Json

COLUMNS: Final = ("seq", "at", "actor", "kind", "role", "address", "action", "subject", "before", "after")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_head() -> str:
    return _csv([COLUMNS])


def csv_lines(entries: Iterable[AuditEntry]) -> str:
    return _csv([tuple(_cell(value) for value in asdict(entry).values()) for entry in entries])


def json_lines(entries: Iterable[AuditEntry]) -> str:
    option = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
    return "".join(orjson.dumps(entry, option=option).decode() for entry in entries)


def _csv(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cell(value: Json) -> str:
    """Prefixes an apostrophe to anything a spreadsheet would run as a formula."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_UTC_Z).decode().strip('"')
    return f"'{text}" if text.startswith(_FORMULA) else text
