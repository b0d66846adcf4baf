"""Programmes on the pages: put in order without a script, put on the calendar, cancel this one or all that follow."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from playlists.calendar import unroll_one
from playlists.models import Occurrence, Playlist, Schedule
from tests.admin.conftest import Pages
from tests.builders import an_article


def made(pages: Pages) -> int:
    """A programme of a chime, an article and a pause, made by the operator."""
    browser = pages.browser(pages.village.operator)
    with pages.db.session() as session:
        article = an_article(session, pages.village.operator, pages.village.county, pages.now, approved=True).id
    answer = browser.post("/playlists", {"area": pages.village.county.id, "title": "早间广播"})
    number = int(answer.location.rsplit("/", 1)[1])
    for version, what in enumerate(("chime", f"article:{article}", "pause"), start=1):
        assert browser.post(f"/playlists/{number}/items", {"what": what, "version": version, "seconds": 3}).status_code == 303
    return number


def kinds(pages: Pages, number: int) -> list[str]:
    with pages.db.reading() as session:
        return [item.kind for item in session.get_one(Playlist, number).items]


def on_the_calendar(pages: Pages, number: int, **changes: object) -> int:
    """Heard daily at 18:00 in the county; the number of the first occurrence."""
    form = {"area": pages.village.county.id, "kind": "daily", "times": "18:00", "since": "2026-11-24", "start": "hard", **changes}
    answer = pages.browser(pages.village.operator).post(f"/playlists/{number}/schedule", form)
    assert answer.status_code == 303, answer.text
    with pages.db.session() as session:
        while unroll_one(session, pages.now):
            pass
        return session.scalars(select(Occurrence).order_by(Occurrence.starts_at)).all()[0].id


def test_items_go_up_down_and_out_without_a_script(pages: Pages) -> None:
    number = made(pages)
    browser = pages.browser(pages.village.operator)
    assert kinds(pages, number) == ["chime", "article", "pause"]
    browser.post(f"/playlists/{number}/items/2/up", {"version": 4})
    assert kinds(pages, number) == ["chime", "pause", "article"]
    browser.post(f"/playlists/{number}/items/0/down", {"version": 5})
    assert kinds(pages, number) == ["pause", "chime", "article"]
    browser.post(f"/playlists/{number}/items/0/out", {"version": 6})
    assert kinds(pages, number) == ["chime", "article"]
    page = browser.get(f"/playlists/{number}").text
    assert "停水通知" in page and "Mandarin" in page and "not all voices are ready" in page


def test_a_second_thumb_on_the_button_changes_nothing(pages: Pages) -> None:
    number = made(pages)
    browser = pages.browser(pages.village.operator)
    browser.post(f"/playlists/{number}/items/0/out", {"version": 4})
    late = browser.post(f"/playlists/{number}/items/0/out", {"version": 4})
    assert kinds(pages, number) == ["article", "pause"] and "meanwhile" in browser.get(late.location).text


@pytest.mark.parametrize("who", ["reviewer", "stranger"])
def test_only_operators_of_the_branch_arrange_and_schedule(pages: Pages, who: str) -> None:
    number = made(pages)
    occurrence = on_the_calendar(pages, number)
    browser = pages.browser(getattr(pages.village, who))
    refused = 403 if who == "reviewer" else 404
    form = {"version": 4, "what": "chime", "area": pages.village.county.id, "kind": "daily", "times": "7:00", "since": "2026-11-24", "start": "hard"}
    for path in (f"/playlists/{number}/items", f"/playlists/{number}/items/0/out", f"/playlists/{number}/schedule",
                 f"/occurrences/{occurrence}/cancel", "/schedules/1/stop"):  # fmt: skip
        assert browser.post(path, form).status_code == refused, path
    assert browser.get(f"/playlists/{number}").status_code == (200 if who == "reviewer" else 404)
    assert ("早间广播" in browser.get("/week").text) == (who == "reviewer")
    assert len(kinds(pages, number)) == 3


def test_the_week_shows_the_villages_own_time(pages: Pages) -> None:
    on_the_calendar(pages, made(pages))
    page = pages.browser(pages.village.operator).get(f"/week?area={pages.village.village_a.id}&from=2026-11-25").text
    assert "18:00" in page and "早间广播" in page and "Asia/Shanghai" in page


def test_this_one_or_all_that_follow(pages: Pages) -> None:
    number = made(pages)
    occurrence = on_the_calendar(pages, number)
    browser = pages.browser(pages.village.operator)
    browser.post(f"/occurrences/{occurrence}/cancel")
    with pages.db.reading() as session:
        states = [each.state for each in session.scalars(select(Occurrence).order_by(Occurrence.starts_at))]
    assert states[0] == "cancelled" and set(states[1:]) == {"planned"}
    browser.post("/schedules/1/stop")
    assert browser.post("/schedules/1/stop").status_code == 303
    with pages.db.reading() as session:
        assert session.get_one(Schedule, 1).active is False
        assert "planned" not in {each.state for each in session.scalars(select(Occurrence).where(Occurrence.starts_at > pages.now))}


@pytest.mark.parametrize(("field", "value"), [
    ("times", "25:00"), ("times", ""), ("kind", "hourly"), ("since", "2026-13-01"), ("since", ""), ("until", "2020-01-01"), ("start", "soon"),
])  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_in_words(pages: Pages, field: str, value: str) -> None:
    number = made(pages)
    form = {"area": pages.village.county.id, "kind": "daily", "times": "18:00", "since": "2026-11-24", "start": "hard", field: value}
    answer = pages.browser(pages.village.operator).post(f"/playlists/{number}/schedule", form)
    assert answer.status_code == 422 and 'role="alert"' in answer.text


def test_dates_at_the_edge_of_time_are_no_trouble(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    for day in ("0001-01-01", "9999-12-31", "nonsense"):
        assert browser.get(f"/week?from={day}").status_code == 200
