"""The whole sentence: each stage for an article of 725 characters beside its floor, starts on time, unrolling, 4,000 at once."""

from __future__ import annotations

import queue
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import func, select, update

from articles import collect, review
from bench.figures import Figure
from broadcast.brokers import RunningBroker, start_broker
from broadcast.dressing import ClipRef
from broadcast.models import Dispatch, ZonePlan
from broadcast.mqtt import PahoBroker
from broadcast.plan import Planner
from broadcast.publish import Publisher
from devices.keys import StationKeys
from playlists import calendar, playlist
from playlists.models import Schedule
from playlists.playlist import ItemSpec
from station import clock
from station.areas import add_area
from station.database import Database
from station.files import Files
from station.migrations import upgrade
from station.models import Area, Person
from station.people import add_person, grant
from terminal.actions import Play
from terminal.device import NullDevice
from terminal.player import Mixer, Samples, Sounded
from tts.audio import to_mp3
from tts.engines.driver import library
from tts.level import RATE
from tts.models import Rendition
from tts.pool import Pool
from tts.reading import read_sentence
from tts.render import render_one
from tts.spoken import sentences
from tts.tunes import chime
from tts.want import want_renditions
from wire.topics import Topics

ROUNDS = 5
PROGRAMMES = 4000
_SENTENCES = (
    "各位村民请注意，镇政府今天上午召开了冬季安全会议，会上安排了三件事情。",
    "第一，从二十八日开始，自来水厂检修管道，早上八点半到十一点停水，请大家提前储水，锅炉不要空烧。",
    "第二，村卫生室下午两点接种流感疫苗，六十岁以上的老人免费，行动不便的可以打电话预约上门。",
    "第三，天气转冷，山路容易结冰，骑车和开车的人要慢行，学校门口由值班老师护送孩子过马路。",
    "请各家检查炉子和烟道，睡觉以前一定开窗通风，发现头晕恶心要马上到屋外并请医生。",
)


