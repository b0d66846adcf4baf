"""the book of what was heard (heard_entry, heard_day, heard_month), and where a place lies

Revision 0024, after 0023.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FIGURES = (
    "expected", "heard", "partly", "not_heard", "not_yet", "failed", "in_50ms", "in_200ms", "in_1s", "in_5s", "in_60s", "later",
)  # fmt: skip


def _figures() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in FIGURES]


def upgrade() -> None:
    op.create_table(
        "heard_entry",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occurrence_id"),
    )
    op.create_index("ix_heard_entry_next_at", "heard_entry", ["next_at"])
    op.create_table(
        "heard_day",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("playlist_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dialect", sa.String(8), nullable=False),
        *_figures(),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("area_id", "day", "playlist_id", "dialect"),
    )
    op.create_table(
        "heard_month",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        *_figures(),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("month", "area_id"),
    )
    op.add_column("area", sa.Column("lat", sa.Double()))
    op.add_column("area", sa.Column("lon", sa.Double()))


def downgrade() -> None:
    op.drop_column("area", "lon")
    op.drop_column("area", "lat")
    for table in ("heard_month", "heard_day"):
        op.drop_table(table)
    op.drop_index("ix_heard_entry_next_at", "heard_entry")
    op.drop_table("heard_entry")
