"""Tasks and their planned events"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", _TEXT(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("due_at", _TIME(), nullable=False),
        sa.Column("assigned_to", _TEXT(), nullable=False),
        sa.Column("created_at", _TIME(), nullable=False),
        sa.Column("created_by", _TEXT(), nullable=False),
        sa.Column("updated_at", _TIME(), nullable=False),
        sa.Column("done_at", _TIME(), nullable=True),
        sa.Column("done_by", _TEXT(), nullable=True),
        sa.Column("deleted_at", _TIME(), nullable=True),
        sa.Column("chain", sa.Text(), nullable=True),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    is_open, is_done = "done_at IS NULL AND deleted_at IS NULL", "done_at IS NOT NULL AND deleted_at IS NULL"
    for name, columns, where in (
        ("task_open", ["due_at", "seq"], is_open),
        ("task_done", ["done_at", "seq"], is_done),
        ("task_open_of_person", ["assigned_to", "due_at", "seq"], is_open),
        ("task_done_of_person", ["assigned_to", "done_at", "seq"], is_done),
        ("task_deleted", ["deleted_at"], "deleted_at IS NOT NULL"),
    ):
        op.create_index(name, "task", columns, sqlite_where=sa.text(where))
    op.execute("CREATE VIRTUAL TABLE task_text USING fts5(text, prefix='3', tokenize='unicode61 remove_diacritics 2')")
    op.create_table(
        "plan",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("due_at", _TIME(), nullable=False),
        sa.Column("fired_at", _TIME(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("plan_due", "plan", ["due_at", "seq"], sqlite_where=sa.text("fired_at IS NULL"))
    op.create_index("plan_of_task", "plan", ["task_id", "kind"], unique=True)


def downgrade() -> None:
    op.drop_table("plan")
    op.execute("DROP TABLE task_text")
    op.drop_table("task")
