"""spent files: their rows are gone, they go a day later

Revision 0019, after 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent_file", sa.Column("sha256", sa.String(length=64), nullable=False), sa.Column("since", UtcDateTime(), nullable=False), sa.PrimaryKeyConstraint("sha256")
    )


def downgrade() -> None:
    op.drop_table("spent_file")
