"""metered lines, village heads, releases of the terminals' program

Revision 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("area", sa.Column("metered", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("terminal", sa.Column("metered", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("terminal", sa.Column("head", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("signed", sa.String(length=2000), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version"),
    )


def downgrade() -> None:
    op.drop_table("release")
    op.drop_column("terminal", "head")
    op.drop_column("terminal", "metered")
    op.drop_column("area", "metered")
