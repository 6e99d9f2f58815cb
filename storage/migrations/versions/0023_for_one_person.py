"""Notices for one person, and in whose name a key was created"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

OWNERS = """UPDATE api_key SET owner_id = (SELECT id FROM user WHERE user.email = api_key.created_by)"""


def upgrade() -> None:
    op.add_column("notice", sa.Column("user_id", sa.Integer(), nullable=True))
    op.add_column("api_key", sa.Column("owner_id", sa.Integer(), nullable=True))
    op.execute(OWNERS)


def downgrade() -> None:
    op.drop_column("api_key", "owner_id")
    op.drop_column("notice", "user_id")
