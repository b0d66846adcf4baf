"""Nothing lost, nothing twice: the station, its broker, a terminal and the line between them fall at the worst moments."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from playlists import calendar
from playlists.models import Occurrence, Playlist
from station import clock
from station.clock import to_ms
from station.models import Area, Person
from tests.journeys.line import ForeignBroker, Line
from tests.journeys.speaker import Recording, Speaker, clip_of
from tests.journeys.station import ZONE, Station, until
from tts.models import Rendition

pytestmark = pytest.mark.outer
ENDS = ("finished", "failed", "missed", "preempted")


def tone(pitch: float, seconds: float) -> bytes:
    """A rising tone as a WAV: every stretch of it is unlike every other."""
    rate = 44_100
    values = (round(9000 * math.sin(2 * math.pi * (pitch + 90 * n / rate) * n / rate)) for n in range(int(rate * seconds)))
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", each) for each in values))
    return made.getvalue()


@dataclass
class Stage:
    """A station whose broker somebody else runs, with a line between them; one speaker near, one at the end of a line of its own."""

    station: Station
    broker: ForeignBroker
    line: Line
    far_line: Line
    near: Speaker
    far: Speaker
    clips: list[int]
    aired: list[Occurrence] = field(default_factory=list)

    @property
    def both(self) -> tuple[Speaker, Speaker]:
        return self.near, self.far

    def air(self, ahead_s: float) -> Occurrence:
        """Two short clips, in the whole county."""
        programme = self.station.programme([{"kind": "clip", "clip_id": each} for each in self.clips])
        return self._note(self.station.schedule(programme, self.station.village.county.id, ahead_s))

    def _note(self, occurrence: Occurrence) -> Occurrence:
        self.aired.append(occurrence)
        return occurrence

    def write_schedule(self, programme: int, ahead_s: float) -> Callable[[], Occurrence]:
        """The calendar's entry while nobody is there to unroll it; what finds its occurrence later."""
        with self.station.db.session() as session:
            person = session.get_one(Person, self.station.village.operator.id)
            area = session.get_one(Area, self.station.village.county.id)
            at = clock.from_ms(math.ceil(to_ms(clock.now()) / 1000 + ahead_s) * 1000).astimezone(ZONE)
            made = calendar.make_schedule(
                session, person, session.get_one(Playlist, programme), area, kind="once", times=[f"{at:%H:%M:%S}"], since=at.date(), now=clock.now(),
            )  # fmt: skip
            number = made.id
        return lambda: self._note(until("the occurrence", lambda: self.station.occurrence_of(number)))

    def over(self, occurrence: Occurrence) -> bool:
        """Whether everything planned has ended at both speakers, and the station has written it down."""
        planned = self.station.dispatches(occurrence)
        for speaker, dialect in zip(self.both, ("cmn", "yue"), strict=True):
            ended = {each.item for each in self.station.receipts(speaker.did, occurrence) if each.result in ENDS}
            if dialect not in planned or ended < {item["id"] for item in planned[dialect].items}:
                return False
        return True

    def heard_once(self, occurrence: Occurrence, *, speakers: tuple[Speaker, ...] = ()) -> None:
        """Both heard all of it, and the station has every receipt."""
        until("everybody to have heard it", lambda: self.over(occurrence))
        for speaker in speakers or self.both:
            items = self.planned(speaker, occurrence)
            found = Counter((each.item, each.result) for each in self.station.receipts(speaker.did, occurrence))
            assert found == {(item, result): 1 for item in items for result in ("stored", "started", "finished")}
            assert Counter(speaker.items(occurrence.id, "started")) == Counter(items), "each began once, over all lives of the terminal"
            assert Counter(speaker.items(occurrence.id, "finished")) == Counter(items)

    def planned(self, speaker: Speaker, occurrence: Occurrence) -> list[str]:
        dialect = "cmn" if speaker is self.near else "yue"
        return [item["id"] for item in self.station.dispatches(occurrence)[dialect].items]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("losses")
    broker = ForeignBroker(folder / "broker", folder / "station" / "broker")
    line, far_line = Line(broker.port), Line(broker.port)
    station = Station(folder, broker.url(line.port), {"XIANGYIN_BROKER_PORT": str(broker.port), "XIANGYIN_BROKER_RELOAD": broker.reload})
    station.start()
    near, far = Speaker(folder, station, "near"), Speaker(folder, station, "far", f"127.0.0.1:{far_line.port}")
    made = Stage(station, broker, line, far_line, near, far, [])
    try:
        for each in (near, far):
            each.start()
        for name, pitch, seconds in (("one", 300.0, 1.0), ("two", 800.0, 1.5)):
            fields = {"area_id": station.village.county.id, "kind": "music", "title": name}
            sent = station.upload("lan", "/api/clips", fields, f"{name}.wav", tone(pitch, seconds))
            assert sent.status == 201, sent.body
            made.clips.append(int(sent.json()["id"]))
        near.pair(station.village.village_a.id)
        far.pair(station.village.village_b.id)
        yield made
    finally:
        for each in (near, far):
            each.stop()
        line.close()
        far_line.close()
        station.stop()
        broker.stop()


