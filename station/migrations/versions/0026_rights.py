"""rights: limits of a role, what a token may do, where a session is open, an audit log that only grows

Revision 0026, after 0025.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FIXED = "id, at, person_id, act, subject, subject_id, detail"
NO = "audit entries are only ever added"


def upgrade() -> None:
    for name in ("kinds", "hours", "langs"):
        op.add_column("grant_", sa.Column(name, sa.JSON(none_as_null=True), nullable=True))
    op.add_column("grant_", sa.Column("highest", sa.String(length=16), nullable=True))
    op.add_column("api_token", sa.Column("scopes", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("sign_in", sa.Column("agent", sa.String(length=200), nullable=True))
    op.add_column("sign_in", sa.Column("address", sa.String(length=64), nullable=True))
    op.create_table(
        "audit_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("last_id", name=op.f("uq_audit_seal_last_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER audit_entry_kept BEFORE UPDATE OF {FIXED} ON audit_entry BEGIN SELECT RAISE(ABORT, '{NO}'); END")
        op.execute(f"CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, '{NO}'); END")
        return
    op.execute(f"CREATE OR REPLACE FUNCTION audit_added_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{NO}'; END $$")
    op.execute(f"CREATE TRIGGER audit_entry_kept BEFORE UPDATE OF {FIXED} ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_added_only()")
    op.execute("CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_added_only()")
    op.execute("CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_added_only()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entry_kept")
        op.execute("DROP TRIGGER audit_entry_stays")
    else:
        op.execute("DROP FUNCTION audit_added_only() CASCADE")
    op.drop_table("audit_seal")
    for table, names in (("sign_in", ("address", "agent")), ("api_token", ("scopes",)), ("grant_", ("highest", "langs", "hours", "kinds"))):
        with op.batch_alter_table(table) as batch_op:
            for name in names:
                batch_op.drop_column(name)
