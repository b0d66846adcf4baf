"""Hours on the pages and by machine: quieter in two taps, quiet hours of a place, staggered groups, mute, what fills the pauses."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from broadcast.commands import is_muted
from broadcast.models import OutCommand
from devices.models import Group, QuietHours, Terminal
from playlists import playlist
from playlists.models import AreaFill, Schedule
from playlists.playlist import Item
from station.models import Area
from tests.admin.conftest import Pages
from tests.admin.test_devices import a_terminal, get


def music(pages: Pages) -> int:
    with pages.db.session() as session:
        made = playlist.make_playlist(session, session.merge(pages.village.operator), session.merge(pages.village.county), "轻音乐", pages.now)
        playlist.set_items(session, session.merge(pages.village.operator), made, [Item("chime")], 1, pages.now)
        return made.id


def test_quieter_in_the_morning_is_two_taps_and_one_to_take_it_back(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    page = browser.get(f"/devices/{number}").text
    offered = re.findall(r'name="hours" value="([^"]+)">(Quieter [^<]+)<', page)
    assert ("06:00-08:00", "Quieter 06–08") in offered
    browser.post(f"/devices/{number}/caps", {"hours": "06:00-08:00"})
    assert get(pages.db, number).caps == ["06:00-08:00=35"]
    page = browser.get(f"/devices/{number}").text
    assert "at most 35" in page and "Quieter 06–08" not in page
    browser.post(f"/devices/{number}/caps", {"hours": "6:30-7", "cap": "0"})
    assert get(pages.db, number).caps == ["06:00-08:00=35", "06:30-07:00=0"]
    browser.post(f"/devices/{number}/caps", {"hours": "06:00-08:00", "away": "1"})
    browser.post(f"/devices/{number}/caps", {"hours": "06:30-07:00", "away": "1"})
    assert get(pages.db, number).caps == [] and get(pages.db, number).want_rev == 5
    for wrong in ({"hours": "mornings"}, {"hours": "6-8", "cap": "101"}, {}):
        answer = browser.post(f"/devices/{number}/caps", wrong)
        assert 'class="flash bad"' in browser.get(answer.location).text
    assert get(pages.db, number).want_rev == 5


def test_quiet_hours_are_set_on_the_page_of_a_place_and_seen_below(pages: Pages) -> None:
    browser, county, village = pages.browser(pages.village.operator), pages.village.county.id, pages.village.village_a.id
    number = a_terminal(pages)
    browser.post(f"/areas/{county}/quiet", {"hours": "22-6，12:30-14"})
    page = browser.get(f"/areas/{village}/hours").text
    assert "12:30-14:00 · 22:00-06:00" in page and "from 云岭县" in page
    assert "12:30-14:00 · 22:00-06:00" in browser.get(f"/devices/{number}").text
    assert f"/areas/{county}/hours" in browser.get("/areas").text and get(pages.db, number).want_rev == 2
    browser.post(f"/areas/{village}/quiet", {"how": "none"})
    with pages.db.reading() as session:
        assert session.get_one(QuietHours, village).hours == []
    browser.post(f"/areas/{village}/quiet", {"how": "above"})
    with pages.db.reading() as session:
        assert session.get(QuietHours, village) is None
    answer = browser.post(f"/areas/{county}/quiet", {"hours": "nights"})
    assert "are no hours" in browser.get(answer.location).text


def test_the_lines_of_a_whole_branch_are_metered_by_one_tick(pages: Pages) -> None:
    number, browser, county = a_terminal(pages), pages.browser(pages.village.operator), pages.village.county.id
    told = get(pages.db, number).want_rev
    for ticked, metered in (({"metered": "1"}, True), ({}, False)):
        assert browser.post(f"/areas/{county}/line", ticked).status_code == 303
        with pages.db.reading() as session:
            assert session.get_one(Area, county).metered is metered
        assert ('name="metered" value="1" checked' in browser.get(f"/areas/{county}/hours").text) is metered
    assert get(pages.db, number).want_rev == told + 2
    pages.browser(pages.village.stranger).post(f"/areas/{county}/line", {"metered": "1"})
    with pages.db.reading() as session:
        assert not session.get_one(Area, county).metered


def test_a_group_begins_later(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    browser.post("/devices/groups", {"area": pages.village.county.id, "name": "山谷"})
    with pages.db.reading() as session:
        group = session.scalars(select(Group.id)).one()
    browser.post(f"/groups/{group}/stagger", {"stagger_ms": "700"})
    assert 'value="700"' in browser.get("/devices").text
    browser.post(f"/groups/{group}/stagger", {"stagger_ms": "10001"})
    with pages.db.reading() as session:
        assert session.get_one(Group, group).stagger_ms == 700


def test_a_muted_speaker_says_so_once_it_obeyed(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    browser.post(f"/devices/{number}/commands/mute")
    assert "Muted" not in browser.get(f"/devices/{number}").text
    with pages.db.session() as session:
        command = session.scalars(select(OutCommand)).one()
        assert (command.op, command.args) == ("mute", {"muted": True})
        command.result = "done"
    page = browser.get(f"/devices/{number}").text
    assert "Muted" in page and "/commands/unmute" in page
    browser.post(f"/devices/{number}/commands/unmute")
    with pages.db.session() as session:
        command = session.scalars(select(OutCommand).where(OutCommand.result == "")).one()
        command.result, command.created_at = "done", pages.now.replace(year=2027)
        assert is_muted(session, session.get_one(Terminal, number)) is False


def test_a_speaker_with_a_fault_is_not_ready_and_the_reason_is_told(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    assert "1 of 1 speakers ready" in browser.get("/").text
    with pages.db.session() as session:
        terminal = session.get_one(Terminal, number)
        terminal.fault = "disk: 没有空间"
        terminal.reported = {**terminal.reported, "faults": ["disk: 没有空间", "humming"], "playing": "fill-3"}
    home, page = browser.get("/").text, browser.get(f"/devices/{number}").text
    assert "0 of 1 speakers ready" in home and "Its disk is full or broken: 没有空间" in home and "Has a fault" in home
    assert "Its disk is full or broken: 没有空间" in page and "humming" in page and "what fills a pause" in page
    browser.client.set_cookie("lang", "zh")
    assert "存储已满或损坏：没有空间" in browser.get(f"/devices/{number}").text


def test_a_default_playlist_is_chosen_on_the_page_of_a_place(pages: Pages) -> None:
    browser, village, number = pages.browser(pages.village.operator), pages.village.village_a.id, music(pages)
    browser.post(f"/areas/{village}/fill", {"kind": "default", "playlist": str(number), "hours": "6-8"})
    browser.post(f"/areas/{village}/fill", {"kind": "fallback", "playlist": str(number), "hours": ""})
    page = browser.get(f"/areas/{village}/hours").text
    assert "轻音乐" in page and "06:00-08:00" in page
    answer = browser.post(f"/areas/{village}/fill", {"kind": "default", "playlist": str(number), "hours": ""})
    assert "in which hours" in browser.get(answer.location).text
    browser.post(f"/areas/{village}/fill", {"kind": "default", "playlist": ""})
    with pages.db.reading() as session:
        assert {row.kind: (row.playlist_id, row.hours) for row in session.scalars(select(AreaFill))} == {"default": (None, []), "fallback": (number, [])}


def test_a_schedule_says_what_it_interrupts_and_how_loud_it_is(pages: Pages) -> None:
    browser, number = pages.browser(pages.village.operator), music(pages)
    assert 'name="brk"' in browser.get(f"/playlists/{number}/schedule").text
    form = {
        "area": pages.village.county.id, "kind": "daily", "times": "18:00", "since": "2026-11-25", "start": "after", "brk": "mix", "volume": "0",
        "priority": "4", "window": "20",
    }  # fmt: skip
    assert browser.post(f"/playlists/{number}/schedule", form).status_code == 303
    assert browser.post(f"/playlists/{number}/schedule", {**form, "brk": "stop"}).status_code == 422
    assert browser.post(f"/playlists/{number}/schedule", {**form, "priority": "1"}).status_code == 422
    with pages.db.reading() as session:
        found = session.scalars(select(Schedule)).one()
        assert (found.start, found.brk, found.volume, found.priority, found.window_s) == ("after", "mix", 0, 4, 1200)


@pytest.mark.parametrize(("who", "expected"), [("reviewer", 403), ("stranger", 404)])
def test_only_those_who_look_after_the_place_change_its_hours(pages: Pages, who: str, expected: int) -> None:
    number, programme, county = a_terminal(pages), music(pages), pages.village.county.id
    pages.browser(pages.village.operator).post("/devices/groups", {"area": county, "name": "山谷"})
    browser, call = pages.browser(getattr(pages.village, who)), pages.machine(getattr(pages.village, who))
    form = {"hours": "6-8", "stagger_ms": "5", "kind": "default", "playlist": str(programme)}
    for path in (f"/devices/{number}/caps", "/groups/1/stagger", f"/areas/{county}/quiet", f"/areas/{county}/fill", f"/devices/{number}/commands/mute"):
        assert browser.post(path, form).status_code == expected, path
        if "commands" not in path:
            assert browser.get(path).status_code == 405
    said = (
        (f"/api/areas/{county}/quiet", {"hours": ["22-6"]}), (f"/api/terminals/{number}/caps", {"caps": ["6-8=40"]}),
        ("/api/groups/1/stagger", {"stagger_ms": 5}), (f"/api/groups/1/terminals/{number}", {"member": True}),
        (f"/api/areas/{county}/fills/default", {"playlist_id": programme, "hours": ["6-8"]}),
    )  # fmt: skip
    for path, body in said:
        assert call("PUT", path, json=body).status_code == expected, path
    assert call("POST", f"/api/terminals/{number}/mute", json={"muted": True}).status_code == expected
    assert browser.get(f"/areas/{county}/hours").status_code == (200 if who == "reviewer" else 404)
    assert get(pages.db, number).want_rev == 1


def test_the_same_by_machine(pages: Pages) -> None:
    number, programme, county = a_terminal(pages), music(pages), pages.village.county.id
    call = pages.machine(pages.village.operator)
    assert call("PUT", f"/api/areas/{county}/quiet", json={"hours": ["22-6"]}).json == {"area_id": county, "own": ["22:00-06:00"], "hours": ["22:00-06:00"]}
    village = pages.village.village_a.id
    assert call("GET", f"/api/areas/{village}/quiet").json == {"area_id": village, "own": None, "hours": ["22:00-06:00"]}
    assert call("PUT", f"/api/areas/{county}/quiet", json={"hours": None}).json["own"] is None
    assert call("PUT", f"/api/areas/{county}/quiet", json={"hours": ["25-26"]}).status_code == 422
    assert call("PUT", f"/api/terminals/{number}/caps", json={"caps": ["6-8=40"]}).json == {"id": number, "caps": ["06:00-08:00=40"]}
    assert call("GET", f"/api/terminals/{number}").json["caps"] == ["06:00-08:00=40"]
    assert call("POST", f"/api/terminals/{number}/mute", json={"muted": "yes"}).status_code == 422
    assert call("POST", f"/api/terminals/{number}/mute", json={"muted": True}).json["op"] == "mute"
    group = call("POST", "/api/groups", json={"area_id": county, "name": "山谷", "stagger_ms": 300}).json["id"]
    assert [each["id"] for each in call("PUT", f"/api/groups/{group}/terminals/{number}", json={"member": True}).json["members"]] == [number]
    assert call("PUT", f"/api/groups/{group}/stagger", json={"stagger_ms": 700}).json["stagger_ms"] == 700
    assert [each["stagger_ms"] for each in call("GET", "/api/groups").json["groups"]] == [700]
    filled = {"kind": "default", "playlist_id": programme, "hours": ["06:00-08:00"]}
    assert call("PUT", f"/api/areas/{county}/fills/default", json={"playlist_id": programme, "hours": ["6-8"]}).json == filled
    assert call("PUT", f"/api/areas/{county}/fills/fallback", json={"playlist_id": programme}).status_code == 200
    assert call("GET", f"/api/areas/{county}/fills").json["fills"][0] == filled
    rule = {
        "playlist_id": programme, "area_id": county, "kind": "daily", "times": ["18:00"], "since": "2026-11-25", "brk": "skip", "volume": 0,
        "priority": 4, "window_s": 0,
    }  # fmt: skip
    made = call("POST", "/api/schedules", json=rule).json
    assert (made["brk"], made["volume"], made["priority"], made["window_s"]) == ("skip", 0, 4, 0)
    assert call("POST", "/api/schedules", json={**rule, "priority": 1}).status_code == 422
