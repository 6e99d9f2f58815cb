"""Full-text search of the audit log"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INTO = "INSERT INTO audit_text (rowid, text)"
WORDS = """
    {0}.actor || ' ' || {0}.address || ' ' || {0}.action || ' ' || {0}.subject || ' ' ||
    coalesce({0}.before, '') || ' ' || coalesce({0}.after, '')
"""


def upgrade() -> None:
    area = sa.Computed("substr(action, 1, instr(action, '.') - 1)", persisted=False)
    op.add_column("audit", sa.Column("area", sa.Text(), area, nullable=True))
    op.create_index("audit_by_area", "audit", ["area", "seq"])
    op.create_index("audit_by_action", "audit", ["action", "seq"])
    op.create_index("audit_by_actor", "audit", ["actor", "seq"])
    op.execute(
        "CREATE VIRTUAL TABLE audit_text USING fts5("
        "text, content='', prefix='3', tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute(f"{INTO} SELECT seq, {WORDS.format('audit')} FROM audit")  # noqa: S608 (our own words)
    op.execute(
        f"CREATE TRIGGER audit_indexed AFTER INSERT ON audit BEGIN {INTO} VALUES (new.seq, {WORDS.format('new')}); END"  # noqa: S608
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_indexed")
    op.execute("DROP TABLE audit_text")
    for index in ("audit_by_area", "audit_by_action", "audit_by_actor"):
        op.drop_index(index, "audit")
    op.drop_column("audit", "area")
