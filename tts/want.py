"""Which dialects an approved article is wanted in: those heard in its branch, and what is heard instead of those without a voice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from articles.models import Article
from station.areas import branch, dialect_of
from station.database import Database
from station.models import Area
from tts.choose import Choices
from tts.dialects import DIALECTS, pick_text
from tts.models import Rendition
from tts.recordings import why_silent

LOOK_BACK = timedelta(days=30)
"""Articles approved earlier get no voice for a dialect that came to a village since."""


def wanted_dialects(session: Session, area: Area) -> set[str]:
    """The dialects heard in the area and everywhere below it, and what is heard instead of those without a voice."""
    below = session.scalars(select(Area.dialect).where(branch(area), Area.dialect.is_not(None)).distinct())
    heard = {code for code in (dialect_of(session, area), *below) if code in DIALECTS}
    instead = {DIALECTS[code].fallback for code in heard if not DIALECTS[code].speaks}
    return heard | {code for code in instead if code is not None}


def want_renditions(
    session: Session, article: Article, dialects: Collection[str], now: datetime, voices: Mapping[str, str] | None = None
) -> int:
    """Rows for the dialects that the approved article's revision lacks: wanted, or no_voice with its reason. How many were new.

    ``voices`` names the voice per dialect; without it, the one chosen for the article and its area.
    """
    if voices is None:
        choices = Choices(session)
        voices = {code: choices.voice(code, article, article.area) for code in dialects}
    rows = select(Rendition.dialect, Rendition.voice).where(Rendition.article_id == article.id, Rendition.revision == article.revision)
    there = {(row.dialect, row.voice) for row in session.execute(rows)}
    new = sorted({(code, voices[code]) for code in dialects} - there)
    langs = [text.lang for text in article.texts]
    for code, name in new:
        lang, reason = pick_text(code, langs), why_silent(session, article, code)
        state = "no_voice" if reason else "wanted"
        row = Rendition(article_id=article.id, revision=article.revision, dialect=code, voice=name, state=state, created_at=now)
        row.lang, row.error, row.cues, row.unknown = lang or "", reason, [], []
        session.add(row)
    session.flush()
    return len(new)


def want_one(db: Database, now: datetime) -> bool:
    """One approved article that lacks a dialect heard in its branch gets the rows for it; False when there is none."""
    with db.reading() as session:
        article_id = _unvoiced(session, now)
    if article_id is None:
        return False
    try:
        with db.session() as session:
            article = session.get(Article, article_id)
            if article is None or article.state != "approved":
                return False
            return want_renditions(session, article, wanted_dialects(session, article.area), now) > 0
    except IntegrityError:  # another process was quicker by a moment: the rows are there
        return True


def _unvoiced(session: Session, now: datetime) -> int | None:
    """An approved article without any rendition of its revision, or without one in a dialect of a village below."""
    approved = select(Article.id).where(Article.state == "approved").order_by(Article.approved_at).limit(1)
    spoken = exists().where(Rendition.article_id == Article.id, Rendition.revision == Article.revision)
    found = session.scalar(approved.where(~spoken))
    if found is not None:
        return found
    home, village = aliased(Area), aliased(Area)
    lacking = ~spoken.where(Rendition.dialect == village.dialect)
    return session.scalar(
        select(Article.id)
        .join(home, home.id == Article.area_id)
        .join(village, village.path.startswith(home.path))
        .where(Article.state == "approved", Article.approved_at > now - LOOK_BACK, village.dialect.in_(DIALECTS), lacking)
        .limit(1)
    )
