"""Kinds of day on the pages, by machine and from the command line: marked in two taps, taken back, told to everybody whom it concerns."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from admin.commands import cli
from devices.models import DayKind, MarkedDay
from playlists import calendar, playlist
from playlists.models import PublicDay, Schedule
from playlists.playlist import Item
from station.database import Database
from tests.admin.conftest import Pages
from tests.people import Village

DAY = "2026-11-27"


def marks(db: Database) -> list[tuple[str, str, str]]:
    with db.reading() as session:
        return [(each.area.name, each.code, each.first.isoformat()) for each in session.scalars(select(MarkedDay).order_by(MarkedDay.id))]


def buttons(page: str, day: str) -> tuple[str, list[str]]:
    """Where the buttons behind the summary of a day lead, and what they say that the day is."""
    found = re.search(rf'<form method="post" action="([^"]+)">(?:(?!</form>).)*name="day" value="{day}"(?:(?!</form>).)*name="code".*?</form>', page, re.DOTALL)
    assert found, "the day cannot be marked"
    return found[1], re.findall(r'name="code" value="([^"]+)"', found[0])


@pytest.mark.parametrize("view", ["", "list"])
def test_a_day_becomes_a_market_day_in_two_taps_and_one_like_any_other_in_one(pages: Pages, view: str) -> None:
    browser, village = pages.browser(pages.village.operator), pages.village.village_a
    address = f"/week?area={village.id}&from=2026-11-24" + (f"&view={view}" if view else "")
    page = browser.get(address).text
    where, codes = buttons(page, DAY)  # the first tap opens what the second one sends: nothing is to be filled in
    assert codes == ["holiday", "exam", "market", "funeral", "workday"]
    answer = browser.post(where, {"day": DAY, "code": "market", **({"view": view} if view else {})})
    assert answer.status_code == 303 and answer.location.startswith("/week?") and ("view=list" in answer.location) is bool(view)
    assert marks(pages.db) == [(village.name, "market", DAY)]
    page = browser.get(answer.location).text
    assert "11-27 in 上坪村 and below: Market day." in page and "market" not in buttons(page, DAY)[1]
    (back,) = re.findall(r'action="(/days/\d+/take-back)"', page)
    assert browser.post(back, {"day": DAY}).status_code == 303 and marks(pages.db) == []


def test_the_week_says_what_each_day_is_and_what_that_does(pages: Pages) -> None:
    browser, village = pages.browser(pages.village.operator), pages.village
    with pages.db.session() as session:
        made = playlist.make_playlist(session, village.operator, village.county, "晚间广播", pages.now)
        playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=600_000)], 1, pages.now)
        calendar.make_schedule(
            session, village.operator, made, village.county, kind="daily", times=["18:00"], since=date(2026, 11, 24), now=pages.now, off_days=["funeral"]
        )  # fmt: skip
    browser.post(f"/areas/{village.county.id}/days", {"day": DAY, "code": "funeral", "note": "老支书"})
    page = browser.get(f"/week?area={village.village_a.id}&from=2026-11-24").text
    assert page.count("Not on such a day") == 1 and "quiet all day, no music" in page and "老支书" in page and "marked by 云岭县" in page
    assert page.count('class="hour quiet') == 24 and "take-back" not in page, "what the county marked is taken back there"
    autumn = browser.get(f"/week?area={village.village_a.id}&from=2026-09-28").text
    assert autumn.count("National Day · day off") == 4 and "八" not in autumn
    assert "Mid-Autumn" in browser.get(f"/week?area={village.village_a.id}&from=2026-09-21").text
    assert "holidays of 2027 are not known here yet" not in autumn
    assert "holidays of 2027 are not known here yet" in browser.get(f"/days?area={village.village_a.id}&year=2027").text


def test_several_days_with_hours_of_their_own_and_a_kind_of_our_own(pages: Pages) -> None:
    browser, county = pages.browser(pages.village.operator), pages.village.county
    assert browser.post(f"/areas/{county.id}/day-kinds", {"code": "harvest", "name": "秋收", "hours": "12-14", "music": "yes"}).status_code == 303
    answer = browser.post(f"/areas/{county.id}/days", {"day": "2026-12-01", "last": "2026-12-03", "code": "harvest", "how": "own", "hours": "13:00-15:00", "back": "days"})
    page = browser.get(answer.location).text
    assert answer.location.startswith("/days?") and "12-01 – 12-03 in 云岭县 and below: 秋收 (quiet 13:00-15:00)." in page and "秋收" in page
    with pages.db.reading() as session:
        (row,) = session.scalars(select(MarkedDay))
        assert (row.hours, row.last) == (["13:00-15:00"], date(2026, 12, 3))
        (kind,) = session.scalars(select(DayKind))
        assert (kind.name, kind.quiet, kind.music) == ("秋收", ["12:00-14:00"], True)
    browser.post(f"/areas/{county.id}/days", {"day": "2026-12-05", "code": "exam", "how": "kind", "hours": "9-10"})
    browser.post(f"/areas/{county.id}/days", {"day": "2026-12-06", "code": "exam", "how": "none", "hours": "9-10"})
    with pages.db.reading() as session:
        assert [each.hours for each in session.scalars(select(MarkedDay).where(MarkedDay.code == "exam").order_by(MarkedDay.id))] == [["09:00-10:00"], []]
    browser.post(f"/areas/{county.id}/day-kinds", {"code": "harvest", "away": "yes"})
    assert "take those marks away first" in browser.get(f"/days?area={county.id}").text
    for wrong in ({"day": "soon"}, {"day": ""}, {"day": DAY, "code": "feast"}, {"day": DAY, "code": "exam", "how": "own", "hours": "dawn"}):
        browser.post(f"/areas/{county.id}/days", {"code": "market", **wrong})
    assert len(marks(pages.db)) == 3


def test_the_form_of_a_schedule_chooses_days_of_the_moon_and_kinds_of_day(pages: Pages) -> None:
    browser, village = pages.browser(pages.village.operator), pages.village
    with pages.db.session() as session:
        made = playlist.make_playlist(session, village.operator, village.county, "庙会", pages.now)
        playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=600_000)], 1, pages.now)
    form = {
        "area": village.county.id, "kind": "lunar", "times": "07:30", "since": "2026-11-26", "start": "hard", "lunar": ["*-1", "zhongqiu"], "lunar_more": "3-3、2-19",
        "off_days": ["funeral"],
    }  # fmt: skip
    assert "On days of the moon" in browser.get(f"/playlists/{made.id}/schedule").text
    assert browser.post(f"/playlists/{made.id}/schedule", {**form, "lunar_more": "13-1"}).status_code == 422
    answer = browser.post(f"/playlists/{made.id}/schedule", form)
    assert answer.status_code == 303, re.findall(r"alert.*", answer.text)
    with pages.db.reading() as session:
        (rule,) = session.scalars(select(Schedule))
        assert (rule.kind, rule.lunar, rule.on_days, rule.off_days) == ("lunar", ["*-1", "2-19", "3-3", "zhongqiu"], [], ["funeral"])
    page = browser.get("/schedule").text
    assert "day 1 of every month of the moon, month 2, day 19 of the moon, month 3, day 3 of the moon, Mid-Autumn 07:30" in page and "not on: Day of a funeral" in page


def test_a_year_of_holidays_is_entered_by_whoever_plans_for_the_station(pages: Pages) -> None:
    village = pages.village
    lines = "2027-02-05,off,chunjie\n2027-02-20,work,"
    assert pages.browser(village.operator).post("/holidays", {"area": village.county.id, "lines": lines}).status_code == 403, "the province is not hers"
    browser = pages.browser(village.admin)
    answer = browser.post("/holidays", {"area": village.province.id, "file": (io.BytesIO(lines.encode()), "2027.csv")}, content_type="multipart/form-data")
    assert answer.status_code == 303 and "From the table that was entered here." in browser.get(answer.location).text
    browser.post("/holidays", {"area": village.province.id, "lines": "2027-02-31,off,x"})
    with pages.db.reading() as session:
        assert [(each.day.isoformat(), each.off) for each in session.scalars(select(PublicDay).order_by(PublicDay.day))] == [("2027-02-05", True), ("2027-02-20", False)]


@pytest.mark.parametrize(("who", "status"), [("reviewer", 403), ("stranger", 404)])
def test_others_look_or_find_nothing(pages: Pages, who: str, status: int) -> None:
    county, operator = pages.village.county, pages.browser(pages.village.operator)
    operator.post(f"/areas/{county.id}/days", {"day": DAY, "code": "market"})
    browser = pages.browser(getattr(pages.village, who))
    for path in (f"/areas/{county.id}/days", f"/areas/{county.id}/day-kinds", "/days/1/take-back"):
        assert browser.post(path, {"day": DAY, "code": "exam"}).status_code == status
        assert browser.get(path).status_code == 405
    assert browser.get(f"/days?area={county.id}").status_code == (200 if who == "reviewer" else 404)
    assert len(marks(pages.db)) == 1


def test_the_same_acts_by_machine(pages: Pages) -> None:
    call, area = pages.machine(pages.village.operator), pages.village.village_a
    made = call("POST", f"/api/areas/{area.id}/days", json={"code": "exam", "first": DAY, "hours": ["9-11"], "note": "中考"})
    assert made.status_code == 201 and made.json["last"] == DAY and made.json["hours"] == ["09:00-11:00"]
    assert call("POST", f"/api/areas/{area.id}/days", json={"code": "exam", "first": DAY}).status_code == 422
    told = call("GET", f"/api/areas/{area.id}/days?since={DAY}&days=2").json["dates"]
    assert (told[0]["codes"], told[0]["quiet"], told[0]["moon"]) == (["exam", "workday"], ["09:00-11:00"], {"year": 2026, "month": 10, "leap": False, "day": 19})
    assert told[1]["codes"] == ["restday"] and told[1]["marks"] == []
    week = call("GET", f"/api/areas/{area.id}/week?since={DAY}").json["days"]
    assert [each["code"] for each in week[0]["marks"]] == ["exam"] and week[0]["slots"] == []
    assert call("PUT", f"/api/areas/{area.id}/day-kinds/harvest", json={"name": "秋收", "music": False}).json["kinds"][-1] == {
        "code": "harvest", "name": "秋收", "words": "秋收", "quiet": [], "music": False, "built_in": False,
    }  # fmt: skip
    assert call("PUT", f"/api/areas/{area.id}/day-kinds/Harvest!", json={"name": "秋收"}).status_code == 422
    assert len(call("DELETE", f"/api/areas/{area.id}/day-kinds/harvest").json["kinds"]) == 5
    assert call("DELETE", f"/api/areas/{area.id}/day-kinds/harvest").status_code == 404
    assert call("DELETE", f"/api/days/{made.json['id']}").status_code == 204 and marks(pages.db) == []
    year = call("GET", "/api/holidays/2026").json
    assert year["source"] == "announced" and len(year["days"]) == 39
    assert call("GET", "/api/holidays/2027").json == {"year": 2027, "source": "", "days": []} and call("GET", "/api/holidays/3000").status_code == 404
    body = {"days": [{"day": "2027-01-01", "off": True, "name": "元旦"}]}
    assert call("PUT", f"/api/areas/{area.id}/holidays", json=body).status_code == 403
    assert pages.machine(pages.village.admin)("PUT", f"/api/areas/{area.id}/holidays", json=body).json["source"] == "own"


# the command


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ("day", *words))


def test_days_are_marked_shown_and_taken_back_from_the_command_line(places: Village, db: Database) -> None:
    day = date.today() + timedelta(days=30)  # the command asks the clock on the wall
    assert run("mark", "上坪村", "exam", f"{day}", f"{day + timedelta(days=1)}", "--note", "中考", "--login", "lan").output == f"上坪村: {day} – {day + timedelta(days=1)} exam\n"
    told = json.loads(run("show", "上坪村", "--since", f"{day}", "--days", "3", "--json").output)["days"]
    assert [("exam" in each["codes"], each["quiet"]) for each in told] == [(True, ["08:00-12:00", "14:00-17:00"])] * 2 + [(False, [])]
    assert "中考" in run("show", "上坪村", "--since", f"{day}", "--days", "1").output
    assert "not marked exam" in run("unmark", "石桥镇", "exam", f"{day}", "--login", "lan").output
    assert run("unmark", "上坪村", "exam", f"{day + timedelta(days=1)}", "--login", "lan").exit_code == 0 and marks(db) == []
    assert "quiet 12:00-14:00, no music" in run("kind", "上坪村", "funeral", "--quiet", "12-14", "--no-music", "--login", "lan").output
    assert [each["quiet"] for each in json.loads(run("kinds", "上坪村", "--json").output) if each["code"] == "funeral"] == [["12:00-14:00"]]
    assert run("kind", "上坪村", "funeral", "--away", "--login", "lan").output == "上坪村: funeral as it was\n"
    for words, why in (
        (("mark", "上坪村", "feast", f"{day}", "--login", "lan"), "no kind of day is called 'feast'"), (("mark", "上坪村", "exam", f"{day}", "--login", "lin"), ""),
        (("mark", "上坪村", "exam", f"{day}", "--quiet", "8-9", "--not-quiet", "--login", "lan"), "not both"), (("holidays", "--year", "2099"), "not known here yet"),
    ):  # fmt: skip
        refused = run(*words)
        assert refused.exit_code != 0 and why in refused.output and "Traceback" not in refused.output


def test_a_table_of_holidays_is_read_and_written_back(places: Village, tmp_path: Path) -> None:
    table, file = run("holidays", "--year", "2026").output, tmp_path / "2026.csv"
    file.write_text(table, encoding="utf-8")
    assert "2026-09-20,work,国庆节" in table and len(table.splitlines()) == 39
    assert run("holidays", str(file), "--login", "lan").exit_code == 1
    assert run("holidays", str(file), "--login", "guan").output == "the holidays of 2026 count as they stand there now\n"
    assert run("holidays", "--year", "2026").output == table
