"""readings of words, trials of sentences, and renditions that are spoken again

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lexicon_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("dialect", sa.String(length=8), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("reading", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_lexicon_entry_added_by_id_person")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_lexicon_entry_area_id_area")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_lexicon_entry_article_id_article"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexicon_entry")),
        sa.UniqueConstraint("article_id", "dialect", "word", name=op.f("uq_lexicon_entry_article_id_dialect_word")),
    )
    only_places = sa.text("article_id IS NULL")
    op.create_index(
        "uq_lexicon_entry_place", "lexicon_entry", ["area_id", "dialect", "word"], unique=True, sqlite_where=only_places,
        postgresql_where=only_places,
    )  # fmt: skip
    op.create_table(
        "preview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("dialect", sa.String(length=8), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_preview_article_id_article"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview")),
        sa.UniqueConstraint("key", name=op.f("uq_preview_key")),
    )
    op.create_index("ix_preview_state", "preview", ["state", "not_before"])
    op.create_index("ix_preview_article_id", "preview", ["article_id", "dialect"])
    with op.batch_alter_table("rendition") as batch:
        batch.add_column(sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("respoken_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("rendition") as batch:
        batch.drop_column("respoken_at")
        batch.drop_column("again")
    op.drop_table("preview")
    op.drop_table("lexicon_entry")
