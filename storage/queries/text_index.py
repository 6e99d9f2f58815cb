"""The index of the text of events.

It holds every value of an event's data and attributes, and its id, without the names of the fields. It is
filled a little after the events, and brought up to date before a search.
"""

import re

from sqlalchemy import bindparam, column, table, text
from sqlmodel import Session

SHORTEST_PREFIX = 3
_PHONE = re.compile(r"(?:[+(]*[0-9][-+(). /]*){7,}")
TEXT = table("event_text", column("rowid"))
_WORDS = """
    'zz' || replace(replace(type, '.', ''), '_', '') || ' ' || id || ' ' ||
    coalesce((SELECT group_concat(atom, ' ') FROM json_tree(event.data)), '') || ' ' ||
    coalesce((SELECT group_concat(atom, ' ') FROM json_tree(event.attributes)), '')
"""
"""The type is a word of its own kind, so that a search within one type meets no other."""
STEP_BYTES = 131_072
"""The writer needs about ten milliseconds for so much; one event may be longer."""
_UP_TO = text("""
    SELECT max(seq), max(seq) < (SELECT max(seq) FROM event) FROM (
        SELECT seq, sum(length(data)) OVER (ORDER BY seq) - length(data) AS before
        FROM event WHERE seq > :last ORDER BY seq LIMIT :most
    ) WHERE before < :bytes
""")
_INDEX_MORE = text(f"""
    INSERT INTO event_text (rowid, text) SELECT seq, {_WORDS} FROM event WHERE seq > :last AND seq <= :until
""")  # noqa: S608 (our own words)
_LAST_INDEXED = text("SELECT coalesce(max(id), 0) FROM event_text_docsize")
FORGET_TEXT = text(f"""
    INSERT INTO event_text (event_text, rowid, text) SELECT 'delete', seq, {_WORDS}
    FROM event WHERE seq IN :rows AND seq <= (SELECT coalesce(max(id), 0) FROM event_text_docsize)
""").bindparams(bindparam("rows", expanding=True))  # noqa: S608 (our own words)
"""The index does not keep the text: to forget it, it is told again what it was."""
MATCHES = text("event_text MATCH :words")


def index_text(session: Session, limit: int) -> tuple[int, bool]:
    """How many it took, up to `limit`, and whether there are more: these were many, or long enough for once."""
    connection = session.connection()
    last = connection.execute(_LAST_INDEXED).scalar_one()
    until, more = connection.execute(_UP_TO, {"last": last, "most": limit, "bytes": STEP_BYTES}).one()
    if until is None:
        return 0, False
    taken = connection.execute(_INDEX_MORE, {"last": last, "until": until}).rowcount
    return taken, bool(more)


def match(words: list[str], type: str | None, *, whole: bool = False) -> str:
    """In the language of the index: each word as it is, or unless `whole` as the beginning of one; a phone number
    however written."""
    rest = "" if whole else "*"
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    asked = [f"{word}{rest}" if len(word) >= SHORTEST_PREFIX + 2 else word for word in quoted]
    if _PHONE.fullmatch(" ".join(words)):
        digits = "".join(filter(str.isdigit, "".join(words)))
        asked = [f'({" AND ".join(asked)} OR "{digits}"{rest})']
    if type is not None:
        asked.append(f'"zz{type.replace(".", "").replace("_", "")}"')
    return " AND ".join(asked)
