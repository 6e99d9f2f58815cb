"""Limits: held and skipped executions with their reason, and what counts as a run"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE = "status IN ('pending', 'running', 'retrying')"
AFTER = "status IN ('pending', 'running', 'retrying', 'held')"
ADDED = {
    "execution_not_sent": (["status", "seq"], "status IN ('shadowed', 'skipped')"),
    "execution_held": (["next_attempt_at"], "status = 'held'"),
    "execution_counts": (["hook_id", "counts_at"], "counts_at IS NOT NULL"),
    "execution_counts_of": (["hook_id", "subject", "counts_at"], "counts_at IS NOT NULL"),
}


def upgrade() -> None:
    for name in ("reason", "subject"):
        column = sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), server_default="", nullable=False)
        op.add_column("execution", column)
    op.add_column("execution", sa.Column("counts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    _recreate_unfinished_indexes(AFTER)
    for name, (columns, where) in ADDED.items():
        op.create_index(name, "execution", columns, sqlite_where=sa.text(where))


def downgrade() -> None:
    for name in ADDED:
        op.drop_index(name, "execution")
    _recreate_unfinished_indexes(BEFORE)
    for name in ("counts_at", "subject", "reason"):
        op.drop_column("execution", name)


def _recreate_unfinished_indexes(where: str) -> None:
    """Recreates the indexes of unfinished executions with another condition."""
    for name in ("execution_unfinished", "execution_in_line"):
        op.drop_index(name, "execution")
    op.create_index("execution_unfinished", "execution", ["status", "seq"], sqlite_where=sa.text(where))
    in_line = sa.text(f"entity <> '' AND {where}")
    op.create_index("execution_in_line", "execution", ["hook_id", "entity", "id"], sqlite_where=in_line)