def article_text() -> str:
    """725 characters of our own notices, one paragraph a sentence."""
    text = ""
    while len(text) < 725:
        text += _SENTENCES[(len(text) // 7) % len(_SENTENCES)] + "\n"
    return text[:724] + "。"


@dataclass
class Bed:
    """A small station in a temporary folder, with a real broker and a plain listener beside it."""

    db: Database
    files: Files
    keys: StationKeys
    topics: Topics
    line: PahoBroker
    listener: queue.Queue[tuple[float, str]]
    broker: RunningBroker
    county: Area
    writer: Person
    reader: Person


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _bed(folder: Path) -> Iterator[Bed]:
    db = Database(f"sqlite:///{folder / 'bench.db'}")
    upgrade(db.engine)
    now = clock.now()
    with db.session() as session:
        county = add_area(session, parent=None, level="county", name="云岭县", now=now, tz="Asia/Shanghai", dialect="cmn")
        writer, reader = add_person(session, "writer", "写", now), add_person(session, "reader", "读", now)
        grant(session, writer, county, "admin")
        grant(session, reader, county, "admin")
    topics, heard = Topics(), queue.Queue[tuple[float, str]]()
    broker = start_broker("auto", host="127.0.0.1", port=_free_port(), folder=folder / "broker", domain="xy")
    up = threading.Event()
    line = PahoBroker(broker.host, broker.port, broker.username, broker.password, "bench", topics, lambda *_: None, up.set)
    listening = threading.Event()
    ear = paho.Client(CallbackAPIVersion.VERSION2, "bench-ear")
    ear.username_pw_set(broker.username, broker.password)
    ear.on_connect = lambda client, *_: client.subscribe("xy/1/z/#", 1)
    ear.on_subscribe = lambda *_: listening.set()
    ear.on_message = lambda _client, _data, message: heard.put((time.perf_counter(), message.topic))
    ear.on_socket_open = lambda _client, _data, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        line.start()
        ear.connect(broker.host, broker.port)
        ear.loop_start()
        if not (up.wait(10) and listening.wait(10)):
            raise RuntimeError("the broker does not answer")
        keys = StationKeys.load_or_make(folder / "keys")
        yield Bed(db, Files(folder / "files"), keys, topics, line, heard, broker, county, writer, reader)
    finally:
        ear.disconnect()
        ear.loop_stop()
        line.stop()
        broker.stop()
        db.close()


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _whole(bed: Bed, pool: Pool, marker: int) -> dict[str, float]:
    """One article through every stage; milliseconds of each."""
    times: dict[str, float] = {}
    ids: dict[str, int] = {}

    def written() -> None:
        with bed.db.session() as session:
            people = session.get_one(Person, bed.writer.id), session.get_one(Person, bed.reader.id)
            county = session.get_one(Area, bed.county.id)
            text = f"第{marker}号。{article_text()}"[:725]
            made = collect.collect_paste(
                session, people[0], county, kind="notice", title="冬季安全通知", body=text, now=clock.now()
            )
            review.submit(session, made, people[0], clock.now())
            review.approve(session, made, people[1], clock.now())
            want_renditions(session, made, {"cmn"}, clock.now())
            ids["article"] = made.id

    times["collect and review"] = _ms(written)
    times["speak"] = _ms(lambda: render_one(bed.db, clock.now(), pool, bed.files))

    def scheduled() -> None:
        with bed.db.session() as session:
            person, county = session.get_one(Person, bed.writer.id), session.get_one(Area, bed.county.id)
            made = playlist.make_playlist(session, person, county, "通知", clock.now())
            playlist.set_items(session, person, made, [ItemSpec("article", article_id=ids["article"])], made.version, clock.now())
            at = (clock.now() + timedelta(minutes=30)).astimezone(ZoneInfo("Asia/Shanghai"))
            calendar.make_schedule(
                session, person, made, county, kind="once", times=[f"{at:%H:%M:%S}"], since=at.date(), now=clock.now()
            )
            calendar.unroll_one(session, clock.now())

    times["schedule"] = _ms(scheduled)
    planner = Planner(bed.db, ClipRef("0" * 64, 1, 1, 0))
    times["plan"] = _ms(lambda: planner.plan_one(clock.now()))
    publisher = _publisher(bed)
    publisher.publish_one(clock.now())  # the key set, once per connection
    with bed.db.session() as session:
        session.execute(update(Dispatch).values(sent_at=None))
        session.execute(update(ZonePlan).values(sent_rev=0))
    while not bed.listener.empty():
        bed.listener.get()

    def sent() -> None:
        publisher.publish_one(clock.now())
        bed.listener.get(timeout=5)

    times["publish until heard"] = _ms(sent)
    return times


def _publisher(bed: Bed) -> Publisher:
    return Publisher(bed.db, bed.line, bed.keys, bed.topics, bed.files, ("http://127.0.0.1",))


def _floors(bed: Bed, marker: int) -> dict[str, float]:
    """espeak-ng called directly on the same phonemes, an mp3 encode of what it said at the same effort, a bare round trip."""
    import numpy as np

    text = f"第{marker}号。{article_text()}"[:725]
    readings = [read_sentence("cmn", each.text) for each in sentences(text)]
    voice, parts = library(), []

    def said() -> None:
        for reading in readings:
            for each in reading.utterances:
                voice.use(each.voice)
                parts.append(voice.synth(each.text, phonemes=each.phonemes).pcm)

    floors = {"espeak-ng": _ms(said)}
    raw = np.concatenate(parts)
    at_rate = np.interp(np.arange(len(raw) * 2) / 2, np.arange(len(raw)), raw).astype(np.int16)  # 22.05 -> 44.1 kHz, as it is sent
    floors["mp3 encode"] = _ms(lambda: to_mp3(at_rate))

    def trip() -> None:
        bed.line.publish("xy/1/z/bench/plan", b"x" * 1000).wait(5)
        bed.listener.get(timeout=5)

    floors["publish, subscribe"] = _ms(trip)
    return floors


def _stages() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, _bed(Path(folder)) as bed:
        pool = Pool(1)
        try:
            pool.warm(("cmn",))
            _whole(bed, pool, 0)
            _floors(bed, 0)
            wholes, floors = [], []
            for marker in range(1, ROUNDS + 1):
                wholes.append(_whole(bed, pool, marker))
                floors.append(_floors(bed, marker))
        finally:
            pool.close()
        with bed.db.reading() as session:
            seconds = (session.scalar(select(func.max(Rendition.ms))) or 0) / 1000
    figures = [Figure(name, f"{_middle(wholes, name):.1f} ms") for name in wholes[0]]
    figures += [Figure(f"floor: {name}", f"{_middle(floors, name):.1f} ms") for name in floors[0]]
    whole, floor = (statistics.median(sum(each.values()) for each in rows) for rows in (wholes, floors))
    figures.append(
        Figure(
            f"the whole: 725 characters, {seconds:.0f} s of speech", f"{whole:.0f} ms", f"{floor:.0f} ms", f"{whole / floor:.2f} x", "<= 1.5 x", whole <= 1.5 * floor
        )
    )
    return figures


def _middle(rows: list[dict[str, float]], name: str) -> float:
    return statistics.median(each[name] for each in rows)


def _starts() -> Figure:
    """Scheduled starts of a stored clip on the null device."""
    begun: list[tuple[str, float]] = []
    every = threading.Event()

    def report(told: Sounded) -> None:
        if told.what == "started":
            begun.append((told.item, told.start_ms))
            if len(begun) == 40:
                every.set()

    mixer = Mixer(report)
    device = NullDevice(mixer)
    pcm = chime()[: RATE // 10]
    plan: dict[str, float] = {}
    first = time.time() * 1000 + 500
    for number in range(40):
        plan[str(number)] = at = first + number * 250
        mixer.place(Play(str(number), "clip", at), Samples(memoryview(pcm).cast("B").cast("h")))
    every.wait(20)
    device.close()
    late = sorted(abs(start - plan[item]) for item, start in begun)
    worst = late[-1] if len(late) == 40 else float("inf")
    shown = f"median {statistics.median(late):.2f}, most {worst:.2f} ms ({len(late)} starts)"
    return Figure("late_ms of a scheduled start, null device", shown, "20 ms", "", "<= 20 ms", worst <= 20)


def _unrolling() -> Figure:
    """A year of 40 daily programmes beside bare zoneinfo arithmetic of the same times."""
    zone = ZoneInfo("Europe/Berlin")
    times = [clock_time(5 + n // 4, 15 * (n % 4)) for n in range(40)]
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    rules = [
        calendar.rule_of(
            Schedule(kind="daily", tz=zone.key, times=[f"{at:%H:%M}"], weekdays=[], since=date(2026, 1, 1), until=None)
        )
        for at in times
    ]

    def bare() -> int:
        count = 0
        for at in times:
            day = date(2026, 1, 1)
            for _ in range(365):
                datetime.combine(day, at, zone).astimezone(UTC)
                day += timedelta(days=1)
                count += 1
        return count

    counts = [sum(1 for _ in calendar.occurrences(rule, start, end)) for rule in rules]
    ours = statistics.median(_ms(lambda: [list(calendar.occurrences(rule, start, end)) for rule in rules]) for _ in range(7))
    floor = statistics.median(_ms(bare) for _ in range(7))
    good = ours <= 3 * floor and sum(counts) == bare()
    return Figure(
        f"unrolling a year of 40 daily programmes ({sum(counts)})",
        f"{ours:.1f} ms",
        f"zoneinfo {floor:.1f} ms",
        f"{ours / floor:.2f} x",
        "<= 3 x",
        good,
    )


def _at_once() -> Figure:
    """4,000 programmes due in the same second: unrolled, planned, sent."""
    with tempfile.TemporaryDirectory() as folder, _bed(Path(folder)) as bed:
        now = clock.now()
        at = (now + timedelta(minutes=10)).astimezone(ZoneInfo("Asia/Shanghai"))
        with bed.db.session() as session:
            county, person = session.get_one(Area, bed.county.id), session.get_one(Person, bed.writer.id)
            made = playlist.make_playlist(session, person, county, "钟声", now)
            playlist.set_items(session, person, made, [ItemSpec("chime")], made.version, now)
            for number in range(PROGRAMMES):
                village = add_area(session, parent=county, level="village", name=f"村{number}", now=now)
                session.add(
                    Schedule(
                        playlist_id=made.id,
                        area_id=village.id,
                        made_by_id=person.id,
                        kind="once",
                        tz="Asia/Shanghai",
                        times=[f"{at:%H:%M:%S}"],
                        weekdays=[],
                        since=at.date(),
                        created_at=now,
                    )  # fmt: skip
                )
        planner, publisher = Planner(bed.db, ClipRef("0" * 64, 1, 2000, 0)), _publisher(bed)
        began = time.perf_counter()

        def unrolled() -> bool:
            with bed.db.session() as session:
                return calendar.unroll_one(session, now)

        for step in (unrolled, lambda: planner.plan_one(now), lambda: publisher.publish_one(now)):
            while step():
                pass
        seconds = time.perf_counter() - began
        with bed.db.reading() as session:
            sent = session.scalar(select(func.count()).where(Dispatch.sent_at.is_not(None))) or 0
    what = f"{PROGRAMMES} programmes due in the same second"
    return Figure(
        what, f"{sent} sent in {seconds:.1f} s", f"{PROGRAMMES}", f"{PROGRAMMES / seconds:.0f}/s", "all leave", sent == PROGRAMMES
    )


def main() -> list[Figure]:
    return [*_stages(), _starts(), _unrolling(), _at_once()]
