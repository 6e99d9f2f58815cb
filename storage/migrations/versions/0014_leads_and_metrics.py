"""Leads, and metrics with their limits"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_Text = sqlmodel.sql.sqltypes.AutoString
_Time = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    _create_leads()
    _create_metrics()


def downgrade() -> None:
    for name in ("metric_standing", "metric_limit", "metric_hour", "metric_minute", "metric_series"):
        op.drop_table(name)
    for name in ("lead_rules", "lead_event", "lead_change", "lead_text", "lead"):
        op.drop_table(name)


def _create_leads() -> None:
    op.create_table(
        "lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", _Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", _Text(), nullable=False),
        sa.Column("status", _Text(), nullable=False),
        sa.Column("status_by", _Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("scored", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("first_seen_at", _Time(), nullable=False),
        sa.Column("last_seen_at", _Time(), nullable=False),
        sa.Column("last_event_type", _Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index("lead_by_score", "lead", ["score", "id"])
    op.create_index("lead_by_seen", "lead", ["last_seen_at", "id"])
    op.create_index("lead_by_status_and_score", "lead", ["status", "score", "id"])
    op.create_index("lead_by_status_and_seen", "lead", ["status", "last_seen_at", "id"])
    op.execute("CREATE VIRTUAL TABLE lead_text USING fts5(text, prefix='3', tokenize='unicode61 remove_diacritics 2')")
    op.create_table(
        "lead_change",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("at", _Time(), nullable=False),
        *(
            sa.Column(name, _Text(), nullable=False)
            for name in ("what", "before", "after", "reason", "by", "event_id", "execution_id")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("lead_change_of", "lead_change", ["lead_id", "seq"])
    op.create_table(
        "lead_event",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"]),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"]),
        sa.PrimaryKeyConstraint("lead_id", "event_seq"),
    )
    op.create_index("lead_event_of_event", "lead_event", ["event_seq"])
    op.create_table(
        "lead_rules",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("saved_at", _Time(), nullable=False),
        sa.Column("saved_by", _Text(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )


def _create_metrics() -> None:
    op.create_table(
        "metric_series",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, _Text(), nullable=False) for name in ("metric", "label", "label_name", "kind")),
        sa.Column("created_at", _Time(), nullable=False),
        sa.Column("last_at", _Time(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("metric_series_of", "metric_series", ["metric", "label"], unique=True)
    for name in ("metric_minute", "metric_hour"):
        op.create_table(
            name,
            sa.Column("series_id", sa.Integer(), nullable=False),
            sa.Column("minute", sa.Integer(), nullable=False),
            sa.Column("count", sa.Integer(), nullable=False),
            *(sa.Column(sums, sa.Float(), nullable=False) for sums in ("sum", "min", "max")),
            sa.ForeignKeyConstraint(["series_id"], ["metric_series.id"]),
            sa.PrimaryKeyConstraint("series_id", "minute"),
        )
        op.create_index(f"{name}_old", name, ["minute"])
    op.create_table(
        "metric_limit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("saved_at", _Time(), nullable=False),
        sa.Column("saved_by", _Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "metric_standing",
        sa.Column("limit_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("beyond", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("since", _Time(), nullable=False),
        sa.ForeignKeyConstraint(["limit_id"], ["metric_limit.id"]),
        sa.ForeignKeyConstraint(["series_id"], ["metric_series.id"]),
        sa.PrimaryKeyConstraint("limit_id", "series_id"),
    )
