"""What the set-top box takes and keeps, and says when its browser will not: formats, room on its disk, sound before a key was pressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from devices.models import Terminal
from tests.browser.test_tv import FLAGS, Box  # noqa: F401  the browser's flags
from tests.journeys.stage import tone
from tests.journeys.station import Station, free_port, until
from tests.terminal.far_end import NOW, PROGRAMME, ROOT, TOPICS, an_item, clip, signed
from wire.messages import FORMATS, Alternate, Fill, Keys, Plan, Want

pytestmark = [pytest.mark.outer, pytest.mark.alone]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    made = Station(tmp_path_factory.mktemp("tv"), env={"XIANGYIN_BROKER_WS_PORT": str(free_port()), "XIANGYIN_BROKER_HOST": "0.0.0.0"})
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def page(chromium: Browser, station: Station) -> Iterator[Page]:
    made = chromium.new_page()
    made.goto(station.url + "/tv/")
    yield made
    made.close()


def others(*names: str) -> tuple[Alternate, ...]:
    return tuple(Alternate(name, clip(name), f"/audio/{name}", 500, skip=7) for name in names)


def test_the_box_takes_the_format_that_the_loudspeaker_would(page: Page) -> None:
    item = an_item("song", NOW)
    sounds = [replace(item, others=others(*names)) for names in ((), ("opus",), ("aac", "opus"))]
    likings = [(), *permutations(("mp3", "opus", "aac"), 1), *permutations(("mp3", "opus", "aac"), 2), ("mp3-48", "aac")]
    rows = [[can, sound.to_json().decode(), sound.suited(can).clip, sound.suited(can).skip] for can in likings for sound in sounds]
    script = """rows => rows.map(([can, raw]) => { const found = Xiangyin.wire.suited(JSON.parse(raw), can, new Set()); return [found.clip, found.skip]; })"""
    assert page.evaluate(script, rows) == [row[2:] for row in rows]


def test_it_names_only_what_the_browser_decodes(page: Page) -> None:
    named = page.evaluate("""([each]) => [X => true, type => /mpeg/.test(type), type => !/mpeg|mp4/.test(type), () => false].map(can => Xiangyin.hands.capabilities(can))""", [0])
    assert named == [["mp3", "opus", "aac", "mp4"], ["mp3"], ["opus", "aac"], []]
    assert set(named[0]) - {"mp4"} <= set(FORMATS)


def told(plan: Plan) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """What a terminal of this plan is told, topic by topic, and the root that it was paired with."""
    lines = [
        (TOPICS.keys(), signed(Keys(1, (PROGRAMME.public(("programme",)),)), "xy", 1, signer=ROOT)),
        (TOPICS.down("t1", "want"), signed(Want(1, ("z1",)), "t1", 1)), (TOPICS.zone("z1", "plan"), signed(plan, "z1", 1)),
    ]  # fmt: skip
    root = {"kid": ROOT.kid, "x": ROOT.public(("root",)).x, "uses": ["root"], "from_ms": 0, "to_ms": 0}
    return [(topic, line.decode()) for topic, line in lines], root


LIFE = """([lines, now, root]) => {
  const X = Xiangyin, agent = new X.Agent({ did: 't1', password: 'x', domain: 'xy', area: '', roots: [root], base: ['http://station/'] }, new X.Kept(),
    { version: '1', model: 'tv', can: ['opus', 'mp3'] }, 'b1');
  const asked = [], told = [], look = out => out.forEach(it => { if (it.act === 'fetch') asked.push(it.sha);
    if (it.act === 'publish' && it.topic.endsWith('/rep')) told.push(JSON.parse(X.crypto.text(it.payload)).trouble.decode || ''); });
  look(agent.onConnected(now));
  for (const [topic, line] of lines) look(agent.onMessage(topic, X.crypto.utf8(line), now));
  const first = asked.slice();
  for (const sha of first) look(agent.onFetched(sha, true, '', now));
  for (const sha of first) look(agent.onPrepared(sha, false, 'cannot be decoded: EncodingError', now));
  const second = asked.slice(first.length);
  for (const sha of second) { look(agent.onFetched(sha, true, '', now)); look(agent.onPrepared(sha, true, '', now)); }
  const failed = Object.keys(agent.kept.done);
  return [first, second, told[told.length - 1], failed];
}"""


def test_what_cannot_be_decoded_is_had_in_another_format_and_the_station_hears_of_it(page: Page) -> None:
    plain = an_item("song", NOW + 5000)
    item = replace(plain, others=others("opus"))
    fill = Fill(clip("pause"), "/audio/pause.mp3", 1000, 5000, others=(Alternate("opus", clip("pause-opus"), "/audio/p.opus", 400),))
    plan = Plan(1, "z1", int(NOW), int(NOW) + 10**8, items=(item,), fill=(fill,), fill_hours=("00:00-24:00",))
    lines, root = told(plan)
    first, second, trouble, failed = page.evaluate(LIFE, [lines, NOW, root])
    assert set(first) == {clip("opus"), clip("pause-opus")} and set(second) == {clip("song"), clip("pause")}
    assert "EncodingError" in trouble and failed == [], "no item was given up"


# The page's own player and decoder under its own agent, with media that are not fetched.
PLAYS = """async ([lines, start, root, media]) => {
  const X = Xiangyin, zero = performance.now(), now = () => start + performance.now() - zero;
  const agent = new X.Agent({ did: 't1', password: 'x', domain: 'xy', area: '', roots: [root], base: ['http://station/'] }, new X.Kept(), { version: '1', model: 'tv', can: ['mp3'] }, 'b1');
  const said = [], cache = { have: new Set(), blob: async sha => media[sha] ? new Blob([Uint8Array.from(media[sha])]) : undefined };
  const player = new X.hands.Player({ now }, cache, event => {
    if (event.what === 'prepared') look(agent.onPrepared(event.sha, event.ok, event.reason, now()));
    else if (event.what === 'started') look(agent.onStarted(event.item, event.start_ms, now()));
    else if (event.item) look(agent.onFinished(event.item, event.start_ms, event.dur_ms, event.what, now(), event.reason)); });
  const look = out => out.forEach(it => {
    if (it.act === 'fetch') setTimeout(() => look(agent.onFetched(it.sha, true, '', now())), 0);
    if (it.act === 'prepare') player.prepare(it.sha, it.ms);
    if (it.act === 'play') player.place(it);
    if (it.act === 'tell' && ['failed', 'finished', 'started'].includes(it.event)) said.push([it.item, it.event, it.start_ms, it.detail]);
    if (it.act === 'publish' && it.topic.endsWith('/rep')) said.trouble = JSON.parse(X.crypto.text(it.payload)).trouble; });
  look(agent.onConnected(now()));
  for (const [topic, line] of lines) look(agent.onMessage(topic, X.crypto.utf8(line), now()));
  while (!said.some(it => it[1] === 'finished') && now() < start + 60000) { look(agent.tick(now())); await new Promise(r => setTimeout(r, 20)); }
  look(agent.tick(now()));
  return [said, said.trouble];
}"""


def test_a_file_that_is_no_sound_keeps_nobody_waiting_and_its_receipt_says_so(page: Page) -> None:
    bad, good = (replace(an_item(name, NOW + after), ms=1000) for name, after in (("bad", 4000), ("good", 5000)))
    lines, root = told(Plan(1, "z1", int(NOW), int(NOW) + 10**8, items=(bad, good)))
    media = {bad.clip: list(b"ID3 this is no sound" * 50), good.clip: list(tone(440.0, 1.0))}
    said, trouble = page.evaluate(PLAYS, [lines, NOW, root, media])
    assert [each[:2] for each in said] == [["bad", "failed"], ["good", "started"], ["good", "finished"]]
    assert "cannot be decoded" in said[0][3] and "cannot be decoded" in trouble["decode"]
    assert said[1][2] == NOW + 5000, "to the millisecond, as if the other had never been planned"


MUTED = """() => {
  const X = Xiangyin, agent = new X.Agent({ did: 't1', password: 'x', domain: 'xy', area: '', roots: [], base: [] }, new X.Kept(), { version: '1', model: 'tv', can: [] }, 'b1');
  const volumes = out => out.filter(it => it.act === 'volume').map(it => it.volume);
  const on = volumes(agent.setMuted(true, 1e12)), levels = [6, 2, 1].map(priority => agent._level({ volume: 80, priority }));
  return [on, levels, volumes(agent.setMuted(false, 1e12))];
}"""


def test_a_muted_box_is_silent_but_for_an_emergency(page: Page) -> None:
    on, levels, off = page.evaluate(MUTED)
    assert on == [0] and levels == [0, 0, 80] and off[0] > 0


KEEPS = """async () => {
  const X = Xiangyin, room = 3, stored = new Map(), full = () => Object.assign(new Error('full'), { name: 'QuotaExceededError' });
  const memory = { keys: async () => Array.from(stored.keys()), get: async (s, sha) => stored.get(sha), drop: async (s, gone) => gone.forEach(sha => stored.delete(sha)),
    put: async (s, sha, blob) => { if (stored.size >= room) throw full(); stored.set(sha, blob); } };
  const cache = new X.hands.Cache(memory, () => {}), bytes = new Uint8Array(10), here = () => Array.from(stored.keys()).join('');
  for (const sha of ['a', 'b', 'c']) await cache._store(sha, bytes);
  await cache.keep(new Set(['c']), 0);
  const spared = here();
  await cache._store('d', bytes);
  await cache.keep(new Set(['b', 'c', 'd']), 1);
  const evicted = here(), refused = await cache._store('e', bytes).then(() => '', error => error.message), planned = here();
  await cache.keep(new Set(['c', 'd']), 1000);
  await cache.keep(new Set(['c', 'd']), 25 * 3600e3);
  const day = here();
  await cache.tidy(27 * 3600e3);
  return [spared, evicted, refused, planned, cache.full !== '', day, here()];
}"""


def test_a_full_disk_gives_up_what_is_not_planned_and_nothing_else(page: Page) -> None:
    spared, evicted, refused, planned, told, day, after = page.evaluate(KEEPS)
    assert spared == "abc", "what is planned no more stays while there is room"
    assert evicted == "bcd", "the oldest of it made room"
    assert "disk: no room" in refused and "QuotaExceededError" in refused and planned == "bcd" and told
    assert (day, after) == ("bcd", "cd"), "a day, not for ever"


def reported(station: Station, did: str) -> dict[str, Any]:
    """What the terminal last said of itself, as the station wrote it down."""
    with station.db.reading() as session:
        return dict(session.scalars(select(Terminal).where(Terminal.did == did)).one().reported or {})


# A headless browser gives sound whatever its flags say: this one waits for a key, as those in a shop do.
SHY = """(() => { let pressed = false; addEventListener('keydown', () => { pressed = true; }, true);
  const Real = AudioContext; window.AudioContext = class extends Real { constructor(said) { super(said); super.suspend(); }
    resume() { return pressed ? super.resume() : new Promise(() => {}); } }; })()"""


def test_without_a_key_pressed_a_warning_is_seen_and_the_station_knows_that_it_is_not_heard(chromium: Browser, station: Station) -> None:
    box = Box(chromium, station)
    box.context.add_init_script(SHY)
    box.pair(station.village.village_a.id, "客厅电视")
    box.mode("idle")
    hint = "getComputedStyle(document.getElementById('nosound')).display === 'block' && document.getElementById('nosound').getBoundingClientRect().height"
    assert box.sees("the hint", hint) == 720, "it fills the screen"
    faults = "Object.keys(Xiangyin.box.agent.faults)"
    box.sees("the fault", f"{faults}.includes('sound')")
    said = {"area_ids": [station.village.village_a.id], "texts": {"zh": "水库泄洪，请马上往高处走。"}, "repeats": 10}
    number = station.done("lan", "POST", "/api/emergencies", said)["id"]
    box.mode("emergency")
    box.sees("its words", "(document.getElementById('alarmtitle').textContent + document.getElementById('alarmwords').textContent).includes('水库泄洪')")
    assert "红色" in box.ask("document.getElementById('grade').textContent"), "the level in words, not in colour alone"
    assert box.sees("the hint below it", hint) < 300
    assert box.ask("document.getElementById('nosound').getBoundingClientRect().top > document.getElementById('alarmtitle').getBoundingClientRect().bottom")
    box.page.keyboard.press("Enter")
    box.sees("sound", "Xiangyin.box.player.sounds && !document.body.classList.contains('mute')")
    assert not box.ask("Xiangyin.box.screen.statusOpen"), "the key that gives sound does nothing else"
    box.sees("that the fault is over", f"!{faults}.includes('sound')")
    box.page.keyboard.press("AudioVolumeMute")
    box.sees("that it is muted", "Xiangyin.box.agent.kept.muted && Xiangyin.box.player.volume === 0 && document.body.classList.contains('muted')")
    assert box.ask("getComputedStyle(document.getElementById('muted')).display") == "none", "a warning is heard all the same"
    until("the report", lambda: reported(station, box.did).get("muted") is True)
    box.page.keyboard.press("ArrowUp")
    box.sees("that it is not", "!Xiangyin.box.agent.kept.muted && Xiangyin.box.player.volume > 0 && !document.body.classList.contains('muted')")
    station.done("lan", "POST", f"/api/emergencies/{number}/all-clear", {})
    box.mode("idle")
    box.close()
