"""What notices, tasks and events repeat of the sensitive values of the event that they were made from; headers whose
names say that they are secret are marked, and encrypted at the next start"""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("event", "task", "notice")
STEP = 500
SECRET = re.compile(
    r"authori[sz]ation|cookie|token|secret|passw(?:or)?d|passphrase|signature|credential|"
    r"(?:api|access|private|auth|master|account|subscription|functions)key"
)
NO_LETTER = re.compile(r"[^a-z0-9]+")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("inherited", sa.Text()))
    marked = [
        _mark(sa.table(table, sa.column(key), sa.column("definition")), key)
        for table, key in (("hook", "id"), ("hook_version", "revision"))
    ]
    if any(marked):
        # Without its mark, the next start seals whatever is not sealed yet.
        op.execute("DELETE FROM setting WHERE name = 'seal'")


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "inherited")


def _mark(rows: sa.TableClause, key: str) -> bool:
    connection, after, any_marked = op.get_bind(), -1, False
    number, definition = rows.c[key], rows.c.definition
    while found := connection.execute(
        sa.select(number, definition).where(number > after).order_by(number).limit(STEP)
    ).all():
        for after, text in found:
            if (marked := _marked(text)) != text:
                connection.execute(sa.update(rows).where(number == after).values(definition=marked))
                any_marked = True
    return any_marked


def _marked(text: str) -> str:
    """Serialized like the store does, without spaces; unchanged if there is nothing to mark."""
    definition, changed = json.loads(text), False
    for action in definition["actions"]:
        known = [name.lower() for name in action.get("secret_headers", ())]
        more = [name for name in action.get("headers", {}) if name.lower() not in known and _is_secret(name)]
        if more:
            action["secret_headers"] = [*action.get("secret_headers", ()), *more]
            changed = True
    return json.dumps(definition, separators=(",", ":"), ensure_ascii=False) if changed else text


def _is_secret(name: str) -> bool:
    return SECRET.search(NO_LETTER.sub("", name.lower())) is not None
