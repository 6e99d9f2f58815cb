"""Sources with a mapping of their own, and what of a request it may read besides the body"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("source") as table:
        table.add_column(sa.Column("mapping", sa.Text(), nullable=True))
        table.add_column(sa.Column("mapping_version", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("source_body") as table:
        table.add_column(sa.Column("headers", sa.Text(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("query", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("source_body") as table:
        table.drop_column("query")
        table.drop_column("headers")
    with op.batch_alter_table("source") as table:
        table.drop_column("mapping_version")
        table.drop_column("mapping")
