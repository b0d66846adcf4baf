"""days: kinds of day, days that are marked, the operator's table of public holidays, programmes of the moon and of kinds of day

Revision 0028, after 0027.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("quiet", sa.JSON(), nullable=False),
        sa.Column("music", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_day_kind_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_kind")),
        sa.UniqueConstraint("area_id", "code", name=op.f("uq_day_kind_area_id_code")),
    )
    op.create_table(
        "marked_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("hours", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_marked_day_area_id_area")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_marked_day_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marked_day")),
    )
    op.create_index("ix_marked_day_area", "marked_day", ["area_id", "last"])
    op.create_index(op.f("ix_marked_day_last"), "marked_day", ["last"])
    op.create_table(
        "public_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_public_day")),
    )
    for name in ("lunar", "on_days", "off_days"):
        op.add_column("schedule", sa.Column(name, sa.JSON(), server_default="[]", nullable=False))
    op.add_column("occurrence", sa.Column("music", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("occurrence", sa.Column("changed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    # what was off because of its day is nothing that an earlier version knows: it would stay silent there too, so it is cancelled in its words
    op.execute("UPDATE occurrence SET state = 'cancelled' WHERE state = 'off'")
    # a rule of the moon is one that an earlier version would read as daily
    op.execute("UPDATE schedule SET active = false WHERE kind = 'lunar'")
    with op.batch_alter_table("occurrence") as batch_op:
        batch_op.drop_column("changed_at")
        batch_op.drop_column("music")
    with op.batch_alter_table("schedule") as batch_op:
        for name in ("off_days", "on_days", "lunar"):
            batch_op.drop_column(name)
    op.drop_table("public_day")
    op.drop_table("marked_day")
    op.drop_table("day_kind")
