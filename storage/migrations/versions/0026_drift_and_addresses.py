"""The fields of what sources send by hour, those that changed, and addresses that rotate"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    with op.batch_alter_table("source") as table:
        table.add_column(sa.Column("previous_token_hash", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("previous_token_until", _TIME(), nullable=True))
    op.create_table(
        "field_hour",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("type", _TEXT(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("source_id", "type", "hour"),
    )
    op.create_table(
        "drift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("type", _TEXT(), nullable=False),
        sa.Column("path", _TEXT(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("before", sa.Float(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("since", _TIME(), nullable=False),
        sa.Column("became", _TEXT(), nullable=False),
        sa.Column("successor", _TEXT(), nullable=False),
        sa.Column("found_at", _TIME(), nullable=False),
        sa.Column("ended_at", _TIME(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_drift_source_id", "drift", ["source_id"])


def downgrade() -> None:
    op.drop_table("drift")
    op.drop_table("field_hour")
    with op.batch_alter_table("source") as table:
        table.drop_column("previous_token_until")
        table.drop_column("previous_token_hash")
