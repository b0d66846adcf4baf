"""The week on paper: what is on every day once, what is on single days below it, in the village's language."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from admin.board import SIZES, WORDS, Line, board_of, height, tongue_of
from admin.day_words import DayTold
from playlists import calendar, playlist
from playlists.playlist import Item
from station.models import Area
from tests.admin.conftest import Pages
from tts.dialects import DIALECTS


def week(*lines: list[Line]) -> list[tuple[DayTold, list[Line]]]:
    return [(DayTold(date(2026, 11, 23) + timedelta(days=n), "", "", None, [], frozenset(), []), each) for n, each in enumerate(lines)]


def test_what_is_on_every_day_stands_there_once() -> None:
    always, once = Line("06:30", "早间广播"), Line("12:00", "赶集")
    found = board_of(week(*([[always]] * 3), [always, once], *([[always]] * 3)))
    assert found.every == [always] and [list(lines) for _told, lines in found.days] == [[], [], [], [once], [], [], []]


def test_the_letters_become_smaller_with_the_lines_and_nothing_is_left_out() -> None:
    sizes = [board_of(week(*([[Line(f"{n:02}:{day:02}", "新闻") for n in range(count)] for day in range(7)]))).size for count in (2, 4, 6, 9, 15, 24)]
    assert sizes == [name for name, _most, _wide in SIZES] + ["long"]
    assert [height(Line("06:30", title), 17) for title in ("早", "很长的" * 10, "a long one " * 3)] == [1, 2, 1]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_has_a_board_in_its_writing(dialect: str) -> None:
    assert tongue_of(dialect) == {"en": "en", "bo": "bo", "ug": "ug"}.get(dialect, "zh")
    assert all(len(words["days"]) == 7 and words["title"] and words["every"] for words in WORDS.values())


def test_the_board_of_a_village_names_what_is_heard_there_and_nothing_else(pages: Pages) -> None:
    village = pages.village
    with pages.db.session() as session:
        def put(title: str, area: object, **said: object) -> None:
            made = playlist.make_playlist(session, village.operator, village.county, title, pages.now)
            playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=1000)], 1, pages.now)
            calendar.make_schedule(session, village.operator, made, area, now=pages.now, **{"kind": "daily", "since": date(2026, 11, 24), **said})  # type: ignore[arg-type]

        put("早间广播<b>", village.county, times=["06:30"])
        put("赶集", village.village_a, times=["08:00"], on_days=["market"])
        put("别村的", village.village_b, times=["09:00"])
        for area, dialect in ((village.village_a, "ug"), (village.village_b, "cmn")):
            session.get_one(Area, area.id).dialect = dialect
    browser = pages.browser(village.operator)
    browser.post(f"/areas/{village.village_a.id}/days", {"day": "2026-12-03", "code": "market"})
    page = browser.get(f"/week/board?area={village.village_a.id}&from=2026-11-30").text
    assert 'lang="ug" dir="rtl"' in page and "دۈشەنبە" in page and "早间广播&lt;b&gt;" in page and "别村的" not in page
    assert page.count("<time>06:30</time>") == 1 == page.count("赶集日") and page.count("08:00") == 1
    assert "/v/" in page and "style=" not in page
    other = browser.get(f"/week/board?area={village.village_b.id}&from=2026-11-30&lang=en").text
    assert "Monday" in other and "别村的" in other and browser.get(f"/week/board?area={village.village_b.id}&lang=xx").status_code == 200
    assert pages.browser(village.stranger).get(f"/week/board?area={village.village_a.id}").status_code == 404
