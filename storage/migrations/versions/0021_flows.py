"""Flows: who sent an event, whether in bulk, and what it is about; whether an execution comes of one in bulk"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TEXTS = ("sender", "entity")
UNDECIDED = "revision IS NULL"
PENDING = "status IN ('pending', 'running')"
# As the engine finds it, so that what is undecided stays in order with what comes.
FILL = """UPDATE event SET entity = substr(coalesce(
    'lead_id:' || nullif(json_extract(data, '$.lead_id'), ''),
    'call_id:' || nullif(json_extract(data, '$.call_id'), ''), ''), 1, 200) WHERE revision IS NULL"""


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("event", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for table in ("event", "execution"):
        op.add_column(table, sa.Column("bulk", sa.Boolean(), server_default="0", nullable=False))
    op.execute(FILL)
    _recreate("event_undecided", "event", ["sender", "bulk", "seq"], UNDECIDED)
    _recreate("execution_pending", "execution", ["hook_id", "bulk", "id"], PENDING)
    op.create_index(
        "event_undecided_of", "event", ["entity", "seq"], sqlite_where=sa.text(f"{UNDECIDED} AND entity <> ''")
    )


def downgrade() -> None:
    op.drop_index("event_undecided_of", "event")
    _recreate("event_undecided", "event", ["seq"], UNDECIDED)
    _recreate("execution_pending", "execution", ["hook_id", "id"], PENDING)
    op.drop_column("execution", "bulk")
    for name in ("bulk", *TEXTS):
        op.drop_column("event", name)


def _recreate(name: str, table: str, columns: list[str], where: str) -> None:
    op.drop_index(name, table)
    op.create_index(name, table, columns, sqlite_where=sa.text(where))
