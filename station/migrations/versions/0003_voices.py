"""a rendition per voice, and who chose it

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("dialect", sa.String(length=8), nullable=False),
        sa.Column("voice", sa.String(length=32), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_voice_choice_area_id_area")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_voice_choice_article_id_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_choice")),
        sa.UniqueConstraint("area_id", "dialect", name=op.f("uq_voice_choice_area_id_dialect")),
        sa.UniqueConstraint("article_id", "dialect", name=op.f("uq_voice_choice_article_id_dialect")),
    )
    # what was spoken so far was the dialect's only voice, under the dialect's name
    op.execute("UPDATE rendition SET voice = 'male'")
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("engines", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("instead", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.drop_constraint(batch_op.f("uq_rendition_article_id_revision_dialect"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_rendition_article_id_revision_dialect_voice"), ["article_id", "revision", "dialect", "voice"]
        )
    with op.batch_alter_table("playlist", schema=None) as batch_op:
        batch_op.add_column(sa.Column("voice", sa.String(length=32), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("playlist", schema=None) as batch_op:
        batch_op.drop_column("voice")
    op.execute("DELETE FROM rendition WHERE voice <> 'male'")
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_rendition_article_id_revision_dialect_voice"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_rendition_article_id_revision_dialect"), ["article_id", "revision", "dialect"]
        )
        batch_op.drop_column("instead")
        batch_op.drop_column("engines")
    op.drop_table("voice_choice")
