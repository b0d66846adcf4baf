"""emergencies: phrases, orders, what each zone was told, speech that is waited for

Revision 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "speech",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("dialect", sa.String(length=8), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
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
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_speech_state", "speech", ["state", "urgent", "not_before"])
    op.create_index("ix_speech_ready_at", "speech", ["ready_at"])
    op.create_index(op.f("ix_speech_audio_sha256"), "speech", ["audio_sha256"])
    op.create_table(
        "emergency_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("clip_id", sa.Integer(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("area_id", "place"),
    )
    op.create_index("ix_emergency_phrase_changed_at", "emergency_phrase", ["changed_at"])
    op.create_table(
        "zone_phrases",
        sa.Column("zid", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("dialect", sa.String(length=8), nullable=False),
        sa.Column("sounds", sa.JSON(), nullable=False),
        sa.Column("lacks", sa.Boolean(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("zid"),
    )
    op.create_index(op.f("ix_zone_phrases_area_id"), "zone_phrases", ["area_id"])
    op.create_table(
        "emergency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("all_clear", sa.Boolean(), nullable=False),
        sa.Column("siren", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("phrase_id", sa.Integer(), nullable=True),
        sa.Column("clip_id", sa.Integer(), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("ordered_by_id", sa.Integer(), nullable=True),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("clears_id", sa.Integer(), nullable=True),
        *(sa.ForeignKeyConstraint([f"{act}_by_id"], ["person.id"]) for act in ("ordered", "released", "ended")),
        sa.ForeignKeyConstraint(["phrase_id"], ["emergency_phrase.id"]),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"]),
        sa.ForeignKeyConstraint(["clears_id"], ["emergency.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_emergency_state", "emergency", ["state", "until"])
    op.create_table(
        "emergency_area",
        sa.Column("emergency_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["emergency_id"], ["emergency.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("emergency_id", "area_id"),
    )
    op.create_index(op.f("ix_emergency_area_area_id"), "emergency_area", ["area_id"])
    op.create_table(
        "emergency_sent",
        sa.Column("emergency_id", sa.Integer(), nullable=False),
        sa.Column("zid", sa.String(length=36), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("whole_at", UtcDateTime(), nullable=True),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["emergency_id"], ["emergency.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("emergency_id", "zid"),
    )
    op.create_table(
        "zone_alert",
        sa.Column("zid", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("dialect", sa.String(length=8), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("sent_rev", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("awaits", sa.Boolean(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("said_rev", sa.BigInteger(), nullable=False),
        sa.Column("kid", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("zid"),
    )
    op.create_index("ix_zone_alert_unsent", "zone_alert", ["sent_rev", "rev"])
    op.create_index("ix_zone_alert_awaits", "zone_alert", ["awaits"])
    op.create_index(op.f("ix_zone_alert_area_id"), "zone_alert", ["area_id"])
    with op.batch_alter_table("receipt") as batch:
        batch.add_column(sa.Column("emergency_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_receipt_emergency_id_emergency", "emergency", ["emergency_id"], ["id"])
        batch.create_index(batch.f("ix_receipt_emergency_id"), ["emergency_id"])


def downgrade() -> None:
    with op.batch_alter_table("receipt") as batch:
        batch.drop_index(batch.f("ix_receipt_emergency_id"))
        batch.drop_constraint("fk_receipt_emergency_id_emergency", type_="foreignkey")
        batch.drop_column("emergency_id")
    for table in ("zone_alert", "emergency_sent", "emergency_area", "emergency", "zone_phrases", "emergency_phrase", "speech"):
        op.drop_table(table)
