"""What was heard on the page: figures with the list behind them, for the place that is mine and no other; the month in every form."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest

from admin.heard import columns
from broadcast.heard import Told
from broadcast.ledger import Ledger
from broadcast.models import Dispatch, Receipt
from broadcast.report import days_of, harmless
from playlists.models import Occurrence
from tests.admin.conftest import Pages
from tests.broadcast.builders import a_clip, a_programme, a_terminal

HOUR = timedelta(hours=1)
HOSTILE = "=cmd|<script>alert(1)</script>"


@pytest.fixture
def morning(pages: Pages) -> Occurrence:
    """A programme of the town that one village heard and the other did not, in the book."""
    village, now = pages.village, pages.now
    with pages.db.session() as session:
        near = a_terminal(session, village.village_a, now - 30 * HOUR, "tnear", presence="online")
        a_terminal(session, village.village_b, now - 30 * HOUR, "tfar", presence="lost", fault="device")
        found = a_programme(session, village.town, now, a_clip(session, village.county, now), starts_at=now - HOUR)
        found.playlist.title = HOSTILE
        item = f"{found.id}-cmn-0"
        session.add(Dispatch(
            occurrence_id=found.id, area_id=village.town.id, dialect="cmn", zid="z", items=[{"id": item}], starts_at=found.starts_at,
            ends_at=found.starts_at + timedelta(minutes=3), planned_at=now,
        ))  # fmt: skip
        for result in ("started", "finished"):
            session.add(Receipt(terminal_id=near.id, occurrence_id=found.id, item=item, result=result, late_ms=120.0, received_at=now))
    assert Ledger(pages.db).enter_one(now)
    return found


def test_every_number_leads_to_the_list_behind_it_and_that_to_the_speakers(pages: Pages, morning: Occurrence) -> None:
    browser, far = pages.browser(pages.village.operator), pages.village.village_b
    page = browser.get("/heard").text
    assert "1/2" in page or "共 2" in page or "2 " in page
    assert "<script>alert" not in page and "style=" not in page
    here = browser.get(f"/heard?place={far.id}&since=2026-11-20&until=2026-11-24").text
    behind = re.findall(r'href="(/heard/programmes\?[^"]*missed=1[^"]*)"', here)
    assert behind
    listed = browser.get(behind[0].replace("&amp;", "&")).text
    speakers = re.search(rf'href="(/heard/{morning.id}\?place={far.id})"', listed)
    assert speakers
    last = browser.get(speakers.group(1)).text
    assert "tfar" in last and "tnear" not in last
    assert "tnear" in browser.get(f"/heard/{morning.id}").text


def test_the_figures_are_those_of_the_place_the_days_the_programme_and_the_dialect(pages: Pages, morning: Occurrence) -> None:
    call, village = pages.machine(pages.village.operator), pages.village
    county = call("GET", f"/api/areas/{village.county.id}/heard?since=2026-11-24&until=2026-11-24").json
    assert county and (county["total"]["expected"], county["total"]["heard"], county["total"]["not_heard"]) == (2, 1, 1)
    assert county["days"][0]["day"] == "2026-11-24" and county["below"][0]["area_id"] == village.town.id
    assert county["total"]["late_95_ms"] == 200 and county["programmes"][0]["playlist_id"] == 0, "it was made further below"
    town = call("GET", f"/api/areas/{village.town.id}/heard?since=2026-11-24&until=2026-11-24&dialect=cmn&playlist_id={morning.playlist_id}").json
    assert town and town["total"] == county["total"] and town["worst"][0]["area_id"] == village.village_b.id
    assert call("GET", f"/api/areas/{village.county.id}/heard?since=2026-11-23&until=2026-11-23").json["total"]["expected"] == 0  # type: ignore[index]
    assert call("GET", f"/api/areas/{village.county.id}/heard?since=2026-11-24&until=2026-11-23").status_code == 422
    assert call("GET", f"/api/areas/{village.county.id}/heard?since=yesterday").status_code == 422


def test_the_month_as_workbook_table_and_page(pages: Pages, morning: Occurrence) -> None:
    browser = pages.browser(pages.village.operator)
    page = browser.get("/heard/report?month=2026-11")
    assert page.status_code == 200 and "report.xlsx" in page.text and "<script>alert" not in page.text
    with zipfile.ZipFile(io.BytesIO(browser.get("/heard/report.xlsx?month=2026-11").data)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 6 and book.testzip() is None
        everything = "".join(book.read(name).decode() for name in book.namelist())
    assert "上坪村" in everything and "tfar" in everything and "<f>" not in everything, "no formula"
    raw = browser.get("/heard/report.csv?month=2026-11").data.decode("utf-8-sig")
    rows = {row[0]: row for row in csv.reader(io.StringIO(raw))}
    assert rows["石桥镇"][3:7] == ["2", "1", "0", "1"] and rows["下涌村"][3:7] == ["1", "0", "0", "1"]
    lines = list(csv.reader(io.StringIO(browser.get("/heard/report.csv?month=2026-11&lines=1").data.decode("utf-8-sig"))))
    assert any(row[4] == "'" + HOSTILE for row in lines), "a cell that no spreadsheet takes for a formula"
    assert browser.get("/heard/report?month=2026-13").status_code == 422
    api = pages.machine(pages.village.operator)
    assert api("GET", f"/api/areas/{pages.village.town.id}/heard/report.csv?month=2026-11").data.decode("utf-8-sig").splitlines()[1].startswith("石桥镇")
    assert api("GET", f"/api/areas/{pages.village.town.id}/heard/report.xlsx?month=2026-11").data[:2] == b"PK"
    assert api("GET", f"/api/areas/{pages.village.town.id}/heard/report.xlsx?month=now").status_code == 422


def test_the_next_county_sees_nothing_of_it(pages: Pages, morning: Occurrence) -> None:
    browser, call = pages.browser(pages.village.stranger), pages.machine(pages.village.stranger)
    for path in ("/heard", "/heard/programmes", "/heard/report", "/heard/report.xlsx", "/heard/report.csv"):
        assert browser.get(path).status_code == 200
        assert browser.get(f"{path}?place={pages.village.county.id}").status_code == 404
    assert "tfar" not in browser.get("/heard").text
    for place in (pages.village.village_b.id, pages.village.other_county.id):
        assert browser.get(f"/heard/{morning.id}?place={place}").status_code == 404
    for what in ("heard", "heard/report.csv", "heard/report.xlsx"):
        assert call("GET", f"/api/areas/{pages.village.county.id}/{what}").status_code == 404


def test_a_village_sees_what_it_heard_of_a_programme_of_its_town(pages: Pages, morning: Occurrence) -> None:
    with pages.db.session() as session:
        from station.people import add_person, grant

        keeper = add_person(session, "keeper", "村播音员", pages.now)
        grant(session, keeper, pages.village.village_b, "operator")
    browser = pages.browser(keeper)
    assert browser.get(f"/heard/{morning.id}").status_code == 404
    page = browser.get(f"/heard/{morning.id}?place={pages.village.village_b.id}")
    assert page.status_code == 200 and "tfar" in page.text and "tnear" not in page.text
    assert f"/heard/{morning.id}?place=" in browser.get("/heard").text


def test_what_is_not_in_the_book_yet_is_told_by_looking(pages: Pages) -> None:
    with pages.db.session() as session:
        a_terminal(session, pages.village.village_a, pages.now - HOUR, "tnew", presence="online")
        a_programme(session, pages.village.town, pages.now, a_clip(session, pages.village.county, pages.now), starts_at=pages.now - timedelta(minutes=1))
    assert "早间" in pages.browser(pages.village.operator).get("/heard").text


def test_the_parts_of_a_column_stand_on_each_other() -> None:
    found = columns([("2026-11-24", Told(expected=10, heard=5, partly=3, not_heard=2)), ("2026-11-25", Told(expected=1, heard=1))])
    parts = found[0].parts
    assert [name for name, _, _ in parts] == ["heard", "partly", "not_heard"]
    assert parts[0][1] + parts[0][2] == 160 and parts[1][1] + parts[1][2] == pytest.approx(parts[0][1]) and parts[2][1] == pytest.approx(0)
    assert found[1].x >= found[0].x + found[0].width and columns([]) == []


def test_months_and_cells_that_would_be_formulas() -> None:
    assert [each.isoformat() for each in days_of("2028-02")] == ["2028-02-01", "2028-02-29"]
    for wrong in ("2026-13", "2026-00", "0000-01", "26-11", "2026-1", "２０２６-11", ""):
        with pytest.raises(ValueError, match="month"):
            days_of(wrong)
    assert [harmless(each) for each in ("=1", "-x", "上坪村")] == ["'=1", "'-x", "上坪村"]
