"""A stream is passed on as a talk at the pace of speech; when it breaks the talk ends and it is looked for again, so many times; a stop ends it for good."""

from __future__ import annotations

import http.server
import io
import threading
import wave
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from broadcast.door import Door, Visitor, paced
from broadcast.models import LiveTalk
from broadcast.relay import PAUSES_S, TRIES, CannotRelay, Relay, sound_of
from broadcast.stopping import stop_area
from broadcast.studio import NotOnAir, Studio
from broadcast.talk import RATE
from devices.keys import StationKeys
from station.clock import to_ms
from station.database import Database
from station.models import Area, Person
from tests.fakes import FakeBroker
from tests.people import Village
from wire.topics import Topics


class Place:
    """A place in the studio that keeps what it was given, and may end it after so many pieces."""

    def __init__(self, ends: str = "", after: int = 10**9) -> None:
        self.ends, self.after, self.pieces, self.closed = ends, after, 0, False

    def wait_for_the_word(self) -> bool:
        return True

    def speak(self, pcm: bytes) -> bool:
        self.pieces += 1
        return self.pieces < self.after

    def end(self) -> dict[str, Any]:
        return {"ended": self.ends or "spoken", "why": self.ends or "he has spoken"}

    def close(self) -> None:
        self.closed = True


def test_a_stream_that_breaks_is_looked_for_again_and_given_up_in_the_end() -> None:
    places: list[Place] = []
    waited: list[float] = []

    def sit_down() -> Place:
        places.append(Place())
        return places[-1]

    def pause(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) == 3

    relay = Relay(lambda: iter([bytes(RATE)]), sit_down, pause)
    assert relay.run(3600) == "it was told to end"
    assert waited == list(PAUSES_S[: len(waited)]) and len(places) == len(waited) and all(each.closed and each.pieces for each in places)


def test_it_is_not_looked_for_without_end() -> None:
    waited: list[float] = []

    def broken() -> Iterator[bytes]:
        raise CannotRelay("nobody answers")
        yield b""

    relay = Relay(broken, Place, lambda seconds: bool(waited.append(seconds)))
    assert relay.run(3600) == f"given up after {TRIES} times: nobody answers"
    assert len(waited) == TRIES - 1 and waited[-1] == PAUSES_S[-1]


def test_who_stops_it_has_stopped_it_for_good() -> None:
    relay = Relay(lambda: iter([bytes(2 * RATE * 2)]), lambda: Place("stopped", 3), lambda seconds: pytest.fail("it is over"))
    assert relay.run(3600) == "stopped"


def test_while_somebody_else_speaks_it_waits() -> None:
    tries: list[int] = []

    def sit_down() -> Place:
        tries.append(1)
        if len(tries) < 3:
            raise NotOnAir("lan is speaking in 上坪村")
        return Place("stopped", 1)

    assert Relay(lambda: iter([bytes(RATE)]), sit_down, lambda seconds: False).run(3600) == "stopped"
    assert len(tries) == 3


@pytest.mark.parametrize("url", ["file:///etc/passwd", "rtmp://x/y", "x", ""])
def test_only_streams_of_the_web_are_read(url: str) -> None:
    with pytest.raises(CannotRelay, match="http"):
        next(sound_of(url))


def test_what_an_http_server_streams_is_decoded() -> None:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        one = (8000 * np.sin(2 * np.pi * 600 * np.arange(44_100) / 44_100)).astype("<i2")
        file.writeframes(np.repeat(one, 2).tobytes())

    class Stream(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "audio/wav")
            self.send_header("Content-Length", str(len(made.getvalue())))
            self.end_headers()
            self.wfile.write(made.getvalue())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Stream) as server:
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        heard = np.frombuffer(b"".join(sound_of(f"http://127.0.0.1:{server.server_port}/live.wav")), "<i2").astype(float)
        thread.join(10)
    power = np.abs(np.fft.rfft(heard))
    assert len(heard) == pytest.approx(RATE, abs=50) and np.argmax(power) * RATE / len(heard) == pytest.approx(600, abs=2)


def test_a_stream_that_breaks_is_back_in_a_second_talk(tmp_path: Path, db: Database, line: FakeBroker, keys: StationKeys, topics: Topics, now: datetime, people: Village) -> None:
    door = Door(tmp_path, Studio(db, line, keys, topics, lambda: now))
    said: list[str] = []

    def one_second() -> Iterator[bytes]:
        yield from paced(bytes(2 * RATE))

    def sit_down() -> Visitor:
        return Visitor(tmp_path, people.operator.id, people.village_a.id, "County", 60, with_chime=False, source="relay")

    def pause(seconds: float) -> bool:
        return len(said) == 2

    assert Relay(one_second, sit_down, pause, said.append).run(600) == "it was told to end"
    door.close()
    assert said == ["the stream has ended; again in 1 s", "the stream has ended; again in 2 s"]
    with db.reading() as session:
        talks = session.scalars(select(LiveTalk).order_by(LiveTalk.id)).all()
    assert [(each.source, each.why, each.title) for each in talks] == [("relay", "spoken", "County")] * 2
    assert all(40 <= each.frames <= 50 for each in talks)


def test_a_place_that_was_stopped_while_the_stream_was_away_hears_it_no_more(
    tmp_path: Path, db: Database, line: FakeBroker, keys: StationKeys, topics: Topics, now: datetime, people: Village
) -> None:  # fmt: skip
    door = Door(tmp_path, Studio(db, line, keys, topics, lambda: now))

    def stop(seconds: float) -> bool:
        with db.session() as session:
            stop_area(session, session.get_one(Person, people.admin.id), session.get_one(Area, people.county.id), now)
        return False

    def sit_down() -> Visitor:
        return Visitor(tmp_path, people.operator.id, people.village_a.id, with_chime=False, source="relay", unstopped_since_ms=to_ms(now))

    assert Relay(lambda: iter([bytes(RATE)]), sit_down, stop).run(600) == f"it was stopped meanwhile by {people.admin.name}"
    door.close()
    with db.reading() as session:
        assert len(session.scalars(select(LiveTalk)).all()) == 1
