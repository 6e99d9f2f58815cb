"""What notices, tasks and events repeat of the sensitive values of the event that they were made from"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("event", "task", "notice")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("inherited", sa.Text()))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "inherited")
