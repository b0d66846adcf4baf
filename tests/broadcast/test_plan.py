"""An occurrence becomes a dispatch for each dialect that is heard there, once, and anew when something changes."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from broadcast.models import Dispatch, ZonePlan
from broadcast.plan import BATCH, Planner
from devices.models import MarkedDay
from playlists.days import mark_day, unmark_day
from playlists.models import Occurrence, Playlist
from station.database import Database
from tests.broadcast.builders import a_clip, a_programme, a_rendition, a_terminal, again, sha
from tests.broadcast.conftest import CHIME
from tests.builders import an_article
from tests.people import Village
from tts.models import Rendition

MINUTE = timedelta(minutes=1)


def dispatches(db: Database) -> list[Dispatch]:
    with db.reading() as session:
        return list(session.scalars(select(Dispatch).order_by(Dispatch.occurrence_id, Dispatch.dialect)))


def revs(db: Database) -> dict[str, int]:
    with db.reading() as session:
        return {row.zid: row.rev for row in session.scalars(select(ZonePlan))}


def exhaust(planner: Planner, now: datetime) -> int:
    rounds = 0
    while planner.plan_one(now):
        rounds += 1
        assert rounds < 100, "it finds the same work for ever"
    return rounds


@pytest.mark.both_databases
def test_one_manifest_for_each_dialect_heard_below_the_area(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        a_terminal(session, people.village_a, now)
        a_terminal(session, people.village_b, now)
        a_programme(session, people.town, now, "chime", a_clip(session, people.county, now), starts_at=now + MINUTE)
    assert planner.plan_one(now) is True and planner.plan_one(now) is False
    assert [(each.dialect, each.zid, each.state) for each in dispatches(db)] == [
        ("cmn", f"{people.town.zid}_cmn", "planned"), ("yue", f"{people.town.zid}_yue", "planned"),
    ]  # fmt: skip
    assert revs(db) == {f"{people.town.zid}_cmn": 1, f"{people.town.zid}_yue": 1}


def test_items_follow_each_other_and_each_knows_when_it_must_have_ended(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        article = an_article(session, people.operator, people.village_a, now, approved=True)
        a_rendition(session, article, "cmn", now)
        programme = a_programme(
            session, people.village_a, now, "chime", article, 1500, a_clip(session, people.county, now), starts_at=now + MINUTE, window_s=60
        )
    planner.plan_one(now)
    (found,) = dispatches(db)
    start = int((now + MINUTE).timestamp() * 1000)
    assert [(each["at_ms"] - start, each["ms"], each["expires_ms"] - start, each["clip"]) for each in found.items] == [
        (0, 2000, 62_000, CHIME.sha), (2000, 7000, 69_000, sha(f"{article.id} cmn")), (10_500, 4000, 74_500, sha("茉莉花")),
    ]  # fmt: skip
    assert [each["id"] for each in found.items] == [f"{programme.id}-cmn-{n}" for n in range(3)]
    assert found.ends_at == now + MINUTE + timedelta(milliseconds=74_500)


def test_items_say_how_loud_they_are_what_they_interrupt_and_from_which_level_they_come(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        clip = a_clip(session, people.county, now)
        for area in (people.county, people.village_a):
            a_programme(session, area, now, clip, starts_at=now + MINUTE, brk="mix", volume=0, start="after")
            a_programme(session, area, now, clip, starts_at=now + MINUTE, priority=4)
    exhaust(planner, now)
    found = [(each.items[0]["rank"], each.items[0]["brk"], each.items[0]["volume"], each.items[0]["start"]) for each in dispatches(db)]
    assert found == [(3, "mix", 0, "after"), (0, "resume", -1, "hard"), (5, "mix", 0, "after"), (0, "resume", -1, "hard")]


def test_an_article_nobody_can_speak_yet_is_named_and_joins_when_it_is_ready(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        article = an_article(session, people.operator, people.village_a, now, approved=True)
        a_rendition(session, article, "cmn", now, state="rendering")
        a_programme(session, people.village_a, now, "chime", article, starts_at=now + 10 * MINUTE)
    exhaust(planner, now)
    (found,) = dispatches(db)
    assert len(found.items) == 1 and "停水通知" in found.error
    with db.session() as session:
        ready = now + MINUTE
        session.execute(update(Rendition).values(state="ready", ready_at=ready))
    exhaust(planner, now + 2 * MINUTE)
    (found,) = dispatches(db)
    assert len(found.items) == 2 and found.error == ""


def test_what_was_empty_at_its_time_is_still_heard_when_its_voice_comes_within_the_window(
    db: Database, people: Village, planner: Planner, now: datetime
) -> None:
    with db.session() as session:
        article = an_article(session, people.operator, people.village_a, now, approved=True)
        a_rendition(session, article, "cmn", now, state="rendering")
        a_programme(session, people.village_a, now, article, starts_at=now + MINUTE, window_s=300)
    exhaust(planner, now)
    assert [each.state for each in dispatches(db)] == ["empty"]
    with db.session() as session:
        session.execute(update(Rendition).values(state="ready", ready_at=now + 2 * MINUTE))
    exhaust(planner, now + 3 * MINUTE)
    assert [(each.state, len(each.items)) for each in dispatches(db)] == [("planned", 1)]


def test_an_article_sent_back_leaves_the_plan(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        article = an_article(session, people.operator, people.village_a, now, approved=True)
        a_rendition(session, article, "cmn", now)
        a_programme(session, people.village_a, now, article, starts_at=now + 10 * MINUTE)
    exhaust(planner, now)
    with db.session() as session:
        row = session.get_one(type(article), article.id)
        row.state, row.updated_at = "draft", now + MINUTE
    exhaust(planner, now + 2 * MINUTE)
    assert [(each.state, each.items) for each in dispatches(db)] == [("empty", [])]
    assert list(revs(db).values()) == [2]


def test_a_cancelled_occurrence_leaves_the_plan_even_while_it_sounds(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        programme = a_programme(session, people.village_a, now, "chime", starts_at=now + MINUTE)
    exhaust(planner, now)
    with db.session() as session:
        session.execute(update(Occurrence).where(Occurrence.id == programme.id).values(state="cancelled"))
    exhaust(planner, now + MINUTE)
    assert [each.state for each in dispatches(db)] == ["cancelled"]
    assert list(revs(db).values()) == [2]


def test_planning_again_what_has_not_changed_changes_no_manifest(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        a_programme(session, people.village_a, now, "chime", starts_at=now + 10 * MINUTE)
    exhaust(planner, now)
    with db.session() as session:
        session.execute(update(Playlist).values(updated_at=now + MINUTE))
    assert exhaust(planner, now + 2 * MINUTE) == 1
    assert list(revs(db).values()) == [1]


def test_an_act_that_was_committed_after_the_look_is_found_though_its_moment_was_before(
    db: Database, people: Village, planner: Planner, now: datetime
) -> None:
    with db.session() as session:
        programme = a_programme(session, people.village_a, now, "chime", starts_at=now + 30 * MINUTE)
        clip = a_clip(session, people.county, now)
    exhaust(planner, now + timedelta(seconds=2))
    with db.session() as session:  # it was clicked one second before that look, and waited for the lock
        playlist = session.get_one(Playlist, programme.playlist_id)
        playlist.updated_at = now + timedelta(seconds=1)
        playlist.items[0].kind, playlist.items[0].clip_id = "clip", clip.id
    exhaust(planner, now + MINUTE)
    assert [each.items[0]["clip"] for each in dispatches(db)] == [sha("茉莉花")]
    assert exhaust(planner, now + 20 * MINUTE) == 0


def test_a_dialect_that_joins_after_the_planning_gets_its_manifest(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        a_terminal(session, people.village_a, now)
        a_programme(session, people.town, now, "chime", starts_at=now + 10 * MINUTE)
    exhaust(planner, now)
    assert [each.dialect for each in dispatches(db)] == ["cmn"]
    with db.session() as session:
        a_terminal(session, people.village_b, now)
    exhaust(planner, now + MINUTE)
    assert [each.dialect for each in dispatches(db)] == ["cmn", "yue"]


def test_what_is_over_is_not_planned_and_does_not_hide_what_is_to_come(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        first = a_programme(session, people.village_a, now, "chime", starts_at=now - 20 * 60 * MINUTE)
        for number in range(5 * BATCH):  # the station was off for most of a day
            again(session, first.schedule, now - 10 * 60 * MINUTE + timedelta(seconds=number), now)
        due = again(session, first.schedule, now + MINUTE, now)
        late = again(session, first.schedule, now - 4 * MINUTE, now)
    exhaust(planner, now)
    assert {each.occurrence_id for each in dispatches(db)} == {due.id, late.id}


@pytest.mark.both_databases
def test_one_that_cannot_be_planned_holds_up_no_other_and_is_tried_again_later(
    db: Database, people: Village, planner: Planner, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with db.session() as session:
        bad = a_programme(session, people.village_a, now, "chime", starts_at=now + MINUTE)
        good = [a_programme(session, people.village_a, now, "chime", starts_at=now + n * MINUTE) for n in (2, 3)]
    planned = Planner._plan

    def stumbles(self: Planner, session: Any, occurrence: Occurrence, *rest: Any) -> Any:
        if occurrence.id == bad.id:
            raise KeyError("a dialect nobody has heard of")
        return planned(self, session, occurrence, *rest)

    monkeypatch.setattr(Planner, "_plan", stumbles)
    exhaust(planner, now)
    assert {each.occurrence_id for each in dispatches(db)} == {each.id for each in good}
    assert f"occurrence {bad.id} cannot be planned" in caplog.text
    monkeypatch.undo()
    assert planner.plan_one(now) is False, "it rests"
    exhaust(planner, now + timedelta(seconds=10))
    assert {each.occurrence_id for each in dispatches(db)} == {bad.id, *(each.id for each in good)}


@pytest.mark.both_databases
def test_two_planners_at_once_plan_each_occurrence_once(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        for number in range(1, 40):
            a_programme(session, people.village_a, now, "chime", starts_at=now + number * MINUTE)
    both = [planner, Planner(db, CHIME)]
    threads = [threading.Thread(target=exhaust, args=(each, now)) for each in both]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    exhaust(planner, now + MINUTE)
    assert len(dispatches(db)) == 39


def test_a_day_without_the_programme_takes_it_out_and_a_day_like_any_other_brings_it_back(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        programme = a_programme(session, people.village_a, now, "chime", a_clip(session, people.county, now), starts_at=now + 9 * MINUTE, off_days=["market"])
    exhaust(planner, now)

    def plan(at: datetime) -> list[tuple[str, list[str]]]:
        exhaust(planner, at)
        return [(each.state, [item["title"] for item in each.items]) for each in dispatches(db)]

    assert plan(now) == [("planned", ["♪", "茉莉花"])]
    day, marks = programme.starts_at.date(), {}
    for minute, kind, is_so in ((1, "market", [("cancelled", ["♪", "茉莉花"])]), (3, "funeral", [("planned", ["♪"])])):
        with db.session() as session:
            marks[kind] = mark_day(session, session.merge(people.operator), session.merge(people.county), kind, day, day, now + minute * MINUTE).id
        assert plan(now + minute * MINUTE) == is_so
        with db.session() as session:
            unmark_day(session, session.merge(people.operator), session.get_one(MarkedDay, marks[kind]), now + (minute + 1) * MINUTE)
        assert plan(now + (minute + 1) * MINUTE) == [("planned", ["♪", "茉莉花"])]
    assert list(revs(db).values()) == [5]
