"""Every screen of the set-top box, drawn by the page's own code from states made here, without a station.

``python -m tests.browser.tv_screens FOLDER`` paints all of them at every size, and without a folder those of the documents anew;
``tests/browser/test_tv_screens.py`` measures the same ones.
"""

from __future__ import annotations

import functools
import io
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.journeys.station import ROOT

DOCUMENTS = ROOT / "docs" / "screenshots"
# Those that the documents show: zh, Tibetan and Uyghur.
SHOWN = ("pair", "idle", "mute-bo", "film-sign", "programme-bo", "notice-ug", "emergency-cmn", "drill-ug")
SIZES = {"1080": (1920, 1080), "720": (1280, 720), "4x3": (1024, 768)}
NOW = 1_800_000_000_000
VILLAGE = "清水镇上坪村"
LONG_VILLAGE = "内蒙古自治区锡林郭勒盟西乌珠穆沁旗巴彦胡舒苏木巴彦都兰嘎查第三牧民小组"
LONG_TITLE = "关于做好今年冬季农村地区取暖用煤安全使用、预防一氧化碳中毒和森林草原防火工作的紧急通知（第二次播出）"

TEXTS = {
    "cmn": ("春耕知识：水稻育秧", "先把种子在清水里浸泡两天，再用湿布盖好，放在暖和的地方。", "停电通知", "今晚八点到十点停电，请提前准备。",
            "山洪红色预警", "河水正在上涨，请立即转移到高处，不要留恋财物，听从村干部安排。", "防汛演练", "请大家到村委会广场集合。"),
    "bo": ("ཞིང་ལས་ཤེས་བྱ།", "ས་བོན་ཉིན་གཉིས་ལ་ཆུར་སྦོངས་རོགས། དེ་རྗེས་རས་རློན་པས་བཀབ་ནས་དྲོ་སར་བཞག་རོགས།", "གློག་ཆད་པའི་བརྡ་ཐོ།",
           "དོ་ནུབ་ཆུ་ཚོད་བརྒྱད་ནས་བཅུ་བར་གློག་ཆད་རྒྱུ་ཡིན།", "ཆུ་ལོག་ཉེན་བརྡ།", "ཆུ་རྒྱས་བཞིན་ཡོད་པས་མྱུར་དུ་མཐོ་སར་འགྲོ་རོགས།", "ཆུ་ལོག་འགོག་པའི་སྦྱོང་བརྡར།",
           "ཚང་མ་གྲོང་ཚོའི་ཐང་ཆེན་དུ་འཛོམས་རོགས།"),
    "ug": ("دېھقانچىلىق بىلىملىرى", "ئۇرۇقنى سۈزۈك سۇغا ئىككى كۈن چىلاڭ، ئاندىن ھۆل رەخت بىلەن يېپىپ ئىسسىق جايغا قويۇڭ.", "توك توختىتىش ئۇقتۇرۇشى",
           "بۈگۈن كەچ سائەت سەككىزدىن ئونغىچە توك توختايدۇ.", "كەلكۈن قىزىل ئاگاھلاندۇرۇشى", "دەريا سۈيى ئۆرلەۋاتىدۇ، دەرھال ئېگىزگە چىقىڭ.", "كەلكۈن مانېۋىرى",
           "ھەممەيلەن كەنت مەيدانىغا يىغىلسۇن."),
}  # fmt: skip
LEVELS = {"red": "山洪红色预警", "orange": "暴雨橙色预警", "yellow": "大风黄色预警", "blue": "寒潮蓝色预警"}


def item(title: str, lang: str, **more: Any) -> dict[str, Any]:
    return {"id": title, "occ": title, "n": 0, "at_ms": NOW - 5000, "ms": 60_000, "priority": 6, "title": title, "lang": lang, "captions": "c", "video": "", "burnt": False, **more}


def coming(*titles: str, lang: str = "cmn") -> list[dict[str, Any]]:
    return [item(each, lang, at_ms=NOW + (n + 1) * 1_860_000) for n, each in enumerate(titles)]


def said(on: dict[str, Any] | None = None, caption: str = "", **more: Any) -> dict[str, Any]:
    """A state: what sounds and its sentence, and what else is so (``film``: the film is here; ``under``: what was broken off)."""
    return {"on": on, "caption": caption, "village": VILLAGE, "dialect": "cmn", "coming": coming("乡村新闻", "少儿节目：小蝌蚪找妈妈", "农技讲座"), "connected": True, "sounds": True,
            "film": False, "under": None, "silenced": "", "pair": False, "say": "", "status": False, "volume": False, "muted": False, "en": False, **more}  # fmt: skip


