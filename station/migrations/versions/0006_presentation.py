"""how articles are announced, and the editions and parts that are joined for it

Revision 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presentation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("chime", sa.String(length=8), nullable=False),
        sa.Column("chime_clip_id", sa.Integer(), nullable=True),
        sa.Column("opening", sa.JSON(), nullable=False),
        sa.Column("closing", sa.JSON(), nullable=False),
        sa.Column("bed", sa.String(length=8), nullable=False),
        sa.Column("bed_clip_id", sa.Integer(), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_presentation_area_id_area")),
        sa.ForeignKeyConstraint(["bed_clip_id"], ["clip.id"], name=op.f("fk_presentation_bed_clip_id_clip")),
        sa.ForeignKeyConstraint(["chime_clip_id"], ["clip.id"], name=op.f("fk_presentation_chime_clip_id_clip")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presentation")),
        sa.UniqueConstraint("area_id", "kind", name=op.f("uq_presentation_area_id_kind")),
    )
    op.create_table(
        "part",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("unknown", sa.String(length=200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_part")),
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rendition_id", sa.Integer(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("dress", sa.JSON(), nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=False),
        sa.Column("audio_bytes", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("skip", sa.Integer(), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("unknown", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["rendition_id"], ["rendition.id"], name=op.f("fk_edition_rendition_id_rendition"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("body_sha256", "key", name=op.f("uq_edition_body_sha256_key")),
    )
    op.create_index("ix_edition_audio_sha256", "edition", ["audio_sha256"], unique=False)
    op.create_index("ix_edition_rendition_id", "edition", ["rendition_id"], unique=False)
    op.create_index("ix_edition_state", "edition", ["state", "not_before"], unique=False)


def downgrade() -> None:
    op.drop_table("edition")
    op.drop_table("part")
    op.drop_table("presentation")
