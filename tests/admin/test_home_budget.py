"""The first page stays light on a telephone's line and asks the database no more for a thousand speakers than for none."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from devices.models import Terminal
from tests.admin.conftest import Pages

LIGHT = 150_000
"""Bytes over the wire, with everything the page asks for."""


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What the database was asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def thousand(pages: Pages) -> None:
    with pages.db.session() as session:
        for n in range(1000):
            presence = "lost" if n % 50 == 0 else "online"
            session.add(Terminal(did=f"t{n}", area_id=pages.village.village_a.id, name=f"喇叭{n}", presence=presence, created_at=pages.now, last_seen_at=pages.now))


def test_home_with_all_it_asks_for_is_light(pages: Pages) -> None:
    thousand(pages)
    browser = pages.browser(pages.village.operator)
    page = browser.get("/")
    parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))
    assert len(parts) >= 3
    sizes = {path: len(browser.get(path, buffered=True).data) for path in parts}
    assert len(page.data) + sum(sizes.values()) <= LIGHT, sizes
    assert len(gzip.compress(page.data)) < 10_000


def test_a_thousand_speakers_cost_home_no_more_statements(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    browser.get("/")
    with statements(pages.db.engine) as before:
        assert browser.get("/").status_code == 200
    thousand(pages)
    with statements(pages.db.engine) as after:
        assert "980 of 1000" in browser.get("/").text
    assert len(after) <= len(before) + 3, (len(before), len(after))
