"""The week on the pages and by machine: upper slots are locked, conflicts are said before anything is written, this one or all that follow."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from playlists import calendar, playlist
from playlists.models import Playlist, Schedule
from playlists.playlist import Item
from tests.admin.conftest import Pages

AT = "2026-11-25T10:00:00+00:00"  # 18:00 in the village


def on_the_calendar(pages: Pages) -> tuple[int, int]:
    """Ten minutes daily at 18:00 in the county: the numbers of the programme and of its rule."""
    village, now = pages.village, pages.now
    with pages.db.session() as session:
        made = playlist.make_playlist(session, village.operator, village.county, "晚间广播", now)
        playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=600_000)], 1, now)
        rule = calendar.make_schedule(session, village.operator, made, village.county, kind="daily", times=["18:00"], since=date(2026, 11, 24), now=now)
        return made.id, rule.id


def rules(pages: Pages) -> int:
    with pages.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Schedule)) or 0


def test_a_far_week_is_shown_and_what_comes_from_above_is_locked_for_those_below(pages: Pages) -> None:
    on_the_calendar(pages)
    from station.people import add_person, grant
    with pages.db.session() as session:
        below = add_person(session, "cun", "村干部", pages.now)
        grant(session, below, pages.village.village_a, "operator")
    for view in ("", "&view=list"):
        mine = pages.browser(pages.village.operator).get(f"/week?area={pages.village.village_a.id}&from=2027-02-01{view}").text
        theirs = pages.browser(below).get(f"/week?from=2027-02-01{view}").text
        assert mine.count("晚间广播</a>") == 7 == theirs.count("晚间广播</a>")
        assert "Locked:" not in mine and 'class="change"' in mine
        assert theirs.count("Locked: from 云岭县") == 7 and 'class="change"' not in theirs and "data-move" not in theirs


def test_what_a_new_time_meets_is_asked_about_and_the_next_free_time_offered(pages: Pages) -> None:
    number, _rule = on_the_calendar(pages)
    browser = pages.browser(pages.village.operator)
    form = {"area": pages.village.village_a.id, "kind": "once", "times": "18:05", "since": "2026-11-26", "start": "hard"}
    asked = browser.post(f"/playlists/{number}/schedule", form)
    assert asked.status_code == 409 and "waits until" in asked.text and "晚间广播" in asked.text and rules(pages) == 1
    (free,) = re.findall(r'name="instead" value="([^"]+)"', asked.text)
    assert free == "18:10"
    assert browser.post(f"/playlists/{number}/schedule", {**form, "priority": "4", "brk": "stop"}).status_code == 422, "what cannot be is refused before anything is asked"
    assert browser.post(f"/playlists/{number}/schedule", {**form, "instead": free}).status_code == 303
    assert browser.post(f"/playlists/{number}/schedule", {**form, "sure": "yes"}).status_code == 303
    with pages.db.reading() as session:
        assert [each.times for each in session.scalars(select(Schedule).order_by(Schedule.id))] == [["18:00"], ["18:10"], ["18:05"]]


def test_a_time_is_moved_and_left_out_without_a_script(pages: Pages) -> None:
    _number, rule = on_the_calendar(pages)
    browser = pages.browser(pages.village.operator)
    page = browser.get(f"/schedules/{rule}/change", query_string={"at": AT})
    assert page.status_code == 200 and "18:00" in page.text
    moved = browser.post(f"/schedules/{rule}/move", {"at": AT, "day": "2026-11-25", "time": "19:30", "which": "one"})
    assert moved.status_code == 303
    again = browser.post(f"/schedules/{rule}/move", {"at": AT, "day": "2026-11-25", "time": "20:30", "which": "one"})
    assert again.status_code == 422 and "cancelled already" in again.text
    into = browser.post(f"/schedules/{rule}/move", {"at": AT.replace("25T", "26T"), "day": "2026-11-25", "time": "19:31", "which": "one"})
    assert into.status_code == 409 and "19:40" in into.text
    browser.post(f"/schedules/{rule}/leave-out", {"at": AT.replace("25T", "27T"), "which": "following"})
    listed = browser.get("/week?view=list&from=2026-11-24").text
    assert "19:30" in listed and "Cancelled" in listed
    with pages.db.reading() as session:
        assert session.get_one(Schedule, rule).until == date(2026, 11, 26)
    for bad in ("", "nonsense", "2026-11-25T10:00:00", "9999-12-31T23:59:59-12:00"):
        assert browser.post(f"/schedules/{rule}/move", {"at": bad, "day": "2026-11-25", "time": "20:00"}).status_code == 422, bad


@pytest.mark.parametrize(("who", "status"), [("reviewer", 403), ("stranger", 404)])
def test_only_operators_of_the_branch_move(pages: Pages, who: str, status: int) -> None:
    _number, rule = on_the_calendar(pages)
    browser = pages.browser(getattr(pages.village, who))
    assert browser.get(f"/schedules/{rule}/change", query_string={"at": AT}).status_code == status
    for act in ("move", "leave-out"):
        assert browser.post(f"/schedules/{rule}/{act}", {"at": AT, "day": "2026-11-25", "time": "19:30", "which": "one"}).status_code == status
        assert browser.get(f"/schedules/{rule}/{act}").status_code == 405


def test_the_same_acts_by_machine(pages: Pages) -> None:
    number, rule = on_the_calendar(pages)
    call = pages.machine(pages.village.operator)
    said = {"playlist_id": number, "area_id": pages.village.county.id, "kind": "once", "times": ["18:03"], "since": "2026-11-26"}
    asked = call("POST", "/api/schedules/check", json=said).json
    assert [(each["becomes"], each["schedule_id"], each["next_free"], each["by_ms"]) for each in asked["conflicts"]] == [("waits", rule, "18:10", 420_000)]
    assert rules(pages) == 1
    made = call("POST", "/api/schedules", json=said).json
    assert [each["next_free"] for each in made["conflicts"]] == ["18:10"]
    moved = call("POST", f"/api/schedules/{rule}/moves", json={"at": AT, "to": "2026-11-25T12:00:00Z", "following": True})
    assert moved.status_code == 201 and moved.json["times"] == ["20:00"] and moved.json["conflicts"] == []
    assert call("POST", f"/api/schedules/{moved.json['id']}/leave-out", json={"at": "2026-11-27T12:00:00Z"}).status_code == 200
    assert call("POST", f"/api/schedules/{rule}/moves", json={"at": AT, "to": "2026-11-25T13:00:00Z"}).status_code == 422
    week = call("GET", f"/api/areas/{pages.village.village_a.id}/week?since=2026-11-25").json
    shown = {day["date"]: [(each["starts_at"][11:16], each["state"]) for each in day["slots"]] for day in week["days"]}
    assert shown["2026-11-25"] == [("10:00", "cancelled"), ("12:00", "planned")] and shown["2026-11-27"] == [("12:00", "cancelled")]
    assert shown["2026-11-26"] == [("10:03", "planned"), ("12:00", "planned")]
    assert pages.machine(pages.village.stranger)("GET", f"/api/areas/{pages.village.village_a.id}/week").status_code == 404
    with pages.db.reading() as session:
        assert session.get_one(Playlist, number).title == "晚间广播"
