"""readings are found by how their words begin; changed readings wait to be compared with the articles

Revision 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# as tts.sought has it at this revision
NUMBERS = frozenset("零〇一二三四五六七八九十百千万亿两萬億兩幺点點负負半第")


def upgrade() -> None:
    op.add_column("lexicon_entry", sa.Column("start", sa.String(length=2), nullable=True))
    op.add_column("lexicon_entry", sa.Column("rest", sa.String(length=1), nullable=True))
    op.create_index("ix_lexicon_entry_start", "lexicon_entry", ["area_id", "dialect", "start"], unique=False)
    op.create_index("ix_lexicon_entry_rest", "lexicon_entry", ["area_id", "dialect", "rest"], unique=False)
    op.create_table(
        "reading_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("dialect", sa.String(length=8), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("compared", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_reading_change_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_change")),
    )
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """Entries that stand there already."""
    entry = sa.table("lexicon_entry", sa.column("id", sa.Integer), sa.column("word", sa.String), sa.column("start", sa.String), sa.column("rest", sa.String))
    rows = connection.execute(sa.select(entry.c.id, entry.c.word)).all()
    if not rows:
        return
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    values = []
    for row in rows:
        plain = "".join(other if len(other := convert(char)) == 1 else char for char in row.word) if len(row.word) > 1 else row.word
        others = [char for char in plain if char not in NUMBERS]
        values.append({"row": row.id, "start": plain[:2], "rest": "".join(others[:1]) if len(others) < len(plain) else None})
    fill = sa.update(entry).where(entry.c.id == sa.bindparam("row")).values(start=sa.bindparam("start"), rest=sa.bindparam("rest"))
    connection.execute(fill, values)


def downgrade() -> None:
    op.drop_table("reading_change")
    op.drop_index("ix_lexicon_entry_rest", table_name="lexicon_entry")
    op.drop_index("ix_lexicon_entry_start", table_name="lexicon_entry")
    op.drop_column("lexicon_entry", "rest")
    op.drop_column("lexicon_entry", "start")
