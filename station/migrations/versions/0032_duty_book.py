"""duty book: who was on in a place, what was said, handed over; lines are only ever added

Revision 0032, after 0031.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ADDED_ONLY = {
    "sqlite": (
        "CREATE TRIGGER duty_entry_kept BEFORE UPDATE ON duty_entry BEGIN SELECT RAISE(ABORT, 'lines of the duty book are only ever added'); END",
        "CREATE TRIGGER duty_entry_stays BEFORE DELETE ON duty_entry BEGIN SELECT RAISE(ABORT, 'lines of the duty book are only ever added'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION duty_added_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'lines of the duty book are only ever added'; END $$",
        "CREATE TRIGGER duty_entry_kept BEFORE UPDATE OR DELETE ON duty_entry FOR EACH ROW EXECUTE FUNCTION duty_added_only()",
        "CREATE TRIGGER duty_entry_whole BEFORE TRUNCATE ON duty_entry FOR EACH STATEMENT EXECUTE FUNCTION duty_added_only()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "duty_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_duty_entry_area_id_area")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_duty_entry_other_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_entry")),
    )
    op.create_index("ix_duty_entry_area_id_id", "duty_entry", ["area_id", "id"])
    for statement in ADDED_ONLY.get(op.get_bind().dialect.name, ()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("duty_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION duty_added_only()")
