"""warnings from outside: who may send them, what came, what became of it, and how others name our places

Revision 0017, after 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("alert_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("trust", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.String(length=300), nullable=True),
        sa.Column("modified", sa.String(length=100), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_alert_source_added_by_id_person")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_alert_source_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_source")),
        sa.UniqueConstraint("area_id", "name", name=op.f("uq_alert_source_area_id_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_alert_source_token_hash"))
    )
    op.create_index(op.f("ix_alert_source_area_id"), "alert_source", ["area_id"], unique=False)
    op.create_table("area_mark",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("geocodes", sa.JSON(), nullable=False),
        sa.Column("rings", sa.JSON(), nullable=False),
        sa.Column("point", sa.JSON(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_mark_area_id_area")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_area_mark"))
    )
    op.create_table("received_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(length=300), nullable=False),
        sa.Column("identifier", sa.String(length=300), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("link", sa.String(length=1000), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("drill", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("clear", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("played_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_received_alert_decided_by_id_person")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["received_alert.id"], name=op.f("fk_received_alert_ended_by_id_received_alert")),
        sa.ForeignKeyConstraint(["source_id"], ["alert_source.id"], name=op.f("fk_received_alert_source_id_alert_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_alert")),
        sa.UniqueConstraint("source_id", "identity", name=op.f("uq_received_alert_source_id_identity"))
    )
    op.create_index(op.f("ix_received_alert_received_at"), "received_alert", ["received_at"], unique=False)
    op.create_index(op.f("ix_received_alert_source_id"), "received_alert", ["source_id"], unique=False)
    op.create_index("ix_received_alert_state", "received_alert", ["state", "starts_at"], unique=False)
    op.create_table("alert_emergency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("emergency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["received_alert.id"], name=op.f("fk_alert_emergency_alert_id_received_alert")),
        sa.ForeignKeyConstraint(["emergency_id"], ["emergency.id"], name=op.f("fk_alert_emergency_emergency_id_emergency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_emergency")),
        sa.UniqueConstraint("alert_id", "part", name=op.f("uq_alert_emergency_alert_id_part"))
    )
    op.create_index(op.f("ix_alert_emergency_emergency_id"), "alert_emergency", ["emergency_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_alert_emergency_emergency_id"), table_name="alert_emergency")
    op.drop_table("alert_emergency")
    op.drop_index("ix_received_alert_state", table_name="received_alert")
    op.drop_index(op.f("ix_received_alert_source_id"), table_name="received_alert")
    op.drop_index(op.f("ix_received_alert_received_at"), table_name="received_alert")
    op.drop_table("received_alert")
    op.drop_table("area_mark")
    op.drop_index(op.f("ix_alert_source_area_id"), table_name="alert_source")
    op.drop_table("alert_source")
