"""What the set-top box shows is readable on every set: inside the picture of an old one, large enough, nothing cut off, nothing over something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.test_tv import CHROMIUM, FLAGS
from tests.browser.tv_screens import SIZES, opened, served, show, states

pytestmark = [pytest.mark.outer, pytest.mark.alone]

# What moves along the bottom leaves the picture on purpose; the rest stands inside 95 % of it, in letters of at least 1/25 of its height.
MEASURED = """() => { const wide = innerWidth, high = innerHeight, out = [], seen = [];
  for (const id of ['waiting', 'code', 'village', 'clock', 'date', 'none', 'coming', 'smallclock', 'title', 'caption', 'mark', 'mark2', 'grade', 'drillnote', 'alarmtitle', 'alarmwords', 'offline',
      'revoked', 'level', 'facts', 'okkey', 'why']) {
    const it = document.getElementById(id), box = it.getBoundingClientRect();
    if (!box.width || !box.height || !it.textContent.trim()) continue;
    seen.push(id);
    const size = parseFloat(getComputedStyle(it).fontSize);
    if (size < high / 25 - 0.6) out.push(id + ' is ' + size + ' px of ' + high);
    if (box.left < wide * 0.0495 || box.right > wide * 0.9505 || box.top < high * 0.0495 || box.bottom > high * 0.9505) out.push(id + ' leaves the picture: ' + JSON.stringify(box));
  }
  const box = id => document.getElementById(id).getBoundingClientRect();
  if (seen.includes('title') && seen.includes('caption') && box('title').bottom > box('caption').top) out.push('the caption lies over the title');
  if (seen.includes('village') && seen.includes('offline') && box('village').bottom > box('offline').top) out.push('the line lies over the village');
  if (document.documentElement.scrollWidth > wide || document.documentElement.scrollHeight > high) out.push('the page scrolls');
  return [seen, out]; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt install chromium")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


@pytest.mark.parametrize("size", SIZES)
def test_every_screen_is_readable(browser: Browser, size: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    wrong: dict[str, Any] = {}
    with served(tmp_path_factory.mktemp("films")) as address:
        page = opened(browser, address, size)
        for name, state in states().items():
            show(page, address, state)
            seen, out = page.evaluate(MEASURED)
            if out or not seen:
                wrong[name] = out or "nothing is to be seen"
            if state["film"]:
                assert page.evaluate("document.body.classList.contains('filming')"), name
        page.close()
    assert wrong == {}