def states() -> dict[str, dict[str, Any]]:
    """Every state by its name."""
    found: dict[str, dict[str, Any]] = {"pair": said(pair=True), "pair-en": said(pair=True, en=True), "idle": said(), "idle-none": said(coming=[]), "error": said(
        say="正在连接广播站…\nhttp://192.168.1.20:8080\n广播站没有应答（HTTP 503），每 5 秒再试")}  # fmt: skip
    found["idle-long"] = said(village=LONG_VILLAGE, coming=coming(LONG_TITLE, "少儿节目", LONG_TITLE + "二"))
    found["no-line"] = said(connected=False)
    found["mute"], found["mute-en"] = said(sounds=False), said(sounds=False, en=True)
    found["muted"], found["muted-no-line-en"] = said(muted=True), said(muted=True, connected=False, en=True)
    found["muted-no-line-ug"] = said(item(LONG_TITLE, "ug"), TEXTS["ug"][1], dialect="ug", muted=True, connected=False)
    found["mute-bo"] = said(sounds=False, dialect="bo")
    found["revoked"], found["status"], found["volume"] = said(silenced="revoked"), said(status=True), said(volume=True)
    for dialect, words in TEXTS.items():
        found[f"programme-{dialect}"] = said(item(words[0], dialect), words[1], dialect=dialect)
        notice = item(words[2], dialect, priority=4)
        found[f"notice-{dialect}"] = said(notice, words[3], dialect=dialect)
        found[f"emergency-{dialect}"] = said(item(words[4], dialect, priority=1, level="red", words=words[5], wordsLang=dialect, captions=""), dialect=dialect)
        found[f"drill-{dialect}"] = said(item(words[6], dialect, priority=2, words=words[7], wordsLang=dialect, captions=""), dialect=dialect)
    found["programme-long"] = said(item(LONG_TITLE, "cmn"), TEXTS["cmn"][1] * 2)
    found["film"] = said(item(TEXTS["cmn"][0], "cmn", video="v", video_ms=60_000), TEXTS["cmn"][1], film=True)
    found["film-sign"] = said(item(TEXTS["cmn"][0], "cmn", video="s", video_ms=60_000, burnt=True), TEXTS["cmn"][1], film=True)
    found["notice-film"] = said(item("停电通知", "cmn", priority=4), TEXTS["cmn"][3], film=True, under=item(TEXTS["cmn"][0], "cmn", video="v", video_ms=60_000))
    for level, title in LEVELS.items():
        found[f"emergency-{level}"] = said(item(title, "cmn", priority=1, level=level, words=TEXTS["cmn"][5], wordsLang="cmn", captions=""))
    found["emergency-long"] = said(item(LONG_TITLE, "cmn", priority=1, level="orange", words=TEXTS["cmn"][5] * 4, wordsLang="cmn", captions=""))
    found["emergency-mute"] = said(item(LEVELS["red"], "cmn", priority=1, level="red", words=TEXTS["cmn"][5], wordsLang="cmn", captions=""), sounds=False)
    found["all-clear"] = said(item("山洪警报解除", "cmn", priority=1, level="red", clear=True, words="河水已经退下，大家可以回家。", wordsLang="cmn", captions=""))
    return found


SHOW = """async ([s, now, urls]) => { const films = {}; if (s.film) for (const n of Object.keys(urls)) films[n] = URL.createObjectURL(await (await fetch(urls[n])).blob());
  const X = Xiangyin, screen = window.screenShown = new X.Screen(); X.screen = screen;
  if (screen.lang !== (s.en ? 'en' : 'zh')) screen.turn();
  document.body.className = '';
  if (s.pair) return screen.pairing('48213605', 'http://192.168.1.20:8080/devices?code=48213605');
  if (s.say) return screen.say(s.say);
  const voices = s.on ? [{ item: s.on, began: now - 5000, ends: now + 55000 }] : [];
  if (s.under) voices.push({ item: s.under, began: now - 5000, ends: now + 55000 });
  const agent = { want: { area: s.village, dialect: s.dialect, tz: 'Asia/Shanghai' }, over: null, sounding: voices, kept: { begun: {}, muted: s.muted }, items: new Map(), alarms: new Map(), silenced: s.silenced,
    connected: s.connected, volume: 70, clockError: 3.2, did: 't-7k2m9q', due: it => it.at_ms, stored: () => true, open: () => s.coming.map(it => ({ item: it })) };
  const facts = { position: () => 5000, captions: it => s.on && it === s.on && s.caption ? [{ start: 0, end: 60000, words: s.caption }] : [], film: it => s.film ? films[it.video] : '',
    sounds: s.sounds, why: s.sounds ? '' : 'key', broken: why => { throw new Error(why); } };
  screen.statusOpen = s.status;
  screen.paint(agent, now, facts);
  if (s.volume) screen.volume(70);
  await document.fonts.ready;
  if (s.film) { const until = Date.now() + 20000; while (!document.body.classList.contains('filming') && Date.now() < until) { await new Promise(r => setTimeout(r, 50)); screen.paint(agent, now, facts); } }
  if (document.body.classList.contains('notice')) { const line = document.getElementById('crawltext'); line.style.animationDelay = '-2s'; line.style.animationPlayState = 'paused'; }
}"""