def test_a_station_killed_while_it_speaks_and_again_before_the_calendar_is_unrolled(stage: Stage) -> None:
    station = stage.station
    article = station.approved("通知", "今晚停电。")

    def speaking() -> bool:
        with station.db.reading() as session:
            return session.scalar(select(Rendition.id).where(Rendition.article_id == article, Rendition.state == "rendering")) is not None

    until("the voices to be at work", speaking)
    station.kill()
    station.start()
    rows = station.spoken(article)
    programme = station.programme([{"kind": "article", "article_id": article}])
    station.kill()
    find = stage.write_schedule(programme, 4.5)
    station.start()
    occurrence = find()
    stage.heard_once(occurrence)
    assert all(station.files.has(each["audio_sha256"]) for each in rows.values() if each["state"] == "ready")


def test_a_station_killed_between_publish_and_acknowledgement_and_while_receipts_arrive(stage: Stage) -> None:
    station = stage.station
    stage.line.hold(down=True)
    occurrence = stage.air(5)
    for speaker in stage.both:
        speaker.stores(occurrence.id)
    assert all(each.sent_at is None for each in station.dispatches(occurrence).values()), "the broker's acknowledgement never came"
    station.kill()
    stage.line.lose()
    station.start()
    until("the plan to be marked as sent", lambda: all(each.sent_at for each in station.dispatches(occurrence).values()))
    stage.line.hold(up=True)  # receipts come in and are written down; no answer gets out
    until("the first receipts", lambda: all(station.receipts(each.did, occurrence) for each in stage.both))
    station.kill()
    stage.line.lose()
    station.start()
    # the terminals will say everything once more; the last test sees that it stands there once


def test_a_terminal_killed_while_it_plays_and_a_line_cut_for_a_while(stage: Stage) -> None:
    occurrence = stage.air(2)
    for speaker in stage.both:
        speaker.stores(occurrence.id)
    stage.far_line.cut()
    first, second = stage.planned(stage.near, occurrence)
    until("the near speaker to sound", lambda: stage.near.said("started", item=first))
    stage.near.kill()
    stage.near.start()
    until("the far speaker to have played alone", lambda: len(stage.far.items(occurrence.id, "finished")) == 2)
    assert [each for each in stage.station.receipts(stage.far.did, occurrence) if each.result != "stored"] == []
    stage.far_line.mend()
    stage.heard_once(occurrence, speakers=(stage.far,))
    told = {each.item: each for each in stage.station.receipts(stage.near.did, occurrence) if each.result in ENDS}
    assert set(told) == {first, second}
    assert "power cut" in told[first].detail, "cut short and owned up to, or gone on with in the middle"
    assert [each for each in stage.near.said("started", item=first) if each["life"] > 1] == [], "never from its beginning again"
    assert told[second].result == "finished" and len(stage.near.said("started", item=second)) == 1, "what had not begun is heard whole"


def test_a_broker_killed_while_terminals_play_forgets_everything_and_it_comes_back(stage: Stage) -> None:
    occurrence = stage.air(2)
    for speaker in stage.both:
        speaker.stores(occurrence.id)
    until("both to sound", lambda: all(each.items(occurrence.id, "started") for each in stage.both))
    stage.broker.kill()
    until("both to have played on", lambda: all(len(each.items(occurrence.id, "finished")) == 2 for each in stage.both))
    stage.broker.start()
    stage.heard_once(occurrence)
    later = stage.air(2)
    stage.heard_once(later)


def test_in_the_end_every_receipt_was_acknowledged_and_every_sound_was_heard_once(stage: Stage, tmp_path: Path) -> None:
    for speaker in stage.both:

        def owed(speaker: Speaker = speaker) -> set[tuple[str, str]]:
            told = {(each["item"], each["event"]) for each in speaker.events if each["event"] in ("stored", "started", *ENDS) and "item" in each}
            return told - {(each["item"], each["result"]) for each in speaker.said("acknowledged")}

        until("every receipt to be acknowledged", lambda owed=owed: not owed())  # type: ignore[misc]
        speaker.stop()
    with_clips = stage.aired[1:]
    stage.heard_once(with_clips[0])
    recording = Recording(stage.far.wav)
    for sha in {item["clip"] for each in with_clips for item in stage.station.dispatches(each)["yue"].items}:
        assert recording.count(clip_of(stage.station, sha, tmp_path)) == len(with_clips)
