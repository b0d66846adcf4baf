"""what fills a pause in the formats that terminals play

Revision 0015, after 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("zone_fill", sa.Column("formats", sa.String(length=100), server_default="", nullable=False))
    op.add_column("zone_fill", sa.Column("lacks", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("zone_fill", "lacks")
    op.drop_column("zone_fill", "formats")
