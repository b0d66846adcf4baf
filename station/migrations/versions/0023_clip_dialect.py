"""clip dialect: an emergency may bring a recording of its words in one dialect

Revision 0023, after 0022.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("emergency", sa.Column("clip_dialect", sa.String(length=8), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("emergency", "clip_dialect")
