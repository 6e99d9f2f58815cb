"""The statements that every event runs: compiled once from the tables, and given to the driver as text.

SQLAlchemy takes longer to prepare a row than SQLite to store it; everything that runs less often leaves that to it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, cast

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel.sql.sqltypes import UTCDateTime

MOST_VARIABLES: Final = 999
"""Of one statement: older SQLites take no more."""
_DIALECT: Final = sqlite.dialect()

_Process = Callable[[Any], Any] | None


class DriverSql:
    """`columns` are those that an insert has values for; an update names its values itself."""

    def __init__(self, statement: UpdateBase, columns: Sequence[str] | None = None) -> None:
        compiled = statement.compile(dialect=_DIALECT, column_keys=columns)
        names = compiled.positiontup or ()
        self._text = str(compiled)
        self._values: tuple[tuple[str, _Process], ...] = tuple((name, _process_of(compiled, name)) for name in names)

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        connection.exec_driver_sql(self._text, [self._row(row) for row in rows])

    def returning(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Sequence[Any]]:
        """What an insert gave, in as few statements as there may be: each takes longer than a further row."""
        found, most = list[Sequence[Any]](), MOST_VARIABLES // len(self._values)
        for start in range(0, len(rows), most):
            some = [self._row(row) for row in rows[start : start + most]]
            found += connection.exec_driver_sql(self._of_rows(len(some)), tuple(chain.from_iterable(some))).all()
        return found

    def _of_rows(self, count: int) -> str:
        one = f"({', '.join('?' * len(self._values))})"
        return self._text.replace(one, ", ".join([one] * count))

    def _row(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([process(row[name]) if process else row[name] for name, process in self._values])


def _process_of(compiled: SQLCompiler, name: str) -> _Process:
    kind = compiled.binds[name].type
    if isinstance(kind, UTCDateTime):
        return _instant
    return cast("_Process", kind.dialect_impl(_DIALECT).bind_processor(_DIALECT))


def _instant(at: datetime | None) -> str | None:
    """As SQLAlchemy stores it."""
    return at and at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
