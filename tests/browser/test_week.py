"""The week by thumb: two taps make a day a market day, and one sheet of A4 goes to the notice board."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from devices.models import MarkedDay
from playlists import calendar, playlist
from playlists.playlist import Item
from tests.browser.test_day import Stage, Visitor, stage

__all__ = ["stage"]
pytestmark = pytest.mark.outer


def test_a_day_becomes_a_market_day_in_two_taps_and_the_week_fits_one_sheet(chromium: Browser, stage: Stage) -> None:
    village = stage.village
    with stage.db.session() as session:
        for number in range(12):
            made = playlist.make_playlist(session, village.operator, village.county, f"第{number}套节目：新闻、天气和戏曲", stage.now)
            playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=1000)], 1, stage.now)
            calendar.make_schedule(
                session, village.operator, made, village.county, kind="weekly", weekdays=[number % 7, (number + 2) % 7], times=[f"{7 + number}:15".zfill(5)], since=date(2026, 11, 24), now=stage.now
            )  # fmt: skip
    visitor = Visitor(chromium, stage, village.operator)
    page = visitor.go(f"/week?area={village.town.id}")
    taps = 0
    for target in ("[aria-label='2026-11-27是什么日子？']", "[aria-labelledby='day-2026-11-27'] button[value=market]"):
        page.click(target)
        taps += 1
    page.wait_for_selector("text=赶集日。")
    with stage.db.reading() as session:
        assert [(each.code, each.first.isoformat()) for each in session.scalars(select(MarkedDay))] == [("market", "2026-11-27")] and taps == 2
    assert visitor.fits()
    for path in ("/days", "/calendars", "/week/board"):
        visitor.go(path)
        assert visitor.fits(), path
    page.emulate_media(media="print")
    for lang in ("zh", "ug"):
        page = visitor.go(f"/week/board?area={village.town.id}&lang={lang}")
        paper = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1, lang
        assert re.search(rb"/MediaBox\s*\[0 0 59[45]\S* 84[12]", paper)
    visitor.close()
