"""Indexes that store their text: tasks and leads, which change."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import text as sql
from sqlmodel import Session

from storage.queries.finding import Budget, find
from storage.queries.seqs import LAST_SEQ
from storage.queries.text_index import match
from storage.texts import Asked, indexed, searchable, searched

MOST_FOUND = 2_000
"""Of more, those that came last."""
MOST_LOOKED_AT = 20_000


def keep_text(session: Session, index: str, id: int, values: Iterable[str]) -> None:
    """Replaces the previous text."""
    put = sql(f"INSERT OR REPLACE INTO {index} (rowid, text) VALUES (:id, :text)")  # noqa: S608 (our own names)
    session.connection().execute(put, {"id": id, "text": indexed(searchable(values))})


def ids_with(session: Session, index: str, asked: Asked, shown: Callable[[int], Iterable[str]] | None) -> Sequence[int]:
    """Newest first. `shown` returns the values that the reader sees, by id; None if that is all."""
    words = match(session, index, asked)
    where = "rowid < :before" if words is None else f"{index} MATCH :words AND rowid < :before"
    statement = sql(f"SELECT rowid, text FROM {index} WHERE {where} ORDER BY rowid DESC LIMIT :most")  # noqa: S608

    def read(before: int, most: int) -> Iterator[tuple[int, str]]:
        given = {"before": before, "most": most} | ({} if words is None else {"words": words})
        for id, found in session.connection().execute(statement, given):
            text = searched(found)
            if shown is not None and asked.is_in(text):
                text = asked.within_reach(text, searchable(shown(id)))
            yield id, text

    return find(read, asked, LAST_SEQ, MOST_FOUND, Budget(rows=MOST_LOOKED_AT)).seqs
