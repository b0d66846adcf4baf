"""What is ordered at the station sounds so at the pole: interrupted and gone on, held back in quiet hours, staggered, muted, filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcast.models import OutCommand
from devices.models import Terminal
from playlists.models import Occurrence
from terminal.player import RATE
from tests.journeys.speaker import Recording, Speaker, clip_of
from tests.journeys.stage import tone
from tests.journeys.station import Station, a_second, free_port, until

pytestmark = pytest.mark.timeout(600)
STAGGER_MS = 3000  # longer than a busy machine holds up a program
ALWAYS = "00:00-24:00"
NEAR_MS = 60.0  # where a sound is found in a WAV and where it was ordered: an interruption falls between two blocks of the device


@dataclass
class Valley:
    """Two speakers of one village, the far one staggered; a song, a notice and a jingle of the library."""

    station: Station
    near: Speaker
    far: Speaker
    song: int
    notice: int
    jingle: int

    def order(self, programme: int, at: datetime, **said: object) -> Occurrence:
        """Heard in the village at this second."""
        return self.station.schedule_at(programme, self.station.village.village_a.id, at, **said)

    def ends(self, speaker: Speaker, occurrence: Occurrence) -> list[tuple[str, str]]:
        """How the items of an occurrence ended there, and why, once they have."""

        def over() -> list[tuple[str, str]]:
            rows = self.station.receipts(speaker.did, occurrence)
            return [(each.result, each.detail) for each in rows if each.result not in ("stored", "started")]

        return until(f"{speaker.name} to be through with {occurrence.id}", over)

    def wanted(self, speaker: Speaker, act: Callable[[], object]) -> None:
        """Until the terminal has heard of what the act changed."""
        before = len(speaker.said("want"))
        act()
        until(f"{speaker.name} to be told", lambda: len(speaker.said("want")) > before)


@pytest.fixture(scope="module")
def valley(station: Station, new_speaker: Callable[..., Speaker]) -> Valley:
    village, programmes = station.village, []
    near, far = new_speaker("valley-near"), new_speaker("valley-far")
    for name, pitch, seconds in (("song", 300.0, 8.0), ("notice", 900.0, 1.5), ("jingle", 600.0, 1.0)):
        sent = station.upload("lan", "/api/clips", {"area_id": village.county.id, "kind": "music", "title": name}, f"{name}.wav", tone(pitch, seconds))
        assert sent.status == 201, sent.body
        programmes.append(station.programme([{"kind": "clip", "clip_id": int(sent.json()["id"])}], name))
    near.pair(village.village_a.id)
    far.pair(village.village_a.id)
    found = Valley(station, near, far, *programmes)
    row = next(each["id"] for each in station.done("lan", "GET", "/api/terminals")["terminals"] if each["did"] == far.did)
    group = station.done("lan", "POST", "/api/groups", {"area_id": village.county.id, "name": "山那边", "stagger_ms": STAGGER_MS})["id"]
    found.wanted(far, lambda: station.done("lan", "PUT", f"/api/groups/{group}/terminals/{row}", {"member": True}))
    return found


def test_a_notice_interrupts_a_programme_which_goes_on_where_it_stopped_and_the_far_side_begins_later(valley: Valley, tmp_path: Path) -> None:
    song, notice = valley.station.in_time(
        lambda at: (valley.order(valley.song, at), valley.order(valley.notice, at + timedelta(seconds=3), priority=4, brk="resume"))
    )
    for speaker in (valley.near, valley.far):
        assert valley.ends(speaker, notice) == [("finished", "")]
        assert valley.ends(speaker, song) == [("finished", "went on after a more important programme: notice")]
    starts = {
        each.name: min(row.start_ms for row in valley.station.receipts(each.did, song) if row.result == "started") for each in (valley.near, valley.far)
    }
    planned = valley.station.dispatches(song)["cmn"].items[0]["at_ms"]
    # a machine that is held up sounds late, never early
    assert -NEAR_MS < starts["valley-near"] - planned < STAGGER_MS / 2
    assert starts["valley-far"] - planned > STAGGER_MS - NEAR_MS
    valley.near.stop()
    recording = Recording(valley.near.wav)
    music, words = (clip_of(valley.station, valley.station.dispatches(each)["cmn"].items[0]["clip"], tmp_path) for each in (song, notice))
    first = recording.frame_of(starts["valley-near"] + 1) - RATE // 2
    began, spoke, rest = (recording.find(clip, first) for clip in (music[:RATE], words, music[6 * RATE : 7 * RATE]))
    assert min(began.likeness, spoke.likeness, rest.likeness) > 0.95
    assert began.at_ms == pytest.approx(starts["valley-near"], abs=NEAR_MS)
    assert spoke.at_ms - planned > 3000 - NEAR_MS
    assert began.frame < spoke.frame < rest.frame
    # nothing is lost and nothing heard twice: what follows comes as much later as the notice was long (and a machine held up pauses)
    assert -NEAR_MS < (rest.frame - began.frame) * 1000 / RATE - (6000 + 1500) < 1500
    # what the far side played, laid over what the near side played: as much later as each says that it was
    valley.far.stop()
    beyond = Recording(valley.far.wav)
    echo = beyond.find(music[:RATE], beyond.frame_of(starts["valley-far"] + 1) - RATE // 2)
    assert echo.likeness > 0.95
    assert echo.at_ms - began.at_ms == pytest.approx(starts["valley-far"] - starts["valley-near"], abs=2 * NEAR_MS)
    for speaker in (valley.near, valley.far):
        speaker.start()
        until("it to be back", lambda speaker=speaker: [each for each in speaker.said("connected") if each["life"] == 2])


def test_quiet_hours_of_the_village_hold_a_programme_back_and_are_over_when_they_are_taken_away(valley: Valley) -> None:
    place = f"/api/areas/{valley.station.village.village_a.id}/quiet"
    valley.wanted(valley.near, lambda: valley.station.done("lan", "PUT", place, {"hours": [ALWAYS]}))
    (held,) = valley.station.in_time(lambda at: (valley.order(valley.jingle, at, window_s=1),), 10)
    assert valley.ends(valley.near, held) == [("missed", "quiet hours")]
    valley.wanted(valley.near, lambda: valley.station.done("lan", "PUT", place, {"hours": None}))
    heard = valley.order(valley.jingle, a_second(3))
    assert valley.ends(valley.near, heard) == [("finished", "")]


def test_a_speaker_is_muted_and_says_that_it_obeyed(valley: Valley) -> None:
    row = next(each["id"] for each in valley.station.done("lan", "GET", "/api/terminals")["terminals"] if each["did"] == valley.near.did)
    for muted in (True, False):
        command = valley.station.done("lan", "POST", f"/api/terminals/{row}/mute", {"muted": muted})["id"]

        def answered(command: str = command) -> str:
            with valley.station.db.reading() as session:
                return session.get_one(OutCommand, command).result

        assert until("the speaker's answer", answered) == "done"


def test_the_default_playlist_fills_the_hours_of_a_village_without_any_programme(valley: Valley) -> None:
    place = f"/api/areas/{valley.station.village.village_a.id}/fills/default"
    valley.station.done("lan", "PUT", place, {"playlist_id": valley.jingle, "hours": [ALWAYS]})
    until("the pause to be filled", lambda: len(valley.near.said("fill", title="jingle", kind="default")) > 1)
    notice = valley.order(valley.notice, a_second(2), priority=4)
    assert valley.ends(valley.near, notice) == [("finished", "")]
    valley.station.done("lan", "PUT", place, {"playlist_id": None})


def test_a_speaker_that_serves_its_neighbours_gives_them_what_the_station_has_no_more(valley: Valley) -> None:
    station, near, far = valley.station, valley.near, valley.far
    near.stop()
    near.head_port = free_port()
    near.start()
    row = next(each["id"] for each in station.done("lan", "GET", "/api/terminals")["terminals"] if each["did"] == near.did)
    station.done("lan", "PATCH", f"/api/terminals/{row}/line", {"head": True})
    far.stop()
    sent = station.upload("lan", "/api/clips", {"area_id": station.village.county.id, "kind": "music", "title": "air"}, "air.wav", tone(700.0, 3.0))
    programme = station.programme([{"kind": "clip", "clip_id": int(sent.json()["id"])}], "air")
    later = valley.order(programme, a_second(600))  # soon enough to be fetched at once
    near.stores(later.id)
    (sha,) = {item["clip"] for each in station.dispatches(later).values() for item in each.items}

    def serves() -> object:
        with station.db.reading() as session:
            return session.scalars(select(Terminal.reported).where(Terminal.did == near.did)).one().get("serves")

    assert until("it to serve", serves) == f"http://127.0.0.1:{near.head_port}/"
    kept = station.files.path(sha)
    away = kept.rename(kept.with_name("away"))
    far.start()
    far.stores(later.id)
    away.rename(kept)
    assert (far.home / "memory" / "clips" / sha).read_bytes() == kept.read_bytes()
