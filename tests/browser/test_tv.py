"""The set-top box in a real Chromium: the golden vectors, then a life: paired, heard, captioned, cut off, reloaded, warned."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PageGone
from sqlalchemy import select

from devices.keys import StationKeys
from station import clock
from station.areas import zone
from station.clock import to_ms
from tests.journeys.line import Line
from tests.journeys.stage import tone
from tests.journeys.station import Station, free_port, until
from tests.terminal import choices
from tests.wire import golden
from tts.audio import LEAD_SAMPLES_MP3, to_mp3
from tts.level import RATE
from tts.models import Rendition
from wire.messages import Alert, Emergency, Plan, PlanItem, Sound
from wire.sealing import key_from_seed, public_text, seal
from wire.signing import Signer, b64, sign

pytestmark = [pytest.mark.outer, pytest.mark.alone]
# As in a village: by plain http to a name that is not this machine's own, where a browser has no crypto.subtle and no Cache Storage.
NAME = "tv.village"
FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
PAIRED_S = 6.0  # an ordinary machine pairs a box in half of this
BENCH = (Path(__file__).parent / "village_bench.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lines() -> Iterator[list[Line]]:
    made: list[Line] = []
    yield made
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory, lines: list[Line]) -> Iterator[Station]:
    """A station whose door for boxes is reached over a line that can be cut."""
    ws = free_port()
    lines.append(Line(ws))
    env = {"XIANGYIN_BROKER_WS_PORT": str(ws), "XIANGYIN_BROKER_WS_URL": f"ws://127.0.0.1:{lines[0].port}/mqtt"}
    made = Station(tmp_path_factory.mktemp("tv"), env=env)
    made.start()
    yield made
    made.stop()


class Box:
    """A set-top box: one browser profile that keeps its memory, and every complaint of the page."""

    def __init__(self, chromium: Browser, station: Station) -> None:
        self.station = station
        self.url = f"http://{NAME}:{station.http}"
        self.context: BrowserContext = chromium.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if "Content Security" in said.text or said.text.startswith("an event broke") else None)
        self.page.on("request", lambda asked: None if asked.url.startswith((self.url, station.url, "blob:", "ws://127.0.0.1", f"ws://{NAME}")) else self.complaints.append(asked.url))
        self.did = ""

    def open(self) -> None:
        self.page.goto(self.url + "/tv/")
        assert not self.ask("isSecureContext") and self.ask("crypto.subtle === undefined")

    def ask(self, script: str, said: Any = None) -> Any:
        return self.page.evaluate(script, said)

    def sees(self, what: str, script: str, patience_s: float = 90.0) -> Any:
        return until(what, lambda: self._between_pages(script), patience_s)

    def _between_pages(self, script: str) -> Any:
        """None while the page is being loaded anew, or before its scripts have run."""
        try:
            return self.ask(script)
        except PageGone as problem:
            if "context was destroyed" in str(problem) or "is not defined" in str(problem) or "of null" in str(problem):
                return None
            raise

    def mode(self, name: str, patience_s: float = 90.0) -> None:
        self.sees(f"the screen {name}", f"document.body.dataset.mode === {name!r}", patience_s)

    def code(self) -> str:
        self.open()
        self.mode("pair")
        return str(self.sees("a code", "Xiangyin.code"))

    def pair(self, area: int, name: str, dialect: str = "cmn") -> None:
        code = self.code()
        self.did = str(self.station.pair(code, area, name, dialect)["did"])
        self.sees("its wishes", "Xiangyin.box && Xiangyin.box.agent.want.rev > 0")

    def receipts(self, occurrence: Any) -> dict[str, Any]:
        return {each.result: each for each in self.station.receipts(self.did, occurrence)}

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []


@pytest.fixture(scope="module")
def box(chromium: Browser, station: Station) -> Iterator[Box]:
    made = Box(chromium, station)
    made.pair(station.village.village_a.id, "客厅电视")
    yield made
    made.close()


# -- the same words, letter by letter


@pytest.fixture(scope="module")
def page(chromium: Browser, station: Station) -> Iterator[Page]:
    made = chromium.new_page()
    made.goto(station.url + "/tv/")
    yield made
    made.close()


def test_digests_of_every_length_are_right(page: Page) -> None:
    data = [bytes((n * 7 + i) % 256 for i in range(n)) for n in (*range(0, 130), 1000, 70_001)]
    script = "rows => rows.map(r => Xiangyin.crypto.hex(Xiangyin.crypto.sha256(Uint8Array.from(r))))"
    assert page.evaluate(script, [list(each) for each in data]) == [hashlib.sha256(each).hexdigest() for each in data]


def _signed() -> Any:
    return json.loads((golden.FOLDER / "signed.json").read_text(encoding="utf-8"))


VERIFY = """([lines, keys, want]) => lines.map(line => {
  const byKid = {}; for (const key of keys) byKid[key.kid] = Object.assign({from_ms: 0, to_ms: 0}, key);
  try { Xiangyin.wire.verify(Xiangyin.crypto.utf8(line), byKid, want); return 'accepted'; }
  catch (error) { return error instanceof Xiangyin.wire.Refused ? 'refused' : String(error); }
})"""


def test_the_golden_vectors_are_accepted_and_refused_in_the_page(page: Page) -> None:
    said = _signed()
    for case in said["accept"]:
        want = {"typ": case["typ"], "auds": [case["aud"]], "now_s": said["now_s"], "use": case["use"], "after": -1}
        assert page.evaluate(VERIFY, [[case["line"]], said["roots"] if case["use"] == "root" else said["keys"] + said["alert_keys"], want]) == ["accepted"]
    want = {"typ": "plan", "auds": [said["zid"]], "now_s": said["now_s"], "use": "programme", "after": said["held_plan_rev"]}
    bad = [case["line"] for case in said["refuse_as_plan"]]
    assert page.evaluate(VERIFY, [bad, said["keys"], want]) == ["refused"] * len(bad)


def test_a_signature_with_a_large_s_is_refused(page: Page) -> None:
    case = _signed()["accept"][2]
    head, _, payload = case["line"].partition("\n")
    protected, _, signature = head.split(".")
    raw = bytearray(__import__("base64").urlsafe_b64decode(signature + "=="))
    order = 2**252 + 27742317777372353535851937790883648493
    raw[32:] = (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    said = _signed()
    want = {"typ": "plan", "auds": [said["zid"]], "now_s": said["now_s"], "use": "programme", "after": -1}
    assert page.evaluate(VERIFY, [[f"{protected}..{b64(bytes(raw))}\n{payload}"], said["keys"], want]) == ["refused"]


def test_every_message_that_comes_down_is_read_as_it_was_meant(page: Page) -> None:
    rows = json.loads((golden.FOLDER / "messages.json").read_text(encoding="utf-8"))
    rows = [row for row in rows if row["typ"] in ("want", "plan", "cmd", "rsp", "keys", "paired", "credentials")]
    script = "rows => rows.map(r => JSON.stringify(Xiangyin.wire.read(r.typ, Xiangyin.crypto.utf8(r.json))))"
    for row, found in zip(rows, page.evaluate(script, rows), strict=True):
        meant, read = json.loads(row["json"]), json.loads(found)
        assert _known(meant, read) == read and len(read) > 1


def _known(meant: Any, read: Any) -> Any:
    """What was meant, without the fields the box has no use for."""
    if isinstance(read, dict) and isinstance(meant, dict):
        return {name: _known(meant[name], read[name]) for name in read}
    if isinstance(read, list) and isinstance(meant, list) and len(read) == len(meant):
        return [_known(one, other) for one, other in zip(meant, read, strict=True)]
    return meant


def test_the_pairing_code_and_the_sealed_letter(page: Page) -> None:
    said = json.loads((golden.FOLDER / "pairing.json").read_text(encoding="utf-8"))
    seed = bytes.fromhex(said["seed"])
    letters = [b"", b"short", '{"did":"t-1","word":"密码"}'.encode() * 20]
    boxes = [seal(each, public_text(key_from_seed(seed)), said["nonce"]) for each in letters]
    script = """([seed, nonce, boxes]) => { const X = Xiangyin, secret = Uint8Array.from(seed), pk = X.crypto.b64(X.crypto.x25519Public(secret));
      const open = box => { try { return X.crypto.hex(X.wire.unseal(box, secret, nonce)); } catch (error) { return 'shut'; } };
      return [pk, X.wire.pairingCode(pk, nonce), boxes.map(open)]; }"""
    changed = boxes[2][:-3] + ("AAA" if boxes[2][-3:] != "AAA" else "BBB")
    pk, code, opened = page.evaluate(script, [list(seed), said["nonce"], [*boxes, changed]])
    assert (pk, code) == (said["pk"], said["code"]) and opened == [*(each.hex() for each in letters), "shut"]


def test_the_box_chooses_as_the_loudspeaker_does(page: Page) -> None:
    said = json.loads(choices.FILE.read_text(encoding="utf-8"))
    script = """([cases, now]) => cases.map(c => { const f = Xiangyin.programme.nextChoice(c.waiting, c.on, c.over, c.placed, now);
      return [f.choice && f.choice.due.item.id, f.choice && f.choice.how, f.again]; })"""
    found = page.evaluate(script, [said["choices"], said["now"]])
    assert found == [[case["start"], case["how"], case["again"]] for case in said["choices"]]


@pytest.mark.parametrize("name", list(choices.DAYS))
def test_a_village_hears_the_same_from_both(page: Page, name: str) -> None:
    said = json.loads(choices.FILE.read_text(encoding="utf-8"))
    day = next(each for each in said["days"] if each["name"] == name)
    found = page.evaluate(f"args => ({BENCH})(...args)", [day, said["now"], said["root"], 90_000])
    assert found["heard"] == day["heard"] and found["results"] == day["results"]


# -- a life


def clip(station: Station, title: str, seconds: float, pitch: float = 500.0) -> int:
    fields = {"area_id": station.village.county.id, "kind": "music", "title": title}
    sent = station.upload("lan", "/api/clips", fields, "tone.wav", tone(pitch, seconds))
    assert sent.status == 201, sent.body
    return int(sent.json()["id"])


LISTEN = """() => { const p = Xiangyin.box.player, data = new Float32Array(p.ear.fftSize); window.firstSound = 0; window.lastSilent = 0; window.loudest = 0; clearInterval(window.ears);
  window.ears = setInterval(() => { p.ear.getFloatTimeDomainData(data); let top = 0; for (const x of data) top = Math.max(top, Math.abs(x));
    window.loudest = Math.max(window.loudest, top); if (window.firstSound) return;
    if (top > 0.001) window.firstSound = Xiangyin.box.now(); else window.lastSilent = Xiangyin.box.now(); }, 4); }"""

WATCH = """() => { window.watched = []; clearInterval(window.eyes); window.eyes = setInterval(() => { const b = Xiangyin.box, v = b.agent.sounding[0];
  const at = v ? b.player.position(v.item.id) : null; if (at !== null) window.watched.push([at, document.getElementById('caption').textContent]); }, 50); }"""


def test_it_plays_at_the_time_shows_the_sentence_and_reports(box: Box) -> None:
    station = box.station
    article = station.approved("停水通知", "各位村民请注意，明天上午八点到十二点停水。请大家提前储水。")
    station.spoken(article, {"cmn"})
    programme = station.programme([{"kind": "article", "article_id": article}])
    (occurrence,) = station.in_time(lambda at: (station.schedule_at(programme, station.village.village_a.id, at),), 10)
    box.ask(LISTEN)
    box.ask(WATCH)
    box.sees("the second sentence", "document.getElementById('caption').textContent.includes('各位村民')", 60)
    until("the receipts", lambda: "finished" in box.receipts(occurrence))
    found = box.receipts(occurrence)
    assert set(found) == {"stored", "started", "finished"}
    loudest = box.ask("window.loudest")
    with station.db.reading() as session:
        cues = session.scalars(select(Rendition).where(Rendition.article_id == article, Rendition.dialect == "cmn")).one().cues
    # a picture is painted every 100 ms; at the edges of a sentence either is right
    inside = [(said, [words for begin, end, words in cues if begin + 200 < at < end - 200]) for at, said in box.ask("window.watched")]
    seen = [(said, words[0]) for said, words in inside if words]
    assert len(seen) > 10 and {said for said, _ in seen} == {words for _, _, words in cues}
    assert [pair for pair in seen if pair[0] != pair[1]] == []
    assert loudest > 0.02 and abs(found["started"].late_ms) < 100


def test_a_forged_plan_is_refused(box: Box) -> None:
    zid = zone(box.station.village.village_a, "cmn")
    before = box.ask("[Xiangyin.box.agent.refused, Xiangyin.box.agent.items.size]")
    forged = sign(
        Plan(999, zid, 0, 2**41, items=()).to_json(), Signer.generate("p1"), typ="plan", aud=zid, seq=999, iat=int(time.time()), exp=int(time.time()) + 600
    )
    box.ask("([zid, line]) => Xiangyin.box.happened({what: 'message', topic: Xiangyin.box.agent.topics.zone(zid, 'plan'), payload: Xiangyin.crypto.utf8(line), mono_ms: 0})",
            [zid, forged.decode()])  # fmt: skip
    box.sees("the refusal", f"Xiangyin.box.agent.refused === {before[0] + 1}")
    assert box.ask("Xiangyin.box.agent.items.size") == before[1]


def test_a_cut_line_and_a_reload_change_nothing(box: Box, lines: list[Line]) -> None:
    station = box.station
    programme = station.programme([{"kind": "clip", "clip_id": clip(station, "序曲", 4.0)}])
    (occurrence,) = station.in_time(lambda at: (station.schedule_at(programme, station.village.village_a.id, at),), 16)
    lines[0].cut()
    box.sees("the line to be down", "!Xiangyin.box.agent.connected")
    box.page.reload()
    box.sees("the box again", "Xiangyin.box && Xiangyin.box.agent.did")
    assert box.ask("Xiangyin.box.agent.did") == box.did
    box.ask(LISTEN)
    box.sees("the end of the clip without a line", f"Xiangyin.box.log.some(e => e.event === 'finished' && e.item.startsWith('{occurrence.id}-'))", 60)
    # it began between the last silent look and the first loud one: a busy machine looks seldom, and is late for that alone
    silent, loud = (moment - to_ms(occurrence.starts_at) for moment in box.ask("[window.lastSilent, window.firstSound]"))
    print(f"silent at {silent:.1f} ms, sound at {loud:.1f} ms after its time")
    assert loud > -100 and silent < 100 and loud - silent < 1000
    kept = box.ask("[Xiangyin.box.agent.kept.pending.length + Xiangyin.box.agent.kept.batch.length]")
    assert kept[0] >= 2 and set(box.receipts(occurrence)) == {"stored"}
    box.page.reload()  # what was not yet reported survives this, too
    lines[0].mend()
    until("the receipts", lambda: "finished" in box.receipts(occurrence))
    assert set(box.receipts(occurrence)) == {"stored", "started", "finished"}
    box.sees("the receipts to be forgotten", "Xiangyin.box.agent.kept.batch.length === 0 && Xiangyin.box.agent.kept.pending.length === 0")


# -- every screen, in three tongues

SAID = {
    "cmn": ("春耕知识：水稻育秧", "先把种子在清水里浸泡两天。", "停电通知", "今晚八点到十点停电。", "山洪红色预警", "河水正在上涨，请立即转移到高处。", "防汛演练", "请大家到村委会广场集合。"),
    "bo": ("ཞིང་ལས་ཤེས་བྱ།", "ས་བོན་ཉིན་གཉིས་ལ་ཆུར་སྦོངས་རོགས།", "གློག་ཆད་པའི་བརྡ་ཐོ།", "དོ་ནུབ་ཆུ་ཚོད་བརྒྱད་ནས་བཅུ་བར་གློག་ཆད་རྒྱུ་ཡིན།", "ཆུ་ལོག་ཉེན་བརྡ།", "ཆུ་རྒྱས་བཞིན་ཡོད་པས་མྱུར་དུ་མཐོ་སར་འགྲོ་རོགས།", "ཆུ་ལོག་འགོག་པའི་སྦྱོང་བརྡར།", "ཚང་མ་གྲོང་ཚོའི་ཐང་ཆེན་དུ་འཛོམས་རོགས།"),
    "ug": ("دېھقانچىلىق بىلىملىرى", "ئۇرۇقنى سۈزۈك سۇغا ئىككى كۈن چىلاڭ.", "توك توختىتىش ئۇقتۇرۇشى", "بۈگۈن كەچ سائەت سەككىزدىن ئونغىچە توك توختايدۇ.", "كەلكۈن قىزىل ئاگاھلاندۇرۇشى", "دەريا سۈيى ئۆرلەۋاتىدۇ، دەرھال ئېگىزگە چىقىڭ.", "كەلكۈن مانېۋىرى", "ھەممەيلەن كەنت مەيدانىغا يىغىلسۇن."),
}  # fmt: skip


def spoken(station: Station, article: int, dialect: str, number: int, ms: int, words: str) -> dict[str, Any]:
    """A sound with one sentence, as the station would have it; the fields of its plan item."""
    mp3 = to_mp3(np.asarray(np.sin(np.arange(RATE * ms // 1000) * (0.05 + 0.01 * (number - 100) + 0.003 * list(SAID).index(dialect))) * 6000, dtype=np.int16))
    sha = station.files.put(mp3)
    cues = [[0, ms, words]]
    with station.db.session() as session:
        session.add(Rendition(article_id=article, revision=number, dialect=dialect, state="ready", audio_sha256=sha, audio_bytes=len(mp3), ms=ms, cues=cues, created_at=clock.now(),
                              voice=f"{dialect}{number}"))  # fmt: skip
    vtt = station.ask("GET", f"/captions/{sha}.vtt").body
    return {
        "clip": sha, "url": f"/audio/{sha}.mp3", "bytes": len(mp3), "ms": ms, "lang": dialect, "skip": LEAD_SAMPLES_MP3,
        "captions": hashlib.sha256(vtt).hexdigest(), "captions_url": f"/captions/{sha}.vtt",
    }  # fmt: skip


def film(folder: Path, station: Station, seconds: int) -> dict[str, Any]:
    """A small film of the right kind."""
    path = folder / "film.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", f"testsrc=size=640x360:rate=25:duration={seconds}", "-c:v", "libx264", "-pix_fmt", "yuv420p",
               "-profile:v", "main", "-movflags", "+faststart", str(path)]  # fmt: skip
    subprocess.run(command, check=True)
    sha = station.files.put(path.read_bytes())
    return {"video": sha, "video_url": f"/video/{sha}.mp4", "video_bytes": path.stat().st_size, "video_ms": seconds * 1000}


@pytest.mark.parametrize("dialect", SAID)
def test_notice_emergency_and_drill_come_over_a_programme_and_it_goes_on(chromium: Browser, station: Station, dialect: str, tmp_path: Path) -> None:
    box = Box(chromium, station)
    place = station.village.village_b
    began = time.monotonic()
    box.pair(place.id, f"电视 {dialect}", dialect)
    # a machine that is slow to pair is slow to paint, too: every screen stands long enough to be looked at
    pace = min(4, max(1, math.ceil((time.monotonic() - began) / PAIRED_S)))
    said, zid = SAID[dialect], zone(place, dialect)
    article = station.approved(f"试播 {dialect}", "试播。")
    kinds = (("song", 6, 0, 26_000, "resume"), ("notice", 4, 3000, 6000, "mix"), ("flood", 1, 11_000, 6000, "resume"), ("drill", 2, 18_000, 6000, "resume"))
    made = []
    for n, (name, priority, after, ms, brk) in enumerate((name, priority, pace * after, pace * ms, brk) for name, priority, after, ms, brk in kinds):
        fields = spoken(station, article, dialect, 100 + n, ms, said[2 * n + 1])
        if name == "song" and dialect == "cmn":
            fields |= film(tmp_path, station, ms // 1000)
        if name == "flood":  # what is said of an emergency is signed by the key of emergencies
            parts = (Sound("siren", fields["clip"], fields["url"], fields["bytes"], ms, fields["skip"], lang=dialect),)
            flood = (after, said[2 * n], said[2 * n + 1], parts)
            continue
        made.append((after, {"id": f"{name}-{dialect}", "occ": name, "priority": priority, "title": said[2 * n], "brk": brk, **fields}))
    begin = to_ms(clock.now()) + 9000 * pace
    items = [PlanItem(n=0, at_ms=begin + after, expires_ms=begin + 90_000 * pace, **fields) for after, fields in made]
    keys = StationKeys.load_or_make(station.data / "keys")
    plan = Plan(10**6, zid, begin, begin + 10**6, "Asia/Shanghai", tuple(items), (station.url,))
    line = keys.sign(plan.to_json(), typ="plan", aud=zid, seq=10**6, now=clock.now(), expires=clock.now() + timedelta(hours=1))
    after, title, text, parts = flood
    one = Emergency("flood", "red", "village", begin + after, begin + after + 6_500 * pace, parts, title=title, text=text, lang=dialect)
    alarm = keys.sign_alert(Alert(to_ms(clock.now()), zid, (one,), (station.url,)), keys.alert, clock.now())
    for channel, message in (("plan", line), ("alert", alarm)):
        box.ask("([zid, channel, line]) => Xiangyin.box.happened({what: 'message', topic: Xiangyin.box.agent.topics.zone(zid, channel), payload: Xiangyin.crypto.utf8(line), mono_ms: 0})",
                [zid, channel, message.decode()])  # fmt: skip
    box.sees("the programme in the list", "document.getElementById('coming').children.length > 0")
    box.mode("programme")
    sentence = "document.getElementById('caption').textContent"
    box.sees("the sentence", f"{sentence} !== ''")
    assert said[1] in box.ask(sentence)
    if dialect == "cmn":
        box.sees("the film", "document.body.classList.contains('filming') && document.getElementById('film').videoWidth === 640")
        box.sees("the film in step", "Math.abs(document.getElementById('film').currentTime * 1000 - Xiangyin.box.player.position('song-cmn')) < 400")
    else:
        assert box.ask("getComputedStyle(document.getElementById('title')).direction") == ("rtl" if dialect == "ug" else "ltr")
    box.sees("the crawl", "document.body.classList.contains('notice')")
    assert box.ask("document.body.dataset.mode") == "programme" and said[2] in box.ask("document.getElementById('crawltext').textContent")
    box.mode("emergency")
    assert not box.ask("document.body.classList.contains('drill')")
    box.sees("the words", f"document.getElementById('alarmwords').textContent.includes({said[5]!r})")
    assert box.ask("document.getElementById('alarmtitle').textContent") == said[4]
    box.sees("the drill", "document.body.classList.contains('drill') && document.body.dataset.mode === 'emergency'")
    assert "演练" in box.ask("document.getElementById('mark').textContent") and box.ask("document.getElementById('drillnote').textContent && Xiangyin.box.sirens.has('drill')")
    box.sees("the drill's words", f"document.getElementById('alarmwords').textContent.includes({said[7]!r})")
    box.mode("programme")
    heard = box.sees("the rest", f"Xiangyin.box.log.filter(e => e.item === 'song-{dialect}' && e.event === 'finished')[0]", 180)
    assert abs(heard["dur_ms"] - 26_000 * pace) < 200, "nothing of it was lost, nothing heard twice"
    box.mode("idle")
    assert box.ask("document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight")
    box.page.keyboard.press("ArrowUp")
    box.sees("the volume", f"Xiangyin.box.agent.volume === {min(100, box.ask('Xiangyin.box.agent.want.volume') + 5)}")
    box.close()


def test_a_revoked_box_falls_silent_and_can_be_paired_anew(chromium: Browser, station: Station) -> None:
    box = Box(chromium, station)
    place = station.village.village_b
    number = station.pair(box.code(), place.id, "旧电视", "cmn")["id"]
    box.sees("its wishes", "Xiangyin.box && Xiangyin.box.agent.want.rev > 0")
    station.done("lan", "POST", f"/api/terminals/{number}/revoke")
    box.sees("that it is out of service", "document.body.classList.contains('revoked')", 60)
    box.page.keyboard.press("Enter")
    box.mode("pair")
    box.close()


def test_a_box_is_served_by_the_broker_inside_the_station(chromium: Browser, tmp_path: Path) -> None:
    """As on a machine without mosquitto, and told the door by the address of the pages."""
    station = Station(tmp_path, "amqtt", {"XIANGYIN_BROKER_WS_PORT": str(free_port()), "XIANGYIN_BROKER_HOST": "0.0.0.0"})
    station.start()
    try:
        box = Box(chromium, station)
        box.pair(station.village.village_a.id, "客厅电视")
        assert box.ask("Xiangyin.box.line.where.url").startswith(f"ws://{NAME}:")
        occurrence = station.schedule(station.programme([{"kind": "clip", "clip_id": clip(station, "序曲", 2.0)}]), station.village.village_a.id, 8)
        until("the receipts", lambda: "finished" in box.receipts(occurrence))
        box.close()
    finally:
        station.stop()
