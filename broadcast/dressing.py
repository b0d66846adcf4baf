"""The articles of an occurrence as its area announces them: opening before the first, closing behind the last, music, repetitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from station.models import Area
from tts.editions import want_edition
from tts.models import Rendition
from tts.presentation import Presentations


@dataclass(frozen=True)
class ClipRef:
    """Audio as a plan names it: sha256, bytes, length in milliseconds, the encoder's priming samples; ``rendition`` is the row of a spoken
    article, 0 for other sound."""

    sha: str
    bytes: int
    ms: int
    skip: int
    rendition: int = 0


@dataclass(frozen=True)
class Heard:
    """One item of an occurrence on its way into the plan. ``kind`` is the article's, "chime" or "" for other sound; ``base`` the sha256 of the
    rendition inside, ``pause_ms`` what is silent before it."""

    clip: ClipRef
    title: str
    gain_db: float
    lang: str
    kind: str
    pause_ms: int = 0
    base: str = ""


class Dressing:
    """The presentations of the station, and the editions made for them."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self._presentations = Presentations(session)

    def of(self, area: Area, items: Sequence[Heard], programme: int = 0, music: bool = True) -> tuple[list[Heard], bool]:
        """The items of a programme (its number) as they are heard in the area, and whether anything is still being made; without ``music``
        there is none under them. Until an edition is ready, or when it cannot
        be made, the article is heard as it is: a warning waits for no jingle."""
        spoken = [n for n, item in enumerate(items) if item.clip.rendition]
        found, lacking, chimed = list(items), False, False
        for n, item in enumerate(items):
            chimed = chimed or item.kind == "chime"
            if n not in spoken:
                continue
            dress = self._presentations.dress(
                area, item.kind, item.lang, first=n == spoken[0], last=n == spoken[-1], chimed=chimed, programme=programme
            )
            if not music:
                dress = replace(dress, bed="")
            if dress.plain:
                continue
            row = want_edition(self.session, self.session.get_one(Rendition, item.clip.rendition), dress, area, self.now)
            if row.state == "ready":
                found[n] = replace(item, clip=replace(item.clip, sha=row.audio_sha256, bytes=row.audio_bytes, ms=row.ms, skip=row.skip))
            lacking = lacking or row.state in ("wanted", "making")
        return found, lacking
