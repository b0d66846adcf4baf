"""terminals with a fault are found by index

Revision 0012, after 0011.
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_terminal_fault", "terminal", ["fault"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_terminal_fault", table_name="terminal")
