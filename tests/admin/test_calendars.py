"""Calendars of others on the pages and by machine: a link for telephones, a file that is shown before anything is written."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from icalendar import Calendar
from sqlalchemy import select

from playlists import calendar, playlist
from playlists.models import CalendarLink, Schedule
from playlists.playlist import Item
from tests.admin.conftest import Browser, Pages

FILE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n"
    "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:晚间广播\r\nDTSTART;TZID=Asia/Shanghai:20261126T180500\r\nDTEND;TZID=Asia/Shanghai:20261126T183500\r\nRRULE:FREQ=WEEKLY;BYDAY=TH\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:<script>alert(1)</script>\r\nDTSTART:20261127T000000Z\r\nDESCRIPTION:x\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nUID:3\r\nSUMMARY:国庆\r\nDTSTART;VALUE=DATE:20261201\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def programme(pages: Pages) -> int:
    with pages.db.session() as session:
        made = playlist.make_playlist(session, pages.village.operator, pages.village.county, "晚间广播", pages.now)
        playlist.set_items(session, pages.village.operator, made, [Item("pause", pause_ms=600_000)], 1, pages.now)
        calendar.make_schedule(session, pages.village.operator, made, pages.village.county, kind="daily", times=["18:00"], since=date(2026, 11, 24), now=pages.now)
        return made.id


def brought(pages: Pages) -> list[tuple[str, str]]:
    with pages.db.reading() as session:
        return [(each.uid, each.kind) for each in session.scalars(select(Schedule).where(Schedule.uid != "").order_by(Schedule.id))]


def test_a_telephone_reads_the_week_by_its_link_until_it_is_closed(pages: Pages, programme: int) -> None:
    browser, area = pages.browser(pages.village.operator), pages.village.village_a
    page = browser.post(f"/areas/{area.id}/calendar-links", {"name": "支书的手机"}).text
    (address,) = re.findall(r"http://localhost(/calendar/[\w-]+\.ics)", page)
    assert address not in browser.get(f"/calendars?area={area.id}").text
    telephone = Browser(pages.app.test_client())  # nobody signs in with a calendar
    answer = telephone.get(address)
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert str(event["SUMMARY"]) == "晚间广播" and str(event["RRULE"].to_ical().decode()) == "FREQ=DAILY"
    assert telephone.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    browser.post(f"/areas/{area.id}/days", {"day": "2026-11-27", "code": "market"})
    assert "赶集日" in telephone.get(address).text, "in the language of whoever made the link"
    with pages.db.reading() as session:
        link = session.scalars(select(CalendarLink)).one().id
    assert browser.post(f"/calendar-links/{link}/close").status_code == 303
    assert telephone.get(address).status_code == 404 == telephone.get("/calendar/none.ics").status_code


def test_a_file_is_shown_with_what_it_meets_and_written_when_one_is_sure(pages: Pages, programme: int) -> None:
    browser, area = pages.browser(pages.village.operator), pages.village.county
    way = f"/areas/{area.id}/calendar"
    page = browser.post(way, {"file": (io.BytesIO(FILE.encode()), "week.ics")}, content_type="multipart/form-data").text
    assert "Thu 18:05, from 2026-11-26 on" in page and "waits until “晚间广播” is over" in page and "lasts 30:00 in the file, the programme 10:00" in page
    assert "not carried: description" in page and "2026-11-27 08:00" in page and "<script>alert" not in page
    assert "it lasts all day and has no time: give it one, or mark the day" in page and brought(pages) == []
    (carried,) = re.findall(r'name="carried" value="([^"]+)"', page)
    assert re.findall(r'value="(\d+)" selected', page.split("programme-0")[3].split("</select>")[0]) == [str(programme)]
    page = browser.post(way, {"sure": "yes", "carried": carried, "programme-0": str(programme), "programme-1": ""}).text
    assert "1 schedule was made" in page and brought(pages) == [("1", "weekly")]
    page = browser.post(way, {"sure": "yes", "carried": carried, "programme-0": str(programme), "programme-1": str(programme)}).text
    assert "it is on the calendar already" in page and brought(pages) == [("1", "weekly"), ("2", "once")]
    own = browser.get(f"/api/areas/{area.id}/week.ics")
    assert own.status_code == 401
    for wrong in ({"carried": "%%%"}, {"carried": "aGVsbG8="}, {}):
        refused = browser.post(way, wrong)
        assert refused.status_code == 422 and "no iCalendar file" in refused.text


def test_the_same_by_machine_and_what_came_from_here_does_not_come_in_again(pages: Pages, programme: int) -> None:
    call, area = pages.machine(pages.village.operator), pages.village.county
    own = call("GET", f"/api/areas/{area.id}/week.ics")
    assert own.mimetype == "text/calendar"
    told = call("POST", f"/api/areas/{area.id}/calendar", json={"calendar": own.text}).json
    assert told["events"] == [] and told["refused"] == [{"title": "晚间广播", "why": "it came from this station"}]
    told = call("POST", f"/api/areas/{area.id}/calendar", json={"calendar": FILE}).json
    assert [(each["uid"], each["playlist_id"], each["already"]) for each in told["events"]] == [("1", programme, False), ("2", None, False)] and told["made"] == []
    body = {"calendar": FILE, "write": True, "programmes": {"<script>alert(1)</script>": programme}}
    assert [each["kind"] for each in call("POST", f"/api/areas/{area.id}/calendar", json=body).json["made"]] == ["weekly", "once"]
    assert call("POST", f"/api/areas/{area.id}/calendar", json=body).json["made"] == [] and len(brought(pages)) == 2
    assert call("POST", f"/api/areas/{area.id}/calendar", json={"calendar": "hello"}).status_code == 422
    made = call("POST", f"/api/areas/{area.id}/calendar-links", json={"name": "x"}).json
    assert pages.app.test_client().get(made["path"]).status_code == 200
    assert [each["id"] for each in call("GET", f"/api/areas/{area.id}/calendar-links").json["links"]] == [made["id"]]
    assert call("DELETE", f"/api/calendar-links/{made['id']}").status_code == 204 and pages.app.test_client().get(made["path"]).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("reviewer", 403), ("stranger", 404)])
def test_others_bring_nothing_in_and_give_nothing_away(pages: Pages, programme: int, who: str, status: int) -> None:
    area, browser = pages.village.county, pages.browser(getattr(pages.village, who))
    pages.browser(pages.village.operator).post(f"/areas/{area.id}/calendar-links", {"name": "x"})
    for path in (f"/areas/{area.id}/calendar", f"/areas/{area.id}/calendar-links", "/calendar-links/1/close"):
        assert browser.post(path, {"name": "y"}).status_code == status and browser.get(path).status_code == 405
    assert browser.get(f"/calendars?area={area.id}").status_code == (200 if who == "reviewer" else 404)
