"""Which voice speaks: the article's own, else the playlist's, else that of the nearest area above the listeners, else the dialect's first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.models import Article
from station.models import Area
from tts.dialects import DIALECTS, dialect
from tts.models import VoiceChoice
from tts.voices import DEFAULT, VOICES, voice


class Choices:
    """Every choice that was made, read once; there are as many as people made by hand."""

    def __init__(self, session: Session) -> None:
        self._areas: dict[tuple[int, str], str] = {}
        self._articles: dict[tuple[int, str], str] = {}
        for row in session.scalars(select(VoiceChoice).where(VoiceChoice.voice != "")):
            if row.article_id is not None:
                self._articles[row.article_id, row.dialect] = row.voice
            elif row.area_id is not None:
                self._areas[row.area_id, row.dialect] = row.voice

    def voice(self, code: str, article: Article, area: Area, playlist: str = "") -> str:
        """The name of the voice in which ``article`` is spoken to the listeners of ``area``; ``playlist`` is the playlist's own voice.

        A choice for this dialect goes before one for every dialect; a name that the dialect does not have is passed over.
        """
        wishes = (self._articles.get((article.id, code)), self._articles.get((article.id, "")), playlist)
        return next((name for name in wishes if name and (code, name) in VOICES), None) or self.of_area(code, area)

    def of_area(self, code: str, area: Area) -> str:
        """The voice that speaks in the area what has no choice of its own."""
        for part in reversed(area.path.strip("/").split("/")):
            for name in (self._areas.get((int(part), code)), self._areas.get((int(part), ""))):
                if name and (code, name) in VOICES:
                    return name
        return DEFAULT


def choose_voice(
    session: Session, now: datetime, name: str, *, area: Area | None = None, article: Article | None = None, code: str = ""
) -> VoiceChoice:
    """Set the voice of an area or an article, for one dialect or (``code`` "") for every one; ``name`` "" takes the choice back.

    Raises UnknownDialect or UnknownVoice.
    """
    if (area is None) == (article is None):
        raise ValueError("a voice is chosen for an area or for an article")
    for each in (dialect(code).code,) if code else tuple(DIALECTS) if name else ():
        if name:
            voice(each, name)
    mine = (
        VoiceChoice.area_id == area.id
        if area is not None
        else VoiceChoice.article_id == article.id
        if article is not None
        else None
    )
    row = session.scalar(select(VoiceChoice).where(mine, VoiceChoice.dialect == code)) if mine is not None else None
    if row is None:
        row = VoiceChoice(area_id=area.id if area else None, article_id=article.id if article else None, dialect=code)
        session.add(row)
    row.voice, row.changed_at = name, now
    session.flush()
    return row
