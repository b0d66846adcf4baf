"""the few terminals that show films or play other formats are found by index

Revision 0009, after 0008.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_terminal_kind", "terminal", ["kind", "area_id"], unique=False)
    op.create_index("ix_terminal_format", "terminal", ["format"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_terminal_format", table_name="terminal")
    op.drop_index("ix_terminal_kind", table_name="terminal")