def film(path: Path, signer: bool) -> None:
    """A quiet landscape of two colours; with somebody signing in the corner where tts.screen puts one, and words in the picture."""
    inset = "drawbox=x=1498:y=658:w=374:h=374:color=0x27445c:t=fill,drawbox=x=1625:y=720:w=120:h=120:color=0xd8a47f:t=fill,drawbox=x=1575:y=850:w=220:h=182:color=0x6b2737:t=fill,"
    picture = f"drawbox=y=620:h=460:w=1920:color=0x3f6b3a:t=fill,drawbox=y=820:h=260:w=1920:color=0x7a8f3c:t=fill,{inset if signer else ''}format=yuv420p"
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", "color=0xbcd7e6:size=1920x1080:rate=5:duration=10", "-vf", picture,
                    "-c:v", "libx264", "-profile:v", "main", "-preset", "ultrafast", "-movflags", "+faststart", str(path)], check=True)  # fmt: skip


class _Files(SimpleHTTPRequestHandler):
    """The page as it lies in the source, but for its program's own start."""

    films: Path

    def do_GET(self) -> None:
        if self.path == "/terminal/tv/index.html":
            self._send((ROOT / "terminal/tv/index.html").read_bytes().replace(b'data-box="run"', b'data-box="shown"'), "text/html; charset=utf-8")
        elif self.path.startswith("/films/"):
            self._send((self.films / Path(self.path).name).read_bytes(), "video/mp4")
        else:
            super().do_GET()

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def served(films: Path) -> Iterator[str]:
    """The address of the page, while it is served."""
    film(films / "v.mp4", False)
    film(films / "s.mp4", True)
    handler = type("Files", (_Files,), {"films": films})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def opened(browser: Browser, address: str, size: str) -> Page:
    """The page on a television of this size."""
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
    page.goto(address + "/terminal/tv/index.html")
    return page


def show(page: Page, address: str, state: dict[str, Any]) -> None:
    """Paints one state."""
    page.evaluate(SHOW, [state, NOW, {name: f"{address}/films/{name}.mp4" for name in "vs"}])


def painted(sizes: Iterable[str], only: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
    """The name of a state, the size, and its picture as PNG: of those named, or of all."""
    from tests.browser.conftest import launched
    from tests.browser.test_tv import FLAGS

    with tempfile.TemporaryDirectory() as films, served(Path(films)) as address, launched(FLAGS) as browser:
        for size in sizes:
            page = opened(browser, address, size)
            for name, state in states().items():
                if not only or name in only:
                    show(page, address, state)
                    yield name, size, page.screenshot()
            page.close()


def small(picture: bytes, path: Path) -> None:
    """For a document: three quarters of the width of 720, in 64 colours, some 10-20 KB."""
    with Image.open(io.BytesIO(picture)) as found:
        found.convert("RGB").resize((960, 540), Image.Resampling.LANCZOS).quantize(64).save(path, optimize=True)


def main(folder: Path | None, only: Sequence[str]) -> None:
    """All of them (or those named) as ``STATE-SIZE.png`` into the folder; without one, ``tv-STATE.png`` of those that the documents show."""
    if folder is None:
        for name, _, picture in painted(("720",), SHOWN):
            small(picture, DOCUMENTS / f"tv-{name}.png")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, size, picture in painted(SIZES, only):
        (folder / f"{name}-{size}.png").write_bytes(picture)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None, sys.argv[2:])
