"""An emergency end to end: music plays, a notice breaks in, a red alert over it, all clear; each resumes or expires as the rules say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from broadcast.models import Receipt
from terminal.player import RATE
from tests.journeys.speaker import ALIKE, Recording, Speaker, clip_of
from tests.journeys.stage import tone
from tests.journeys.station import Station, until
from tts import sirens
from tts.audio import to_mp3
from tts.models import Speech

pytestmark = [pytest.mark.outer, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def speaker(station: Station, new_speaker: Callable[..., Speaker]) -> Speaker:
    made = new_speaker("square")
    made.pair(station.village.village_a.id)
    return made


def clip(station: Station, name: str, pitch: float, seconds: float) -> int:
    sent = station.upload("lan", "/api/clips", {"area_id": station.village.county.id, "kind": "music", "title": name}, f"{name}.wav", tone(pitch, seconds))
    assert sent.status == 201, sent.body
    return int(sent.json()["id"])


def air(station: Station, clip_id: int, ahead_s: float, priority: int) -> int:
    """One clip in the village at a moment ahead; the number of its occurrence."""
    programme = station.programme([{"kind": "clip", "clip_id": clip_id}])
    return int(station.schedule(programme, station.village.village_a.id, ahead_s, priority=priority, window_s=120).id)


def results(station: Station, speaker: Speaker, prefix: str) -> dict[str, list[str]]:
    with station.db.reading() as session:
        rows = session.scalars(select(Receipt).where(Receipt.item.startswith(prefix)).order_by(Receipt.id)).all()
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.item, []).append(row.result)
    return found


def test_music_a_notice_a_red_alert_and_all_clear(station: Station, speaker: Speaker) -> None:
    music, notice = clip(station, "music", 300.0, 40.0), clip(station, "notice", 900.0, 12.0)
    first = air(station, music, 6.0, 6)
    second = air(station, notice, 12.0, 4)
    until("the notice to sound over the music", lambda: speaker.items(second, "started"))
    said = {"area_ids": [station.village.village_a.id], "texts": {"zh": "水库泄洪，请马上往高处走。"}, "repeats": 10}
    sent = station.done("lan", "POST", "/api/emergencies", said)
    key, number = sent["key"], sent["id"]

    def heard() -> list[str]:
        return [str(each["item"]) for each in speaker.said("started") if str(each["item"]).startswith(f"em-{key}-")]

    until("the siren", heard)
    words = until("the words behind the siren", lambda: [item for item in heard() if item.endswith("-1")])
    until("the words to be heard out", lambda: [each for each in speaker.said("finished") if each["item"] == words[0]])
    assert heard()[0].endswith("-0"), "the siren first, the fresh speech behind it"
    station.done("lan", "POST", f"/api/emergencies/{number}/all-clear", {})
    until("the all clear", lambda: [each for each in speaker.said("accepted") if each["item"] != f"em-{key}"])
    ended = len(heard())
    until("the notice to be heard out", lambda: speaker.items(second, "finished"))
    until("the music to be heard out", lambda: speaker.items(first, "finished"))
    assert len(heard()) == ended, "nothing of it after the all clear"
    for occurrence in (first, second):
        began, over = speaker.items(occurrence, "started"), speaker.items(occurrence, "finished")
        assert len(began) == len(over) == 1, "interrupted, gone on with, heard once"
    told = until("the report", lambda: (found := station.done("lan", "GET", f"/api/emergencies/{number}/report"))["started"] and found)
    assert (told["terminals"], told["received"], told["sent"]) == (1, 1, 1)
    assert told["lines"][0]["problem"] == ""
    at_ms = next(float(each["start_ms"]) for each in speaker.said("started") if each["item"] == heard()[0])
    with station.db.reading() as session:
        spoken = session.scalars(select(Speech).where(Speech.text == said["texts"]["zh"])).one()
    speaker.stop()
    recording = Recording(speaker.wav)
    siren = station.files.put(to_mp3(sirens.siren("siren-red")))
    found = recording.find(clip_of(station, siren, station.folder)[: RATE * 2], recording.frame_of(at_ms - 500), recording.frame_of(at_ms + 1500))
    assert found.likeness > ALIKE and abs(found.at_ms - at_ms) < 100, "what the village heard is the siren, when the receipt says so"
    assert recording.count(clip_of(station, spoken.audio_sha256, station.folder)[: RATE]) >= 1, "and the words"
    speaker.start()


def test_a_stopped_programme_does_not_come_back_after_a_power_cut(station: Station, speaker: Speaker) -> None:
    number = air(station, clip(station, "long", 500.0, 45.0), 5.0, 6)
    until("it to sound", lambda: speaker.items(number, "started"))
    station.done("lan", "POST", f"/api/areas/{station.village.village_a.id}/stop")
    until("the stop", lambda: speaker.said("command", result="done"))
    speaker.kill()
    speaker.start()
    until("it to be back", lambda: [each for each in speaker.said("connected") if each["life"] == speaker.lives])
    until("its last word about it", lambda: any("preempted" in each for each in results(station, speaker, f"{number}-").values()))
    assert [each for each in speaker.said("started") if each["life"] == speaker.lives and str(each["item"]).startswith(f"{number}-")] == []


def test_an_emergency_is_kept_over_a_power_cut_without_a_line_and_ends_when_the_station_says_so(station: Station, speaker: Speaker) -> None:
    key = station.done("lan", "POST", "/api/emergencies", {"area_ids": [station.village.village_a.id], "texts": {}, "repeats": 40})["key"]
    until("the siren", lambda: [each for each in speaker.said("started") if str(each["item"]).startswith(f"em-{key}-")])
    speaker.kill()
    before = {str(each["item"]) for each in speaker.said("started")}
    speaker.start()
    new = until("it to go on", lambda: [str(each["item"]) for each in speaker.said("started") if each["life"] == speaker.lives and str(each["item"]).startswith(f"em-{key}-")])
    assert not set(new) & before, "no round twice"
    assert station.done("lan", "POST", "/api/stop")["emergencies"] >= 1
    until("it to end", lambda: any("preempted" in each for each in results(station, speaker, f"em-{key}-").values()))
