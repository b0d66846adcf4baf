"""The desk: former versions of a text, remarks, who looks after an article and until when, when it ends, links for contributions

Revision 0025, after 0024.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("article") as table:
        table.add_column(sa.Column("assignee_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("expires_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("adapted_from_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("audience", sa.String(length=16), server_default="", nullable=False))
        table.create_foreign_key("fk_article_assignee_id_person", "person", ["assignee_id"], ["id"])
        table.create_foreign_key("fk_article_adapted_from_id_article", "article", ["adapted_from_id"], ["id"])
        table.create_index("ix_article_assignee_id", ["assignee_id"])
        table.create_index("ix_article_expires_at", ["expires_at"])
        table.create_index("ix_article_adapted_from_id", ["adapted_from_id"])
    op.create_table(
        "text_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "lang", "revision"),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=1000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_remark_article_id", "remark", ["article_id"])
    op.create_table(
        "contribution_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_contribution_link_area_id", "contribution_link", ["area_id"])


def downgrade() -> None:
    op.drop_table("contribution_link")
    op.drop_table("remark")
    op.drop_table("text_version")
    with op.batch_alter_table("article") as table:
        table.drop_index("ix_article_adapted_from_id")
        table.drop_index("ix_article_expires_at")
        table.drop_index("ix_article_assignee_id")
        table.drop_constraint("fk_article_adapted_from_id_article", type_="foreignkey")
        table.drop_constraint("fk_article_assignee_id_person", type_="foreignkey")
        for name in ("audience", "adapted_from_id", "expires_at", "due_at", "assignee_id"):
            table.drop_column(name)
