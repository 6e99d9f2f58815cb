"""Notices for one person, in whose name a key was created, and people of an issuer of OpenID Connect"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OWNERS = """UPDATE api_key SET owner_id = (SELECT id FROM user WHERE user.email = api_key.created_by)"""


def upgrade() -> None:
    op.add_column("notice", sa.Column("user_id", sa.Integer(), nullable=True))
    op.add_column("api_key", sa.Column("owner_id", sa.Integer(), nullable=True))
    op.execute(OWNERS)
    op.add_column("session", sa.Column("external", sa.Boolean(), server_default="0", nullable=False))
    op.create_table(
        "identity",
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_index("ix_identity_user_id", "identity", ["user_id"])


def downgrade() -> None:
    op.drop_table("identity")
    op.drop_column("session", "external")
    op.drop_column("api_key", "owner_id")
    op.drop_column("notice", "user_id")
