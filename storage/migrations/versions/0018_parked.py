"""What is parked, and what is held, by hook"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ADDED = {
    "execution_held_of_hook": (["hook_id"], "status = 'held'"),
    "execution_parked": (["hook_id", "seq"], "status = 'parked'"),
}


def upgrade() -> None:
    for name, (columns, where) in ADDED.items():
        op.create_index(name, "execution", columns, sqlite_where=sa.text(where))


def downgrade() -> None:
    for name in ADDED:
        op.drop_index(name, "execution")
    op.execute("UPDATE execution SET status = 'cancelled' WHERE status = 'parked'")
