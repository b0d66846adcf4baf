"""A reading was corrected: every article in which its word is heard is spoken again, a few compared at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, select, update
from sqlalchemy.orm import Session

from articles.models import Article, Text
from station.areas import branch
from station.database import Database
from station.models import Area
from tts.models import ReadingChange, Rendition
from tts.sought import Sought

AT_ONCE = 50
"""So many renditions are compared at a time; a change of one reading that reaches no more is done where it is made."""


def reading_changed(session: Session, area: Area, article: Article | None, code: str, words: Collection[str], now: datetime) -> None:
    """See to it that the words are heard anew, in the area and below or in one article: at once where that is little, else by ``respeak_one``."""
    here = _spoken(code, Article.id == article.id if article is not None else branch(area), 0)
    if len(words) > 1 or (article is None and len(session.scalars(here.with_only_columns(Rendition.id).limit(AT_ONCE + 1)).all()) > AT_ONCE):
        session.add(ReadingChange(area_id=area.id, dialect=code, words=list(words), compared=0, created_at=now))
        return
    sought = Sought(words)
    _again(session, [row.id for row in session.execute(here) if _heard(sought, row.title, row.body)])


def respeak_one(db: Database, now: datetime) -> bool:
    """The next few renditions below the oldest change of readings are compared with its words; False when no change waits.

    Changes that came together (a table in pieces) go on together. What is about to be spoken is marked too: whoever
    claims it may have read its words a moment too early (PostgreSQL shows what is committed, and a claim takes the mark away).
    """
    with db.reading() as session:
        oldest = session.scalar(select(ReadingChange).order_by(ReadingChange.id).limit(1))
        if oldest is None:
            return False
        alike = (ReadingChange.area_id == oldest.area_id, ReadingChange.dialect == oldest.dialect, ReadingChange.compared == oldest.compared)
        changes = session.execute(select(ReadingChange.id, ReadingChange.words).where(*alike).order_by(ReadingChange.id)).all()
        area = session.get_one(Area, oldest.area_id)
        rows = session.execute(_spoken(oldest.dialect, branch(area), oldest.compared).limit(AT_ONCE)).all()
        sought = Sought({word for change in changes for word in change.words})
        heard = [row.id for row in rows if _heard(sought, row.title, row.body)]
    ours = and_(ReadingChange.id.in_([change.id for change in changes]), ReadingChange.compared == oldest.compared)
    with db.session() as session:
        if len(rows) < AT_ONCE:
            for change in session.scalars(select(ReadingChange).where(ours)):
                session.delete(change)
        else:
            session.execute(update(ReadingChange).where(ours).values(compared=rows[-1].id).execution_options(synchronize_session=False))
        _again(session, heard)
    return True


def _spoken(code: str, where: ColumnElement[bool], after: int) -> Select[int, str, str]:
    """Renditions of approved articles in the dialect behind number ``after``, with the words they are spoken from."""
    return (
        select(Rendition.id, Text.title, Text.body)
        .join(Article, Article.id == Rendition.article_id)
        .join(Area, Area.id == Article.area_id)
        .join(Text, and_(Text.article_id == Article.id, Text.lang == Rendition.lang))
        .where(
            Rendition.dialect == code, Rendition.state.in_(("ready", "rendering", "wanted")), Rendition.revision == Article.revision,
            Article.state == "approved", Rendition.id > after, where,
        )
        .order_by(Rendition.id)
    )  # fmt: skip


def _heard(sought: Sought, title: str, body: str) -> bool:
    return next(sought.heard(f"{title}\n{body}"), None) is not None


def _again(session: Session, ids: list[int]) -> None:
    """Their turn comes at once, after everything that has no sound yet; until then their former sound counts."""
    if not ids:
        return
    session.execute(update(Rendition).where(Rendition.id.in_(ids)).values(again=True))
    rested = (Rendition.id.in_(ids), Rendition.state == "ready", Rendition.lease_until.is_(None))
    session.execute(update(Rendition).where(*rested).values(attempts=0, not_before=None))
