"""How the station announces: which chime, phrases, music and repetitions go with an article where it is heard."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from articles.models import KINDS
from station.models import Area
from tts.dialects import DIALECTS, dialect
from tts.engines import TtsError
from tts.models import Clip, Presentation

OWN = "own"
_PROGRAMME = "list "
MOST_REPEATS, LONGEST_PHRASE = 5, 200
PLACE = "{place}"


class PresentationRefused(TtsError):
    """What cannot be a presentation; the message names the field."""


@dataclass(frozen=True)
class Dress:
    """Everything that goes around one body. ``chime`` and ``bed`` are "", "own" or the sha256 of a clip; phrases are as they are spoken;
    ``words`` the readings given for words in them."""

    chime: str = ""
    opening: str = ""
    closing: str = ""
    bed: str = ""
    repeats: int = 1
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def plain(self) -> bool:
        return not (self.chime or self.opening or self.closing or self.bed or self.repeats > 1)

    def key(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def of_programme(number: int) -> str:
    """In the place of a kind: the programme (playlist) of this number alone, wherever it is heard. Rooms downstream give the numbers."""
    return f"{_PROGRAMME}{number}"


def programme_of(kind: str) -> int | None:
    """The number of the programme for which a row holds; None when it holds for a kind."""
    return int(kind.removeprefix(_PROGRAMME)) if kind.startswith(_PROGRAMME) else None


class Presentations:
    """Every presentation, read once; there are as many as people wrote by hand."""

    def __init__(self, session: Session) -> None:
        rows = session.scalars(
            select(Presentation).where(Presentation.active).options(selectinload(Presentation.chime_clip), selectinload(Presentation.bed_clip))
        )
        self._rows: dict[tuple[int, str], Presentation] = {}
        self._programmes: dict[int, Presentation] = {}
        for row in rows:
            number = programme_of(row.kind)
            if number is None:
                self._rows[row.area_id, row.kind] = row
            else:
                self._programmes[number] = row

    def of(self, area: Area, kind: str, programme: int = 0) -> Presentation | None:
        """The programme's own, else that of the nearest place; there, one for the kind goes before one for every kind."""
        if programme in self._programmes:
            return self._programmes[programme]
        for part in reversed(area.path.strip("/").split("/")):
            found = self._rows.get((int(part), kind)) or self._rows.get((int(part), ""))
            if found is not None:
                return found
        return None

    def dress(self, area: Area, kind: str, code: str, *, first: bool = True, last: bool = True, chimed: bool = False, programme: int = 0) -> Dress:
        """What goes around an article of the kind in a programme (its number, 0 for none): the opening only before the ``first`` article, the closing behind the
        ``last``; no chime where one was ``chimed`` already."""
        row = self.of(area, kind, programme)
        if row is None:
            return Dress()
        return Dress(
            chime=_sound(row.chime, row.chime_clip) if first and not chimed else "",
            opening=_phrase(row.opening, code, area) if first else "",
            closing=_phrase(row.closing, code, area) if last else "",
            bed=_sound(row.bed, row.bed_clip),
            repeats=row.repeats,
        )


def _sound(choice: str, clip: Clip | None) -> str:
    return (clip.audio_sha256 if clip is not None else "") if choice == "clip" else choice


def _phrase(phrases: Mapping[str, str], code: str, area: Area) -> str:
    if code in DIALECTS and not DIALECTS[code].speaks:
        return ""  # a person read the article; nobody can say the phrase around it
    return phrases.get(code, "").replace(PLACE, area.name).strip()


def set_presentation(
    session: Session, area: Area, kind: str, now: datetime, *, chime: str = "", chime_clip: Clip | None = None,
    opening: Mapping[str, str] | None = None, closing: Mapping[str, str] | None = None, bed: str = "", bed_clip: Clip | None = None,
    repeats: int = 1, active: bool = True,
) -> Presentation:  # fmt: skip
    """Write down how it is announced in the area, or (``kind`` as ``of_programme`` names it) in a programme of that area; ``active`` False
    leaves it to the places above. Raises PresentationRefused."""
    if kind and kind not in KINDS and programme_of(kind) is None:
        raise PresentationRefused(f"kind: take one of {', '.join(KINDS)}, or none for every kind")
    for name, choice, clip in (("chime", chime, chime_clip), ("bed", bed, bed_clip)):
        if choice not in ("", OWN, "clip") or (choice == "clip") != (clip is not None):
            raise PresentationRefused(f"{name}: take none, the station's own, or a clip of the library")
    if not 1 <= repeats <= MOST_REPEATS:
        raise PresentationRefused(f"repeats: from 1 to {MOST_REPEATS} times")
    row = session.scalar(select(Presentation).where(Presentation.area_id == area.id, Presentation.kind == kind))
    if row is None:
        row = Presentation(area_id=area.id, kind=kind, changed_at=now)
        session.add(row)
    row.chime, row.chime_clip, row.bed, row.bed_clip, row.repeats, row.active = chime, chime_clip, bed, bed_clip, repeats, active
    row.opening, row.closing, row.changed_at = _phrases("opening", opening or {}), _phrases("closing", closing or {}), now
    session.flush()
    return row


def _phrases(name: str, given: Mapping[str, str]) -> dict[str, str]:
    kept = {dialect(code).code: " ".join(text.split()) for code, text in given.items() if text.strip()}
    for code, text in kept.items():
        if len(text) > LONGEST_PHRASE:
            raise PresentationRefused(f"{name}: at most {LONGEST_PHRASE} characters in {dialect(code).english}, not {len(text)}")
    return kept
