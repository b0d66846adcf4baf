"""What an item brings beside its mp3: the same sound for terminals of other formats, a film for set-top boxes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from broadcast.models import Dispatch
from devices.models import Terminal
from station.models import Area
from tts.captions import Cue, webvtt
from tts.formats import FORMATS, MASTER
from tts.models import Edition, Presentation, Rendition, TvChoice, TvRendition, Variant
from tts.variants import want_variants
from wire.messages import Alternate, Fill, PlanItem


def plan_item(row: Mapping[str, Any]) -> PlanItem:
    """A plan item as it is kept in a dispatch."""
    return PlanItem(**{**row, "others": tuple(Alternate(**each) for each in row.get("others", ()))})


def plan_fill(row: Mapping[str, Any]) -> Fill:
    """What fills a pause, as it is kept in a zone's fill."""
    return Fill(**{**row, "others": tuple(Alternate(**each) for each in row.get("others", ()))})


def made_since_planned(newer: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether something that a dispatch lacks may have become ready after it was planned, or is to be shown or announced otherwise.

    ``newer`` says whether a moment lies behind that of the plan.
    """
    kinds = (Variant, TvRendition, Edition)
    made = or_(*(exists().where(newer(kind.ready_at)) for kind in kinds))
    changed = (TvChoice, Presentation)
    return or_(and_(Dispatch.lacks, made), *(exists().where(newer(kind.changed_at)) for kind in changed))


class Extras:
    """The special terminals of a batch of areas, and what is there for them. ``lacking`` is True once something is still being made."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        special = or_(Terminal.format.in_(set(FORMATS) - {MASTER}), Terminal.kind == "stb")  # both by index: most terminals are plain
        query = select(Area.path, Terminal.format, Terminal.kind).join(Area, Area.id == Terminal.area_id)
        self._known: dict[str, str] = {}
        self._burnt: set[str] = set()
        self._special = session.execute(query.where(Terminal.state == "active", special).distinct()).all()

    def formats(self, area: Area) -> set[str]:
        """What is played below the area besides mp3."""
        return {row.format for row in self._special if row.format in FORMATS and row.path.startswith(area.path)} - {MASTER}

    def boxes(self, area: Area) -> bool:
        """Whether a set-top box hangs below the area."""
        return any(row.kind == "stb" and row.path.startswith(area.path) for row in self._special)

    def of(self, area: Area, sounds: Sequence[tuple[str, int]], spoken: Sequence[str]) -> tuple[list[dict[str, Any]], bool]:
        """The further fields of each item's PlanItem, and whether anything is still lacking.

        ``sounds`` are (sha256, skip) of each item as it is heard, ``spoken`` the sha256 of the rendition in it, "" where there is none.
        """
        formats = self.formats(area)
        variants = want_variants(self.session, dict(sounds), formats, self.now)
        films, lacking = self._films(set(spoken) - {""}) if self.boxes(area) else ({}, False)
        lacking = lacking or any(row.state in ("wanted", "making") for row in variants.values())
        found = []
        captions = self._captions({sha for (sha, _), base in zip(sounds, spoken, strict=True) if base})
        for (sha, _), base in zip(sounds, spoken, strict=True):
            others = [variants[sha, name] for name in sorted(formats) if variants[sha, name].state == "ready"]
            fields: dict[str, Any] = {"others": tuple(_alternate(row) for row in others)}
            if sha in captions:
                fields |= {"captions": captions[sha], "captions_url": f"/captions/{sha}.vtt"}
            if base in films:
                film = films[base]
                fields |= {"video": film.video_sha256, "video_url": f"/video/{film.video_sha256}.mp4", "video_bytes": film.video_bytes, "video_ms": film.ms}
                fields["burnt"] = base in self._burnt
            found.append(fields)
        return found, lacking

    def _captions(self, sounds: set[str]) -> dict[str, str]:
        """The sha256 of the captions of these sounds, where somebody speaks in them."""
        for sha in sounds - set(self._known):
            # the same row that /captions/ shows
            row: Rendition | Edition | None = self.session.scalar(select(Rendition).where(Rendition.audio_sha256 == sha).order_by(Rendition.id).limit(1))
            row = row or self.session.scalar(select(Edition).where(Edition.audio_sha256 == sha).order_by(Edition.id).limit(1))
            cues = [Cue(start_ms, end_ms, words) for start_ms, end_ms, words in row.cues] if row is not None else []
            self._known[sha] = hashlib.sha256(webvtt(cues).encode()).hexdigest() if cues else ""
        return {sha: self._known[sha] for sha in sounds if self._known[sha]}

    def _films(self, sounds: set[str]) -> tuple[dict[str, TvRendition], bool]:
        """The films of these sounds, and whether any is not there yet. One whose article is not to be shown counts for nothing."""
        rows = self.session.scalars(select(TvRendition).where(TvRendition.audio_sha256.in_(sounds))).all() if sounds else []
        hidden = set(self.session.scalars(select(TvChoice.article_id).where(TvChoice.shown.is_(False))))
        beside = set(self.session.scalars(select(TvChoice.article_id).where(TvChoice.burnt.is_(False))))
        shown = [row for row in rows if row.rendition.article_id not in hidden]
        ready = {row.audio_sha256: row for row in shown if row.state == "ready"}
        self._burnt |= {sha for sha, row in ready.items() if row.rendition.article_id not in beside}
        settled = {row.audio_sha256 for row in rows if row.state == "failed" or row not in shown}
        return ready, bool(sounds - set(ready) - settled)


def _alternate(row: Variant) -> Alternate:
    suffix = FORMATS[row.format].suffix
    return Alternate(row.format, row.audio_sha256, f"/audio/{row.audio_sha256}.{suffix}", row.audio_bytes, row.skip)


def with_alternates(session: Session, fills: Sequence[Fill], formats: set[str], now: datetime) -> tuple[list[Fill], bool]:
    """What fills a pause in these formats too, and whether any of them is still being made."""
    variants = want_variants(session, {each.clip: each.skip for each in fills}, formats, now)
    lacking = any(row.state in ("wanted", "making") for row in variants.values())

    def others(fill: Fill) -> tuple[Alternate, ...]:
        return tuple(_alternate(row) for name in sorted(formats) if (row := variants[fill.clip, name]).state == "ready")

    return [replace(each, others=others(each)) for each in fills], lacking
