"""What sounds where nothing else does: the default playlist of a place in its hours, and fallback media when something is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from playlists.errors import PlaylistError
from playlists.models import FILL_KINDS, AreaFill, Playlist
from station import audit
from station.areas import is_below
from station.hours import HoursRefused, read_spans
from station.models import Area, Person
from station.people import require


def fills_of(session: Session, area: Area) -> dict[str, AreaFill]:
    """What was ordered for exactly this place, by kind; places above it add theirs."""
    return {row.kind: row for row in session.scalars(select(AreaFill).where(AreaFill.area_id == area.id))}


def set_fill(
    session: Session, person: Person, area: Area, kind: str, playlist: Playlist | None, hours: Sequence[str], now: datetime
) -> AreaFill:
    """From now on this playlist (None: nothing) fills the pauses there and below. Raises NotAllowed, PlaylistError.

    The default playlist needs hours; fallback media may do without: then it sounds only when something is missing.
    """
    require(session, person, "schedule", area, kind="programme")
    if kind not in FILL_KINDS:
        raise PlaylistError(f"{kind!r} fills nothing: take one of {', '.join(FILL_KINDS)}", "kind")
    spans = _hours(hours) if playlist is not None else []
    if playlist is not None:
        _fits(playlist, area)
        if kind == "default" and not spans:
            raise PlaylistError("say in which hours the default playlist sounds, like 06:00-08:00", "hours")
    row = session.get(AreaFill, (area.id, kind))
    before = {"playlist": row.playlist_id, "hours": list(row.hours)} if row is not None else None
    after = {"playlist": playlist.id if playlist is not None else None, "hours": spans}
    if row is None:
        row = AreaFill(area_id=area.id, kind=kind, changed_at=now)
        session.add(row)
    if before != after:
        row.playlist, row.hours, row.changed_at = playlist, spans, now
        session.flush()
        audit.record(
            session, person=person, act=f"{kind} playlist", subject="area", subject_id=area.id, area=area, now=now, before=before, after=after,
        )  # fmt: skip
    return row


def _hours(hours: Sequence[str]) -> list[str]:
    try:
        return read_spans(hours)
    except HoursRefused as error:
        raise PlaylistError(str(error), "hours") from error


def _fits(playlist: Playlist, area: Area) -> None:
    if playlist.archived:
        raise PlaylistError(f"“{playlist.title}” is archived: choose another playlist", "playlist")
    if not any(item.kind != "pause" for item in playlist.items):
        raise PlaylistError(f"“{playlist.title}” is empty: put something in before it fills a pause", "playlist")
    if not (is_below(area, playlist.area) or is_below(playlist.area, area)):
        raise PlaylistError(f"“{playlist.title}” belongs to {playlist.area.name}: it cannot be heard in {area.name}", "playlist")
