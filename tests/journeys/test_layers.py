"""Everything that can be on at once, one over the other: music, a notice, a county's talk, a red alert; and the same at the end of a line that is cut."""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Callable, Iterator
from itertools import groupby

import numpy as np
import pytest
from sqlalchemy import select

from broadcast.door import Visitor, paced
from broadcast.models import LiveTalk, Receipt
from broadcast.talk import RATE as MOUTH_RATE
from terminal.player import RATE
from tests.journeys.line import Line
from tests.journeys.speaker import Recording, Samples, Speaker
from tests.journeys.station import Station, until

pytestmark = [pytest.mark.outer, pytest.mark.timeout(600)]
HZ = {"music": 440.0, "notice": 990.0, "talk": 2200.0}


def tone(hz: float, seconds: float, rate: int) -> bytes:
    return np.asarray(9000 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype("<i2").tobytes()


def air(station: Station, name: str, seconds: float, ahead_s: float, priority: int) -> int:
    """The number of an occurrence in both villages whose sound is one tone."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(tone(HZ[name], seconds, 44_100))
    sent = station.upload("lan", "/api/clips", {"area_id": station.village.county.id, "kind": "music", "title": name}, f"{name}.wav", made.getvalue())
    assert sent.status == 201, sent.body
    programme = station.programme([{"kind": "clip", "clip_id": int(sent.json()["id"])}])
    return int(station.schedule(programme, station.village.village_a.id, ahead_s, priority=priority, window_s=600).id)


class Mouth:
    """Somebody speaks to the county until he is told to end."""

    def __init__(self, station: Station) -> None:
        self._words = paced(tone(HZ["talk"], 280.0, MOUTH_RATE))
        self.visitor = Visitor(station.data, station.village.operator.id, station.village.county.id, "County")
        self.talk = str(self.visitor.talk["talk"])
        self._enough, self._thread = threading.Event(), threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def _sound(self) -> Iterator[bytes]:
        for piece in self._words:
            if self._enough.is_set():
                return
            yield piece

    def _speak(self) -> None:
        assert self.visitor.wait_for_the_word()
        for piece in self._sound():
            if not self.visitor.speak(piece):
                return

    def end(self) -> str:
        self._enough.set()
        self._thread.join(60)
        told = self.visitor.end()
        self.visitor.close()
        return str(told["ended"])


def named(samples: Samples) -> list[str]:
    """Which of HZ stands nearly alone in each 0.1 s; nothing where none does."""
    size = RATE // 10
    pieces = samples[: len(samples) // size * size].reshape(-1, size)
    power = np.abs(np.fft.rfft(pieces * np.hanning(size))) ** 2
    hz = np.fft.rfftfreq(size, 1 / RATE)
    shares = {name: power[:, np.abs(hz - each) < 30].sum(axis=1) / np.maximum(power.sum(axis=1), 1.0) for name, each in HZ.items()}
    loud = np.abs(pieces).max(axis=1) > 300
    return [next((name for name in HZ if loud[n] and shares[name][n] > 0.8), "") for n in range(len(pieces))]


def sounds(speaker: Speaker, name: str) -> bool:
    """Whether the last 0.5 s of what it has played so far are this."""
    data = speaker.wav.read_bytes()[44:]
    last = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")[-RATE // 2 :].astype(np.float64)
    return named(last) == [name] * 5


def layers(recording: Recording) -> list[tuple[str, float]]:
    """What sounded one after the other (a layer is what stands nearly alone for 0.3 s), and the moment (Unix ms) at which it was heard last.

    Music that fills the moment in which a busy machine makes ready what is gone on with is no layer of its own: it is left out before a notice.
    """
    found: list[tuple[str, float]] = []
    at = 0
    for name, run in groupby(named(recording.samples)):
        length = len(list(run))
        at += length
        if name and length >= 3:
            if len(found) > 1 and found[-1][0] == "music" and name == "notice":
                found.pop()
            if found and found[-1][0] == name:
                found.pop()
            found.append((name, recording.moment_ms(at * RATE // 10 - 1)))
    return found


def begun(speaker: Speaker, prefix: str, event: str = "started") -> list[dict[str, object]]:
    return [each for each in speaker.said(event) if str(each["item"]).startswith(prefix)]


def more(speaker: Speaker, seconds: float) -> None:
    """Until it has sounded for so long again."""
    size = speaker.wav.stat().st_size
    until("it to sound on", lambda: speaker.wav.stat().st_size > size + seconds * 2 * RATE)


def test_each_breaks_in_and_goes_on_as_the_rules_say_also_where_the_line_was_cut(station: Station, new_speaker: Callable[..., Speaker]) -> None:
    line = Line(station.mqtt)
    near, far = new_speaker("near"), new_speaker("far", f"127.0.0.1:{line.port}")
    both = (near, far)
    for each in both:
        each.pair(station.village.village_a.id)
    music, notice = air(station, "music", 150.0, 6.0, 6), air(station, "notice", 15.0, 9.0, 4)
    for each in both:
        until("the notice over the music", lambda each=each: begun(each, f"{notice}-"))  # type: ignore[misc]
        more(each, 0.5)
    mouth = Mouth(station)
    for each in both:
        until("the county's talk over the notice", lambda each=each: begun(each, mouth.talk))  # type: ignore[misc]
    until("words of the talk at the far end, behind its chime", lambda: sounds(far, "talk"))
    line.cut()
    until("the far end to go back to its schedule", lambda: begun(far, mouth.talk, "preempted"))
    assert begun(far, mouth.talk, "preempted")[0]["detail"] == "no more of it came"
    more(far, 0.5)

    ordered = station.done("lan", "POST", "/api/emergencies", {"area_ids": [station.village.village_a.id], "texts": {}, "repeats": 40})
    key, number = ordered["key"], ordered["id"]
    until("the siren over the talk", lambda: begun(near, f"em-{key}-"))
    line.mend()
    until("the siren at the far end, when its line is there again", lambda: begun(far, f"em-{key}-"))
    station.done("lan", "POST", f"/api/emergencies/{number}/all-clear", {})
    for each in both:
        until("the all clear", lambda each=each: [said for said in each.said("accepted") if said["item"] != f"em-{key}"])  # type: ignore[misc]
    last = until("signal and words of the all clear to be heard out", lambda: [each for each in begun(near, "em-", "finished") if not str(each["item"]).startswith(f"em-{key}-")][1:])
    clear = float(str(last[0]["start_ms"]))
    more(near, 1.5)
    assert mouth.end() == "spoken"
    until("the talk to be heard to its end", lambda: begun(near, mouth.talk, "finished"))
    for each in both:
        until("the notice to be heard out", lambda each=each: begun(each, f"{notice}-", "finished"))  # type: ignore[misc]
        more(each, 1.0)
        assert len(begun(each, f"{notice}-")) == len(begun(each, f"{notice}-", "finished")) == 1, "interrupted, gone on with, heard once"
        assert not begun(each, f"{music}-", "finished") and not begun(each, f"{music}-", "failed")
        each.stop()
    line.close()

    heard = layers(Recording(near.wav))
    assert [name for name, _ in heard] == ["music", "notice", "talk", "notice", "music"]
    assert dict(heard[:3])["talk"] > clear, "the talk went on behind the all clear"
    heard = layers(Recording(far.wav))
    assert [name for name, _ in heard] == ["music", "notice", "talk", "notice", "music"], "no word of a talk that was cut off comes back"
    assert dict(heard[:3])["talk"] < float(str(begun(far, f"em-{key}-")[0]["start_ms"]))
    with station.db.reading() as session:
        assert session.get_one(LiveTalk, mouth.talk).why == "spoken"
        told = {(each.terminal.did, each.result) for each in session.scalars(select(Receipt).where(Receipt.talk_id == mouth.talk)) if each.result != "started"}
    assert told == {(near.did, "finished"), (far.did, "preempted")}
