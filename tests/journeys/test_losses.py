"""Nothing lost, nothing twice: the station, its broker, a terminal and the line between them fall at the worst moments."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.journeys.speaker import Recording, Speaker, clip_of
from tests.journeys.stage import ENDS, Stage
from tests.journeys.station import until
from tts.models import Rendition

pytestmark = [pytest.mark.outer, pytest.mark.timeout(600)]


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
    occurrence = stage.air_in_time()
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
    occurrence = stage.air_in_time()
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
    # what was withdrawn because the machine was too slow for it may have been heard all the same: then it was told
    told = Counter(item.rsplit("-", 1)[1] for each in stage.withdrawn for item in stage.far.items(each.id, "finished"))
    for n, sha, ms in {(item["id"].rsplit("-", 1)[1], item["clip"], item["ms"]) for each in with_clips for item in stage.station.dispatches(each)["yue"].items}:
        assert recording.count(clip_of(stage.station, sha, tmp_path, ms)) == len(with_clips) + told[n]
