"""What the set-top box shows is readable on every set: inside the picture of an old one, large enough, nothing cut off, nothing over something else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.test_tv import FLAGS  # noqa: F401  the browser's flags
from tests.browser.tv_screens import SIZES, opened, served, show, states

pytestmark = [pytest.mark.outer, pytest.mark.alone]

# What moves along the bottom leaves the picture on purpose; the rest stands inside 95 % of it, in letters of at least 1/25 of its height.
MEASURED = """() => { const wide = innerWidth, high = innerHeight, out = [], seen = [];
  for (const id of ['waiting', 'code', 'village', 'clock', 'date', 'none', 'coming', 'smallclock', 'title', 'caption', 'mark', 'mark2', 'grade', 'drillnote', 'alarmtitle', 'alarmwords', 'offline', 'muted',
      'revoked', 'level', 'facts', 'okkey', 'nosoundown', 'why']) {
    const it = document.getElementById(id), box = it.getBoundingClientRect();
    if (!box.width || !box.height || !it.textContent.trim()) continue;
    seen.push(id);
    const size = parseFloat(getComputedStyle(it).fontSize);
    if (size < high / 25 - 0.6) out.push(id + ' is ' + size + ' px of ' + high);
    if (box.left < wide * 0.0495 || box.right > wide * 0.9505 || box.top < high * 0.0495 || box.bottom > high * 0.9505) out.push(id + ' leaves the picture: ' + JSON.stringify(box));
  }
  const box = id => document.getElementById(id).getBoundingClientRect();
  if (seen.includes('title') && seen.includes('caption') && box('title').bottom > box('caption').top) out.push('the caption lies over the title');
  const meet = (a, b) => seen.includes(a) && seen.includes(b) && box(a).left < box(b).right && box(b).left < box(a).right && box(a).top < box(b).bottom && box(b).top < box(a).bottom;
  for (const sign of ['offline', 'muted']) for (const other of ['village', 'clock', 'smallclock', 'title', 'caption']) if (meet(sign, other)) out.push(sign + ' lies over ' + other);
  if (meet('offline', 'muted')) out.push('the signs lie over each other');
  if (document.documentElement.scrollWidth > wide || document.documentElement.scrollHeight > high) out.push('the page scrolls');
  return [seen, out]; }"""


LETTERS = (244, 241, 232)


def painted(page: Page) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Red, green and blue of the film's sky, and beside the digits of the clock over it."""
    with Image.open(io.BytesIO(page.screenshot())) as found:
        picture = found.convert("RGB")
    box = page.evaluate("(({left, top, height}) => [left + 3, top + height / 2])(document.getElementById('smallclock').getBoundingClientRect())")
    sky, plate = picture.getpixel((picture.width // 2, picture.height // 4)), picture.getpixel((int(box[0]), int(box[1])))
    assert isinstance(sky, tuple) and isinstance(plate, tuple)
    return sky, plate


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """As WCAG 2 has it: 1 for two that are alike, 21 for black and white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[int, ...]) -> float:
    red, green, blue = (x / 255 / 12.92 if x <= 10 else ((x / 255 + 0.055) / 1.055) ** 2.4 for x in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("size", SIZES)
def test_every_screen_is_readable(chromium: Browser, size: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    wrong: dict[str, Any] = {}
    with served(tmp_path_factory.mktemp("films")) as address:
        page = opened(chromium, address, size)
        for name, state in states().items():
            show(page, address, state)
            seen, out = page.evaluate(MEASURED)
            if out or not seen:
                wrong[name] = out or "nothing is to be seen"
            if state["film"]:
                assert page.evaluate("document.body.classList.contains('filming')"), name
                sky, plate = painted(page)
                if sky[2] < 200:
                    wrong[name] = f"no picture of the film: {sky}"
                if contrast(plate, LETTERS) < 4.5:
                    wrong[name] = f"the clock is not seen over the film: {plate}"
        page.close()
    assert wrong == {}


HELD = """async address => { const X = Xiangyin, held = [], video = document.getElementById('film'), url = URL.createObjectURL(await (await fetch(address)).blob());
  let moment = 1, facts = { film: () => url, captions: () => [], broken: why => { throw new Error(why); } };
  performance.now = () => moment;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (say) { held.push(say); };
  const look = async screen => { for (;;) { const seen = screen._film({ id: 'f', title: 'f', video: 'v', ms: 9000, video_ms: 9000 }, 100, facts);
    if (seen || (video.readyState >= 2 && !video.seeking)) return seen; await new Promise(r => setTimeout(r, 20)); } };
  const said = new X.Screen(), before = await look(said);
  held.forEach(say => say());
  const after = await look(said), mum = new X.Screen(), mumBefore = await look(mum);
  moment += 2500;
  return [before, after, mumBefore, await look(mum)]; }"""


def test_a_film_is_shown_when_its_first_picture_stands_there_and_not_black_before(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as address:
        page = opened(chromium, address, "720")
        assert page.evaluate(HELD, f"{address}/films/v.mp4") == [False, True, False, True], "held back until it is said; believed at last where nothing is said"
        page.close()
