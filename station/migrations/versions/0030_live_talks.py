"""live talks: who spoke where and when, why it ended, what was said; the receipts of a talk

Revision 0030, after 0029.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_talk",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("ended_by", sa.String(length=100), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_live_talk_area_id_area")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_live_talk_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_talk")),
    )
    op.create_index(op.f("ix_live_talk_area_id"), "live_talk", ["area_id"])
    op.create_index(op.f("ix_live_talk_since"), "live_talk", ["since"])
    op.create_index(op.f("ix_live_talk_ended_at"), "live_talk", ["ended_at"])
    op.add_column("receipt", sa.Column("talk_id", sa.String(length=24), nullable=True))
    op.create_index(op.f("ix_receipt_talk_id"), "receipt", ["talk_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_receipt_talk_id"), table_name="receipt")
    with op.batch_alter_table("receipt") as batch_op:
        batch_op.drop_column("talk_id")
    op.drop_table("live_talk")
