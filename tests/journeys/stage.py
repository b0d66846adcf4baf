"""A station whose broker somebody else runs, with lines that can be cut, and two speakers: where things fall and strangers meddle."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from playlists import calendar
from playlists.models import Occurrence, Playlist
from station import clock
from station.clock import to_ms
from station.models import Area, Person
from tests.journeys.line import ForeignBroker, Line
from tests.journeys.speaker import Speaker
from tests.journeys.station import ZONE, Station, until

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
    withdrawn: list[Occurrence] = field(default_factory=list)

    @property
    def both(self) -> tuple[Speaker, Speaker]:
        return self.near, self.far

    def air(self, ahead_s: float) -> Occurrence:
        """Two short clips, in the whole county; on a busy machine a little late."""
        return self._note(self.station.schedule(self._programme(), self.station.village.county.id, ahead_s))

    def air_in_time(self) -> Occurrence:
        """The same, and both speakers hold them before their time."""
        programme, tries = self._programme(), []

        def order(at: datetime) -> tuple[Occurrence, ...]:
            tries.append(self.station.schedule_at(programme, self.station.village.county.id, at))
            return (tries[-1],)

        self.station.in_time(order)
        self.withdrawn += tries[:-1]
        return self._note(tries[-1])

    def _programme(self) -> int:
        return self.station.programme([{"kind": "clip", "clip_id": each} for each in self.clips])

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


@contextmanager
def a_stage(folder: Path) -> Iterator[Stage]:
    """Everything up, both speakers paired, two short clips in the library; down again at the end."""
    broker = ForeignBroker(folder / "broker", folder / "station" / "broker")
    line, far_line = Line(broker.port), Line(broker.port)
    station = Station(folder, broker.url(line.port), {"XIANGYIN_BROKER_PORT": str(broker.port), "XIANGYIN_BROKER_RELOAD": broker.reload})
    station.start()
    near, far = Speaker(folder, station, "near"), Speaker(folder, station, "far", f"127.0.0.1:{far_line.port}")
    made = Stage(station, broker, line, far_line, near, far, [])
    try:
        for each in (near, far):
            each.start()
        for name, pitch, seconds in (("one", 300.0, 3.0), ("two", 800.0, 1.5)):
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
