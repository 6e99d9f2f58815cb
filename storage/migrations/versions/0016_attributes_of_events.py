"""Attributes of events"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("attributes", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("event", "attributes")
