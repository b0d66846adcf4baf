"""films of renditions, and how an article is to be shown

Revision 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tv_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=True),
        sa.Column("burnt", sa.Boolean(), nullable=False),
        sa.Column("picture_sha256", sa.String(length=64), nullable=False),
        sa.Column("sign_sha256", sa.String(length=64), nullable=False),
        sa.Column("sign_name", sa.String(length=120), nullable=False),
        sa.Column("sign_ms", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_tv_choice_article_id_article"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tv_choice")),
        sa.UniqueConstraint("article_id", name=op.f("uq_tv_choice_article_id")),
    )
    op.create_table(
        "tv_rendition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rendition_id", sa.Integer(), nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=False),
        sa.Column("video_sha256", sa.String(length=64), nullable=False),
        sa.Column("video_bytes", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("undrawn", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["rendition_id"], ["rendition.id"], name=op.f("fk_tv_rendition_rendition_id_rendition"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tv_rendition")),
        sa.UniqueConstraint("rendition_id", name=op.f("uq_tv_rendition_rendition_id")),
    )
    op.create_index("ix_tv_rendition_state", "tv_rendition", ["state", "not_before"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_tv_rendition_state", table_name="tv_rendition")
    op.drop_table("tv_rendition")
    op.drop_table("tv_choice")
