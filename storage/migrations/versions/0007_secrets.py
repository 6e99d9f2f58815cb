"""Settings by name; common secret headers are marked as secret, and encrypted at the next start"""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

USUALLY_SECRET = {"authorization", "proxy-authorization", "x-api-key", "cookie"}
STEP = 500


def upgrade() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    for table, key in (("hook", "id"), ("hook_version", "revision")):
        _mark(sa.table(table, sa.column(key), sa.column("definition")), key)


def downgrade() -> None:
    op.drop_table("setting")


def _mark(rows: sa.TableClause, key: str) -> None:
    connection, after = op.get_bind(), 0
    number, definition = rows.c[key], rows.c.definition
    while found := connection.execute(
        sa.select(number, definition).where(number > after).order_by(number).limit(STEP)
    ).all():
        for after, text in found:
            if (marked := _marked(text)) != text:
                connection.execute(sa.update(rows).where(number == after).values(definition=marked))


def _marked(text: str) -> str:
    """Serialized like the store does, without spaces."""
    definition = json.loads(text)
    for action in definition["actions"]:
        if names := [name for name in action.get("headers", {}) if name.lower() in USUALLY_SECRET]:
            action["secret_headers"] = names
    return json.dumps(definition, separators=(",", ":"), ensure_ascii=False)
