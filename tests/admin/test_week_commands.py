"""``xiangyin week``: what is heard, moved, left out, sent out and brought in, from the command line."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar
from sqlalchemy import select

from admin.commands import cli
from admin.week_commands import SAYS
from playlists import calendar, playlist
from playlists.days import mark_day
from playlists.models import Schedule
from playlists.playlist import Item
from station import clock
from station.database import Database
from tests.people import Village, settle

SOON = date.today() + timedelta(days=20)  # the command asks the clock on the wall


@pytest.fixture
def rule(db: Database, monkeypatch: pytest.MonkeyPatch) -> int:
    """Ten minutes daily at 18:00 in the county, and at 18:05 in a village: the number of the first rule."""
    monkeypatch.setenv("XIANGYIN_DATABASE_URL", db.url)
    now: datetime = clock.now()
    with db.session() as session:
        village: Village = settle(session, now)
        made = playlist.make_playlist(session, village.operator, village.county, "晚间广播", now)
        playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=600_000)], 1, now)
        first = calendar.make_schedule(session, village.operator, made, village.county, kind="daily", times=["18:00"], since=SOON, now=now)
        calendar.make_schedule(session, village.operator, made, village.village_a, kind="daily", times=["18:05"], since=SOON, off_days=["market"], now=now)
        mark_day(session, village.operator, village.county, "market", SOON + timedelta(days=1), SOON + timedelta(days=1), now)
        return first.id


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ("week", *words))


def test_the_week_is_told_with_what_runs_into_what_and_what_the_days_are(rule: int) -> None:
    told = json.loads(run("show", "上坪村", "--since", f"{SOON}", "--days", "2", "--json").output)
    assert told["place"] == "上坪村" and told["tz"] == "Asia/Shanghai" and "market" in told["days"][1]["codes"]
    assert [[(each["local"], each["state"]) for each in day["slots"]] for day in told["days"]] == [[("18:00", "planned"), ("18:05", "planned")], [("18:00", "planned"), ("18:05", "off")]]
    assert told["days"][0]["slots"][1]["remarks"] == ["waits until “晚间广播” is over"]
    shown = run("show", "上坪村", "--since", f"{SOON}", "--days", "2").output
    assert "晚间广播" in shown and "market" in shown and "not on such a" in shown and str(rule) in shown


def test_every_remark_has_its_words() -> None:
    assert set(SAYS) == {"quiet", "empty", "unspoken", "gap", "before", "resumes", "skipped", "under", "after", "waits"}


def test_a_time_is_moved_and_left_out(rule: int, db: Database) -> None:
    assert run("move", f"{rule}", f"{SOON}T18:00", f"{SOON}T19:00", "--login", "lan").output.startswith(f"晚间广播: {SOON}T19:00 (schedule ")
    assert run("leave-out", f"{rule}", f"{SOON + timedelta(days=2)}T18:00", "--following", "--login", "lan").exit_code == 0
    told = json.loads(run("show", "云岭县", "--since", f"{SOON}", "--days", "3", "--json").output)["days"]
    heard = [[each["local"] for each in day["slots"] if each["state"] == "planned" and each["place"] == "云岭县"] for day in told]
    assert heard == [["19:00"], ["18:00"], []]
    for words, why in (
        (("move", f"{rule}", "soon", f"{SOON}T19:00", "--login", "lan"), "is no moment"), (("leave-out", "999", f"{SOON}T18:00", "--login", "lan"), "no schedule 999"),
        (("leave-out", f"{rule}", f"{SOON}T17:00", "--login", "lan"), "not due at"), (("leave-out", f"{rule}", f"{SOON}T18:00", "--login", "lin"), ""),
    ):  # fmt: skip
        refused = run(*words)
        assert refused.exit_code != 0 and why in refused.output and "Traceback" not in refused.output


def test_a_calendar_goes_out_and_another_comes_in(rule: int, db: Database, tmp_path: Path) -> None:
    file = tmp_path / "week.ics"
    assert run("ics", "云岭县", "--out", str(file)).output.strip() == str(file)
    assert len(Calendar.from_ical(file.read_bytes()).walk("VEVENT")) == 2
    told = json.loads(run("bring", "云岭县", str(file), "--login", "lan", "--json").output)
    assert told["events"] == [] and {each["why"] for each in told["refused"]} == {"it came from this station", "it lasts all day and has no time: give it one, or mark the day"}
    file.write_text(
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:别的\r\nDTSTART:{SOON:%Y%m%d}T020000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", encoding="utf-8"
    )
    assert "no programme is called so here" in run("bring", "云岭县", str(file), "--login", "lan", "--write").output
    with db.reading() as session:
        programme = session.get_one(Schedule, rule).playlist_id
    assert "nothing was written" in run("bring", "云岭县", str(file), "--programme", f"别的={programme}", "--login", "lan").output
    assert "1 schedules were made" in run("bring", "云岭县", str(file), "--programme", f"别的={programme}", "--login", "lan", "--write").output
    assert "already" in run("bring", "云岭县", str(file), "--programme", f"别的={programme}", "--login", "lan", "--write").output
    with db.reading() as session:
        assert [each.times for each in session.scalars(select(Schedule).where(Schedule.uid == "1"))] == [["10:00"]]
    assert "/calendar/" in run("link", "云岭县", "书记", "--login", "lan").output and run("link", "云岭县", "x", "--login", "shen").exit_code == 1
