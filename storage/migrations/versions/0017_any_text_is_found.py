"""Search for any text, including parts of words

Event text is reindexed in the background, oldest first; all other text is reindexed here.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.texts import indexed, searchable, values_in

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

GRAMS = "detail=none, tokenize='trigram case_sensitive 1'"
WORDS = "prefix='3', tokenize='unicode61 remove_diacritics 2'"
KEPT = ("task_text", "lead_text")
NOT_KEPT = ("event_text", "audit_text")
ENTRY = """
    {0}.actor || ' ' || {0}.address || ' ' || {0}.action || ' ' || {0}.subject || ' ' ||
    coalesce({0}.before, '') || ' ' || coalesce({0}.after, '')
"""
STEP = 1_000


def upgrade() -> None:
    kept = _kept()
    op.execute("DROP TRIGGER audit_indexed")
    _rebuild(GRAMS)
    for index, rows in kept.items():
        _fill(index, rows)
    entries = op.get_bind().execute(sa.text("SELECT seq, actor, address, action, subject, before, after FROM audit"))
    for some in entries.partitions(STEP):
        _fill("audit_text", map(_entry, some))


def downgrade() -> None:
    kept = _kept()
    _rebuild(WORDS)
    for index, rows in kept.items():
        _fill(index, rows)
    into = "INSERT INTO audit_text (rowid, text)"
    op.execute(f"{into} SELECT seq, {ENTRY.format('audit')} FROM audit")  # noqa: S608
    op.execute(
        f"CREATE TRIGGER audit_indexed AFTER INSERT ON audit BEGIN {into} VALUES (new.seq, {ENTRY.format('new')}); END"  # noqa: S608
    )


def _kept() -> dict[str, Sequence[Any]]:
    return {
        index: op.get_bind().execute(sa.text(f"SELECT rowid, text FROM {index}")).all()  # noqa: S608
        for index in KEPT
    }


def _rebuild(how: str) -> None:
    for index in KEPT + NOT_KEPT:
        op.execute(f"DROP TABLE {index}")
        content = "content='', " if index in NOT_KEPT else ""
        op.execute(f"CREATE VIRTUAL TABLE {index} USING fts5(text, {content}{how})")


def _entry(row: Sequence[Any]) -> Sequence[Any]:
    *plain, before, after = row
    changed = [json.loads(one) for one in (before, after) if one is not None]
    return *plain, *values_in(changed, names=True)


def _fill(index: str, rows: Iterable[Sequence[Any]]) -> None:
    """Each row is an id followed by its texts."""
    texts = [{"id": row[0], "text": indexed(searchable(row[1:]))} for row in rows]
    if texts:
        op.get_bind().execute(sa.text(f"INSERT INTO {index} (rowid, text) VALUES (:id, :text)"), texts)  # noqa: S608
