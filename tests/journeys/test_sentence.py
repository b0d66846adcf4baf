"""The whole sentence, through its real doors: an article is heard in two villages, each in its own tongue, at its time, once."""

from __future__ import annotations

import math
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from devices.models import Terminal
from playlists.models import Occurrence
from station.clock import to_ms
from terminal.player import RATE
from tests.journeys.speaker import Recording, Speaker, clip_of
from tests.journeys.station import Station, until

pytestmark = pytest.mark.timeout(600)
TITLE, BODY = "通知", "明早8点停水。"
# A receipt and a WAV speak of the same frame; what separates them is the rounding of both.
SAME_MS = 2.0


@dataclass
class Day:
    """What was broadcast, and who listened."""

    station: Station
    article: int
    to_all: Occurrence
    to_one: Occurrence
    mandarin: Speaker
    cantonese: Speaker
    elsewhere: Speaker


@pytest.fixture(scope="module")
def day(station: Station, new_speaker: Callable[..., Speaker]) -> Day:
    """Two programmes on one day: one for the whole county, one for a single village of it."""
    places = station.village
    listeners = [new_speaker(name) for name in ("mandarin", "cantonese", "elsewhere")]
    article = station.approved(TITLE, BODY)
    mandarin, cantonese, elsewhere = listeners
    mandarin.pair(places.village_a.id)
    cantonese.pair(places.village_b.id)
    code = until("a code", lambda: elsewhere.said("code"))[-1]["code"]
    refused = station.say("lan", "POST", "/api/terminals/pair", {"code": code, "area_id": places.other_county.id, "name": "邻县"})
    assert refused.status == 404, "an operator lets nobody into the next county"
    elsewhere.pair(places.other_county.id, login="lin")
    length_s = station.spoken(article)["yue"]["ms"] / 1000
    both = station.programme([{"kind": "chime"}, {"kind": "article", "article_id": article}])
    one = station.programme([{"kind": "article", "article_id": article}], "只给下涌村")

    def order(at: datetime) -> tuple[Occurrence, ...]:
        later = at + timedelta(seconds=math.ceil(length_s) + 1)
        return station.schedule_at(one, places.village_b.id, at), station.schedule_at(both, places.county.id, later)

    # a chime that comes after its time is left out
    to_one, to_all = station.in_time(order)
    for occurrence in (to_one, to_all):
        until("everybody to have heard it", lambda each=occurrence: _all_heard(station, each), told=lambda each=occurrence: station.coverage(each))  # type: ignore[misc]
    for each in listeners:
        each.stop()
    return Day(station, article, to_all, to_one, mandarin, cantonese, elsewhere)


def _all_heard(station: Station, occurrence: Occurrence) -> bool:
    told = station.coverage(occurrence)
    return bool(told["terminals"]) and all(each["state"] == "heard" for each in told["terminals"])


def test_everybody_who_should_hear_it_did(day: Day) -> None:
    for occurrence, expected in ((day.to_all, 2), (day.to_one, 1)):
        told = day.station.coverage(occurrence)
        assert told["expected"] == expected and told["counts"] == {"heard": expected}


def test_a_speaker_that_knows_the_time_is_not_called_faulty(day: Day) -> None:
    with day.station.db.reading() as session:
        assert set(session.scalars(select(Terminal.fault).where(Terminal.did.in_((day.mandarin.did, day.cantonese.did))))) == {""}


def test_every_receipt_is_there_once(day: Day) -> None:
    for speaker, dialect in ((day.mandarin, "cmn"), (day.cantonese, "yue")):
        found = Counter((each.item, each.result) for each in day.station.receipts(speaker.did, day.to_all))
        items = [f"{day.to_all.id}-{dialect}-{n}" for n in (0, 1)]
        assert found == {(item, result): 1 for item in items for result in ("stored", "started", "finished")}


def test_the_sound_is_in_the_wav_where_the_receipt_says_and_never_before_the_plan(day: Day, tmp_path: Path) -> None:
    for speaker, dialect in ((day.mandarin, "cmn"), (day.cantonese, "yue")):
        recording = Recording(speaker.wav)
        receipts = {each.item: each for each in day.station.receipts(speaker.did) if each.result == "started"}
        planned = day.station.dispatches(day.to_all)[dialect].items
        assert planned[0]["at_ms"] == to_ms(day.to_all.starts_at)
        for item in planned:
            told = receipts[item["id"]]
            begins = recording.frame_of(told.start_ms)
            heard = recording.find(clip_of(day.station, item["clip"], tmp_path, item["ms"]), begins - RATE, begins + RATE)
            assert heard.likeness > 0.99
            assert abs(heard.at_ms - told.start_ms) <= SAME_MS, "the WAV says what the receipt says"
            assert told.start_ms >= item["at_ms"] - SAME_MS
            assert told.late_ms == pytest.approx(told.start_ms - item["at_ms"], abs=0.01)


def test_each_village_heard_its_own_tongue_and_no_other(day: Day, tmp_path: Path) -> None:
    voices = {code: clip_of(day.station, row["audio_sha256"], tmp_path, row["ms"]) for code, row in day.station.renditions(day.article).items() if row["state"] == "ready"}
    for speaker, own in ((day.mandarin, "cmn"), (day.cantonese, "yue")):
        recording = Recording(speaker.wav)
        for code, clip in voices.items():
            likeness = recording.find(clip).likeness
            assert likeness > 0.99 if code == own else likeness < 0.5, (speaker.name, code, likeness)


def test_nothing_sounds_where_it_was_not_meant_to(day: Day) -> None:
    assert not day.elsewhere.wav.exists()
    assert day.station.receipts(day.elsewhere.did) == []
    assert day.station.receipts(day.mandarin.did, day.to_one) == []
    assert len(Recording(day.mandarin.wav).samples) < len(Recording(day.cantonese.wav).samples)


@pytest.mark.outer
def test_a_broker_of_the_stations_own_that_is_killed_comes_back_by_itself(day: Day) -> None:
    pid_file = day.station.data / "broker" / "mosquitto.pid"
    if not pid_file.exists():
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    day.mandarin.start()  # it knows who it is: nobody types a code again
    until("it to be connected", lambda: [each for each in day.mandarin.said("connected") if each["life"] == 2])
    before = pid_file.read_text()
    os.kill(int(before), signal.SIGKILL)
    until("another broker", lambda: pid_file.read_text() not in ("", before))
    chime = day.station.programme([{"kind": "chime"}], "再来一次")
    occurrence = day.station.schedule(chime, day.station.village.village_a.id, 2)
    until("it to be heard", lambda: _all_heard(day.station, occurrence))
    assert "had fallen and runs again" in day.station.log()
    assert len(day.mandarin.said("code")) == 1
