"""Pages over a large register: a page at a time, what is looked for, and never a place of somebody else's."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from admin.desk import PLACES_MOST
from admin.devices import PAGE
from devices.models import Terminal
from devices.registry import make_places, make_terminals
from station.models import Area
from station.people import grant
from tests.admin.conftest import Browser, Pages

VILLAGES, TERMINALS = 600, 230


@pytest.fixture
def province(pages: Pages) -> int:
    """A second province with six hundred villages, seen by the village's admin; its first area's id."""
    with pages.db.session() as session:
        villages = make_places(session, VILLAGES, pages.now)
        make_terminals(session, villages[100:105], TERMINALS, pages.now)
        top = session.scalars(select(Area).where(Area.parent_id.is_(None)).order_by(Area.id.desc())).first()
        assert top is not None
        grant(session, pages.village.admin, top, "admin")
        return top.id


def listed(text: str) -> list[int]:
    return [int(each) for each in re.findall(r'class="title" href="/devices/(\d+)"', text)]


def test_every_terminal_is_on_exactly_one_page(pages: Pages, province: int) -> None:
    browser, seen, path = pages.browser(pages.village.admin), list[int](), "/devices"
    for _ in range(10):
        text = browser.get(path).text
        seen += listed(text)
        following = re.search(r'href="(/devices\?after=\d+)"', text)
        if following is None:
            break
        assert len(listed(text)) == PAGE
        path = following[1]
    with pages.db.reading() as session:
        every = session.scalars(select(Terminal.id)).all()
    assert sorted(seen) == sorted(every) and len(seen) == TERMINALS


def test_a_name_a_presence_and_a_branch_are_looked_for(pages: Pages, province: int) -> None:
    browser = pages.browser(pages.village.admin)
    with pages.db.session() as session:
        one = session.scalars(select(Terminal).order_by(Terminal.id)).all()[7]
        one.presence, number, did = "lost", one.id, one.did
    assert listed(browser.get("/devices?presence=lost").text) == [number]
    assert listed(browser.get(f"/devices?q={did}").text) == [number]
    assert listed(browser.get("/devices?q=%25").text) == []
    assert len(listed(browser.get(f"/devices?place={province}").text)) == PAGE
    assert listed(browser.get(f"/devices?place={pages.village.village_a.id}").text) == []


@pytest.mark.parametrize("query", ["after=99999999999", "after=x", "place=0", "place=-1", "presence=asleep", "q=" + "x" * 500, "find=%27"])
def test_an_address_that_makes_no_sense_is_a_page_still(pages: Pages, query: str) -> None:
    assert pages.browser(pages.village.admin).get(f"/devices?{query}").status_code == 200


def test_nobody_sees_terminals_or_places_of_another_branch(pages: Pages, province: int) -> None:
    browser: Browser = pages.browser(pages.village.operator)
    assert listed(browser.get("/devices").text) == []
    assert listed(browser.get("/devices?q=喇叭").text) == []
    with pages.db.reading() as session:
        some = session.scalars(select(Terminal.id).order_by(Terminal.id)).all()[0]
    assert listed(browser.get(f"/devices?after={some}").text) == []
    text = browser.get(f"/devices?place={province}&find=试验村").text
    assert "试验村" not in text.replace('value="试验村"', "")
    assert f"terminal-{some}" not in browser.get("/live.json?what=devices").text


def test_of_many_places_the_upper_ones_are_offered_and_the_others_found(pages: Pages, province: int) -> None:
    browser = pages.browser(pages.village.admin)
    text = browser.get("/articles/new").text
    assert text.count("<option") < PLACES_MOST + 100 and "试验县1" in text and "试验村301" not in text
    found = re.search(r'href="/articles/new\?place=(\d+)">试验村301<', browser.get("/articles/new?find=试验村301").text)
    assert found is not None
    assert "试验村301" in browser.get(f"/articles/new?place={found[1]}").text


def test_a_small_tree_is_offered_whole(pages: Pages) -> None:
    text = pages.browser(pages.village.admin).get("/articles/new").text
    assert "上坪村" in text and "?place=" not in text
