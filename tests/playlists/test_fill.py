"""The default playlist and fallback media of a place: what may be ordered, by whom, and that it is written down."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from playlists import playlist
from playlists.errors import PlaylistError
from playlists.fill import fills_of, set_fill
from playlists.models import Playlist
from playlists.playlist import Item
from station.models import AuditEntry
from station.people import NotAllowed
from tests.people import Village


@pytest.fixture
def music(session: Session, village: Village, now: datetime) -> Playlist:
    made = playlist.make_playlist(session, village.operator, village.county, "轻音乐", now)
    playlist.set_items(session, village.operator, made, [Item("chime")], 1, now)
    return made


def test_a_default_playlist_has_hours_and_is_taken_away_again(session: Session, village: Village, music: Playlist, now: datetime) -> None:
    made = set_fill(session, village.operator, village.village_a, "default", music, ["6-8", "17:00-19:00"], now)
    assert made.hours == ["06:00-08:00", "17:00-19:00"] and fills_of(session, village.village_a) == {"default": made}
    set_fill(session, village.operator, village.village_a, "default", music, ["17-19", "6-8"], now + timedelta(minutes=1))
    assert made.changed_at == now, "the same order again changes nothing"
    set_fill(session, village.operator, village.village_a, "default", None, [], now + timedelta(minutes=2))
    assert (made.playlist_id, made.hours, made.changed_at) == (None, [], now + timedelta(minutes=2))
    entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "default playlist")).all()
    assert [each.detail["after"]["playlist"] for each in entries] == [music.id, None]


def test_fallback_media_may_do_without_hours(session: Session, village: Village, music: Playlist, now: datetime) -> None:
    assert set_fill(session, village.operator, village.county, "fallback", music, [], now).hours == []
    with pytest.raises(PlaylistError, match="hours"):
        set_fill(session, village.operator, village.county, "default", music, [], now)


def test_what_nobody_could_hear_there_is_refused(session: Session, village: Village, music: Playlist, now: datetime) -> None:
    with pytest.raises(PlaylistError, match="no hours"):
        set_fill(session, village.operator, village.county, "default", music, ["mornings"], now)
    with pytest.raises(PlaylistError, match="take one of"):
        set_fill(session, village.operator, village.county, "always", music, ["6-8"], now)
    with pytest.raises(NotAllowed):
        set_fill(session, village.reviewer, village.county, "default", music, ["6-8"], now)
    with pytest.raises(PlaylistError, match="belongs to"):
        set_fill(session, village.stranger, village.other_county, "default", music, ["6-8"], now)
    playlist.set_items(session, village.operator, music, [Item("pause", pause_ms=500)], 2, now)
    with pytest.raises(PlaylistError, match="empty"):
        set_fill(session, village.operator, village.county, "default", music, ["6-8"], now)
    playlist.archive(session, village.operator, music, now)
    with pytest.raises(PlaylistError, match="archived"):
        set_fill(session, village.operator, village.county, "default", music, ["6-8"], now)
