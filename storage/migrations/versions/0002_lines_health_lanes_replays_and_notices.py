"""Lines, health, lanes, replays and notices"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lane",
        sa.Column("type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("type"),
    )
    op.create_table(
        "notice",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("tone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("link", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "replay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "hook_health",
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("executions", sa.Integer(), nullable=False),
        sa.Column("failing_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hook_id"],
            ["hook.id"],
        ),
        sa.PrimaryKeyConstraint("hook_id"),
    )
    op.create_table(
        "notices_read",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
        ),
        sa.PrimaryKeyConstraint("user_id"),
    )
    with op.batch_alter_table("execution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entity", sqlmodel.sql.sqltypes.AutoString(), server_default="", nullable=False))
        batch_op.drop_index(batch_op.f("execution_due"), sqlite_where=sa.text("status = 'retrying'"))
        batch_op.drop_index(
            batch_op.f("execution_unfinished"), sqlite_where=sa.text("status IN ('pending', 'running', 'retrying')")
        )
        batch_op.create_index(
            "execution_unfinished",
            ["status", "seq"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'running', 'retrying')"),
        )
        batch_op.create_index(
            "execution_due_of_hook",
            ["hook_id", "next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("status = 'retrying'"),
        )
        batch_op.create_index(
            "execution_in_line",
            ["hook_id", "entity", "id"],
            unique=False,
            sqlite_where=sa.text("entity <> '' AND status IN ('pending', 'running', 'retrying')"),
        )
        batch_op.create_index(
            "execution_pending",
            ["hook_id", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'running')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("execution", schema=None) as batch_op:
        batch_op.drop_index("execution_pending", sqlite_where=sa.text("status IN ('pending', 'running')"))
        batch_op.drop_index(
            "execution_in_line", sqlite_where=sa.text("entity <> '' AND status IN ('pending', 'running', 'retrying')")
        )
        batch_op.drop_index("execution_due_of_hook", sqlite_where=sa.text("status = 'retrying'"))
        batch_op.drop_index(
            "execution_unfinished", sqlite_where=sa.text("status IN ('pending', 'running', 'retrying')")
        )
        batch_op.create_index(
            batch_op.f("execution_unfinished"),
            ["hook_id", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'running', 'retrying')"),
        )
        batch_op.create_index(
            batch_op.f("execution_due"),
            ["type", "next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("status = 'retrying'"),
        )
        batch_op.drop_column("entity")

    op.drop_table("notices_read")
    op.drop_table("hook_health")
    op.drop_table("replay")
    op.drop_table("notice")
    op.drop_table("lane")
