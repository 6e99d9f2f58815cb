"""API keys with scopes, event types, a rate limit and an expiry"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Existing keys keep every permission of their role."""
    op.add_column("api_key", sa.Column("scopes", sa.Text(), nullable=False, server_default="ingest"))
    op.add_column("api_key", sa.Column("types", sa.Text(), nullable=False, server_default=""))
    op.add_column("api_key", sa.Column("rate", sa.Integer(), nullable=True))
    op.add_column("api_key", sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    for column in ("created_by", "last_used_from"):
        text = sqlmodel.sql.sqltypes.AutoString()
        op.add_column("api_key", sa.Column(column, text, nullable=False, server_default=""))
    op.execute("UPDATE api_key SET scopes = 'ingest read' WHERE role = 'user'")
    op.execute("UPDATE api_key SET scopes = 'ingest manage read' WHERE role IN ('manager', 'admin')")


def downgrade() -> None:
    for column in ("scopes", "types", "rate", "expires_at", "created_by", "last_used_from"):
        op.drop_column("api_key", column)
