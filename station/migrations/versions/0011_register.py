"""counting a province's terminals and receipts needs no table, only an index

Revision 0011, after 0010.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_terminal_state", "terminal", ["state", "presence"])
    op.drop_index("ix_receipt_occurrence", "receipt")
    op.create_index("ix_receipt_occurrence", "receipt", ["occurrence_id", "terminal_id", "result"])


def downgrade() -> None:
    op.drop_index("ix_receipt_occurrence", "receipt")
    op.create_index("ix_receipt_occurrence", "receipt", ["occurrence_id", "result"])
    op.drop_index("ix_terminal_state", "terminal")
