"""What was heard: a bar and words per programme, and who missed it."""

from __future__ import annotations

from datetime import date, timedelta

from broadcast.models import Dispatch, Receipt
from devices.models import Terminal
from playlists.models import Occurrence, Playlist, Schedule
from tests.admin.conftest import Pages


def heard(pages: Pages) -> int:
    """One programme an hour ago: one speaker finished it, another was lost."""
    village, start = pages.village, pages.now - timedelta(hours=1)
    with pages.db.session() as session:
        programme = Playlist(area_id=village.town.id, title="早间广播", created_at=start, updated_at=start)
        session.add(programme)
        session.flush()
        rule = Schedule(playlist_id=programme.id, area_id=village.town.id, kind="once", tz="Asia/Shanghai", times=["09:00"], since=date(2026, 11, 24), created_at=start)
        terminals = [
            Terminal(did=did, area_id=village.village_a.id, name=name, presence=presence, dialect="cmn", created_at=start - timedelta(days=1))
            for did, name, presence in (("t1", "村口", "online"), ("t2", "河边", "lost"))
        ]
        session.add_all([rule, *terminals])
        session.flush()
        occurrence = Occurrence(schedule_id=rule.id, playlist_id=programme.id, area_id=village.town.id, starts_at=start, created_at=start)
        session.add(occurrence)
        session.flush()
        item = {"id": f"{occurrence.id}-cmn-0"}
        session.add(Dispatch(
            occurrence_id=occurrence.id, area_id=village.town.id, dialect="cmn", zid="z", items=[item], starts_at=start,
            ends_at=start + timedelta(minutes=1), planned_at=start,
        ))  # fmt: skip
        for result in ("stored", "started", "finished"):
            session.add(Receipt(
                terminal_id=terminals[0].id, occurrence_id=occurrence.id, item=item["id"], result=result, late_ms=3.25, received_at=start
            ))  # fmt: skip
        session.flush()
        return occurrence.id


def test_the_bar_and_the_list_of_who_missed_it(pages: Pages) -> None:
    number = heard(pages)
    browser = pages.browser(pages.village.operator)
    assert "1 of 2 heard it · 1 did not" in browser.get("/heard").text
    page = browser.get(f"/heard/{number}").text
    assert "河边" in page and "Not heard" in page and "3.2 ms" in page
    parts = browser.get(f"/live.json?what=heard&id={number}").json
    assert parts and 'class="not_heard" x="50.00"' in parts["coverage"]


def test_the_next_county_hears_nothing_of_it(pages: Pages) -> None:
    number = heard(pages)
    stranger = pages.browser(pages.village.stranger)
    assert "早间广播" not in stranger.get("/heard").text
    assert stranger.get(f"/heard/{number}").status_code == 404
    assert stranger.get(f"/live.json?what=heard&id={number}").json == {}
    assert pages.machine(pages.village.stranger)("GET", f"/api/occurrences/{number}/coverage").status_code == 404


def test_machines_read_the_same(pages: Pages) -> None:
    cover = pages.machine(pages.village.operator)("GET", f"/api/occurrences/{heard(pages)}/coverage").json
    assert cover and cover["expected"] == 2 and cover["counts"] == {"heard": 1, "not_heard": 1}
