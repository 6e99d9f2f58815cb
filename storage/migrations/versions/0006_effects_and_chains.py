"""Effects of internal actions, and the runs an event descends from"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "effect",
        sa.Column("execution_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("performed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["execution_id"], ["execution.id"]),
        sa.PrimaryKeyConstraint("execution_id", "action"),
        sqlite_with_rowid=False,
    )
    op.add_column("event", sa.Column("chain", sa.Text(), nullable=True))
    op.add_column("event", sa.Column("cause", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_index("event_by_cause", "event", ["cause", "seq"], sqlite_where=sa.text("cause IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("event_by_cause", "event")
    op.drop_column("event", "cause")
    op.drop_column("event", "chain")
    op.drop_table("effect")
