"""exchange: the platforms of sources are told what becomes of their messages

Revision 0022, after 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=23), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=True),
        sa.Column("heard_at", UtcDateTime(), nullable=True),
        sa.Column("informed_at", UtcDateTime(), nullable=True),
        sa.Column("stated_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["alert_source.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source_id"),
    )
    op.create_table(
        "exchange_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ebd_id", sa.String(length=41), nullable=False),
        sa.Column("related", sa.String(length=64), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("result", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["received_alert.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["exchange.source_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("alert_id", "code"),
    )
    op.create_index(op.f("ix_exchange_package_source_id"), "exchange_package", ["source_id"])
    op.create_index("ix_exchange_package_unsent", "exchange_package", ["sent_at", "source_id", "id"])


def downgrade() -> None:
    op.drop_table("exchange_package")
    op.drop_table("exchange")
