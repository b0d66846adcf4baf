"""hours: caps and faults of terminals, quiet hours of places, staggered groups, how a schedule interrupts, what fills the pauses

Revision 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("terminal", sa.Column("caps", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("terminal", sa.Column("fault", sa.String(length=200), server_default="", nullable=False))
    op.add_column("group_", sa.Column("stagger_ms", sa.Integer(), server_default="0", nullable=False))
    op.add_column("schedule", sa.Column("brk", sa.String(length=8), server_default="resume", nullable=False))
    op.add_column("schedule", sa.Column("volume", sa.Integer(), server_default="-1", nullable=False))
    op.create_table(
        "quiet_hours",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("area_id"),
    )
    op.create_table(
        "area_fill",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("playlist_id", sa.Integer(), nullable=True),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.ForeignKeyConstraint(["playlist_id"], ["playlist.id"]),
        sa.PrimaryKeyConstraint("area_id", "kind"),
    )
    op.create_index("ix_area_fill_playlist_id", "area_fill", ["playlist_id"], unique=False)
    op.create_table(
        "zone_fill",
        sa.Column("zid", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("dialect", sa.String(length=8), nullable=False),
        sa.Column("fill", sa.JSON(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("tz", sa.String(length=64), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("zid"),
    )
    op.create_index("ix_zone_fill_area_id", "zone_fill", ["area_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_zone_fill_area_id", table_name="zone_fill")
    op.drop_table("zone_fill")
    op.drop_index("ix_area_fill_playlist_id", table_name="area_fill")
    op.drop_table("area_fill")
    op.drop_table("quiet_hours")
    for table, column in (("schedule", "volume"), ("schedule", "brk"), ("group_", "stagger_ms"), ("terminal", "fault"), ("terminal", "caps")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
