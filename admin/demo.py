"""The main job, shown once from end to end: an article becomes a sound in two villages, and the receipts come back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy import select

from admin.demo_stage import (
    PATIENCE_S,
    DemoFailed,
    People,
    Speaker,
    a_station,
    end_all,
    fresh_folder,
    pair_one,
    settle,
    speakers_of,
    until,
)
from articles import collect, review
from articles.models import Article
from broadcast.coverage import Coverage, coverage
from broadcast.models import Dispatch
from devices.keys import StationKeys
from playlists import calendar, playlist
from playlists.models import Occurrence
from playlists.playlist import ItemSpec
from station import clock
from station.access import make_link
from station.database import Database
from station.files import Files
from station.models import Area, Person
from tts import audio, tunes
from tts.dialects import DIALECTS, pick_text
from tts.level import RATE
from tts.models import Clip, Rendition
from tts.want import want_renditions

SPOKEN = ("cmn", "yue", "en")
# Long enough for a manifest and two files to arrive on loopback, short enough to watch; a machine that took long over everything before takes as long over this.
LEAD_S, LEAD_SHARE = 8.0, 0.5


@dataclass
class Options:
    """What the person asked for on the command line."""

    articles: tuple[Path, ...] = ()
    langs: tuple[str, ...] = ()
    once: bool = False
    as_json: bool = False
    broker: str = "auto"
    data: Path = Path("data/demo")
    wait_s: float = 180.0


def _collect(db: Database, people: People, options: Options) -> list[int]:
    """The articles, collected by the operator and approved by the reviewer; versions in several languages are one article."""
    given = _given(options)
    with db.session() as session:
        operator, reviewer = session.get_one(Person, people.operator.id), session.get_one(Person, people.reviewer.id)
        county = session.get_one(Area, people.county.id)
        found = [
            (name, collect.collect_file(session, operator, county, kind="notice", name=name, data=data, lang=lang, now=clock.now()))
            for name, data, lang in given
        ]
        made: list[Article] = []
        for versions in _versions(found):
            made.append(versions[0])
            for other in versions[1:]:
                text = other.texts[0]
                title, body, written = text.title, text.body, text.lang
                review.withdraw(session, other, operator, clock.now())
                collect.add_text(session, operator, versions[0], lang=written, title=title, body=body, now=clock.now())
        for article in made:
            review.submit(session, article, operator, clock.now())
            review.approve(session, article, reviewer, clock.now())
            can = {code for code in SPOKEN if pick_text(code, [text.lang for text in article.texts])}
            want_renditions(session, article, can, clock.now())
        return [article.id for article in made]


def _versions(found: Sequence[tuple[str, Article]]) -> list[list[Article]]:
    """Which files say the same in another language: all of them when each has its own, else those called alike (notice.zh.txt, notice.en.md)."""
    langs = [article.texts[0].lang for _, article in found]
    if len(set(langs)) == len(langs):
        return [[article for _, article in found]]
    groups: dict[str, list[Article]] = {}
    for name, article in found:
        alike = groups.setdefault(name.partition(".")[0], [])
        if article.texts[0].lang in {each.texts[0].lang for each in alike}:
            groups[f"{name} {len(groups)}"] = [article]
        else:
            alike.append(article)
    return list(groups.values())


def _given(options: Options) -> list[tuple[str, bytes, str | None]]:
    """Name, bytes and language of each article: the person's, or the project's own in Chinese and English."""
    if options.langs and len(options.langs) != len(options.articles):
        raise DemoFailed(f"{len(options.langs)} --lang for {len(options.articles)} --article: give one for each, or none")
    if options.articles:
        langs: Sequence[str | None] = options.langs or [None] * len(options.articles)
        return [(path.name, path.read_bytes(), lang) for path, lang in zip(options.articles, langs, strict=True)]
    own = resources.files("admin") / "demo_articles"
    return [(f"notice.{lang}.txt", (own / f"notice.{lang}.txt").read_bytes(), lang) for lang in ("zh-Hans", "en")]


def _speak(db: Database, articles: list[int], say: Console) -> None:
    """Wait until every rendition is there, and show how far each is."""

    def rows() -> list[Rendition]:
        with db.reading() as session:
            return list(session.scalars(select(Rendition).where(Rendition.article_id.in_(articles)).order_by(Rendition.id)))

    with Progress(
        TextColumn("  {task.description:<14}"), BarColumn(), TextColumn("{task.fields[state]}"), console=say, transient=True
    ) as bars:
        tasks: dict[int, Any] = {}

        def ended() -> bool:
            found = rows()
            for row in found:
                if row.id not in tasks:
                    tasks[row.id] = bars.add_task(DIALECTS[row.dialect].own_name, total=1.0, state="")
                bars.update(tasks[row.id], completed=row.progress, state=row.state)
            return bool(found) and all(row.state in ("ready", "failed", "no_voice") for row in found)

        until("the voices", ended, 2 * PATIENCE_S)
    for row in rows():
        name = DIALECTS[row.dialect]
        if row.state == "ready":
            say.print(f"[green]✓[/] spoken in {name.english} {name.own_name}: {row.ms / 1000:.1f} s, {row.lufs:.1f} LUFS")
        else:
            say.print(f"[red]✗[/] {name.english} {name.own_name}: {row.error}")
    silent = [each for each in DIALECTS.values() if not each.speaks]
    for each in silent:
        say.print(f"  {each.no_voice_reason}")


def _schedule(db: Database, files: Files, people: People, articles: list[int], took_s: float) -> int:
    """Chime, articles, music, once in a few seconds, in the whole county; returns the schedule's id. ``took_s``: all that came before."""
    piece = tunes.library_piece()
    mp3 = audio.to_mp3(piece)
    with db.session() as session:
        now = clock.now()
        operator, county = session.get_one(Person, people.operator.id), session.get_one(Area, people.county.id)
        music = Clip(
            area_id=county.id, added_by_id=operator.id, kind="music", title="乡音小曲", audio_sha256=files.put(mp3), audio_bytes=len(mp3),
            ms=round(len(piece) * 1000 / RATE), skip=audio.LEAD_SAMPLES_MP3, created_at=now,
        )  # fmt: skip
        session.add(music)
        session.flush()
        programme = playlist.make_playlist(session, operator, county, "今日通知", now)
        items = [
            ItemSpec("chime"),
            *(ItemSpec("article", article_id=each) for each in articles),
            ItemSpec("clip", clip_id=music.id),
        ]
        playlist.set_items(session, operator, programme, items, programme.version, now)
        at = (now + timedelta(seconds=max(LEAD_S, LEAD_SHARE * took_s) + 1)).astimezone(ZoneInfo("Asia/Shanghai"))
        made = calendar.make_schedule(
            session, operator, programme, county, kind="once", times=[f"{at:%H:%M:%S}"], since=at.date(), now=now, window_s=60
        )
        return made.id


def _follow(db: Database, schedule_id: int, wait_s: float, say: Console) -> Coverage:
    """Wait until everybody has heard it, or it is over."""

    def occurrence() -> Occurrence | None:
        with db.reading() as session:
            return session.scalar(select(Occurrence).where(Occurrence.schedule_id == schedule_id))

    due: Occurrence = until("the occurrence", occurrence, PATIENCE_S)
    say.print(f"  on air at {due.starts_at.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M:%S} (Asia/Shanghai) ...")

    def now_heard() -> Coverage:
        with db.reading() as session:
            return coverage(session, session.get_one(Occurrence, due.id), clock.now())

    def ends_at() -> datetime:
        with db.reading() as session:
            return max(
                (each.ends_at for each in session.scalars(select(Dispatch).where(Dispatch.occurrence_id == due.id))),
                default=due.starts_at,
            )

    limit = clock.monotonic_s() + wait_s
    with Progress(
        TextColumn("  {task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f} items heard"),
        console=say,
        transient=True,
    ) as bar:
        task = bar.add_task("playing", total=1)
        while True:
            found = now_heard()
            bar.update(
                task,
                total=max(1, sum(each.items for each in found.hearers)),
                completed=sum(each.finished for each in found.hearers),
            )
            settled = all(each.state in ("heard", "partly", "not_heard") for each in found.hearers)
            if (settled and found.hearers) or clock.now() > ends_at() + timedelta(seconds=10) or clock.monotonic_s() > limit:
                return found
            time.sleep(0.1)


def _report(found: Coverage, speakers: list[Speaker], say: Console) -> list[dict[str, Any]]:
    """The table of who heard it; the same as plain values."""
    table = Table(title="Who heard it", box=None, padding=(0, 1))
    for heading in ("area", "terminal", "dialect", "planned", "first sound", "finished", "receipt", "WAV"):
        table.add_column(heading, no_wrap=True)
    rows = []
    zone = ZoneInfo("Asia/Shanghai")
    for each in found.hearers:
        speaker = next(one for one in speakers if one.did == each.terminal.did)
        late = f"{each.late_ms:+.1f} ms" if each.late_ms is not None else "-"
        heard = each.state == "heard"
        table.add_row(
            each.terminal.area.name, each.terminal.name, speaker.dialect, f"{found.occurrence.starts_at.astimezone(zone):%H:%M:%S}", late,
            f"{each.finished}/{each.items}", f"[green]{each.state}[/]" if heard else f"[red]{each.state}[/] {each.why}", str(speaker.wav),
        )  # fmt: skip
        late_ms = round(each.late_ms, 2) if each.late_ms is not None else None
        rows.append(
            {
                "area": each.terminal.area.name,
                "dialect": speaker.dialect,
                "late_ms": late_ms,
                "result": each.state,
                "wav": str(speaker.wav),
            }
        )
    say.print(table)
    return rows


def _short(path: Path) -> str:
    """As short as it can be opened from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def run_demo(options: Options) -> int:
    """The whole job; 0 when every terminal that should have heard it did."""
    say = Console(stderr=options.as_json)
    if not say.is_terminal:
        say = Console(stderr=options.as_json, width=140)  # into a file: no terminal says how wide
    began = clock.monotonic_s()
    _given(options)  # a wrong file name or language is said before anything starts
    folder = fresh_folder(options.data)
    with a_station(folder, options.broker, say) as url:
        data = folder / "station"
        db, files = Database(f"sqlite:///{data / 'xiangyin.db'}"), Files(data / "files")
        keys = StationKeys.load_or_make(data / "keys")
        people = settle(db, clock.now())
        say.print("[green]✓[/] 青山省 > 临水市 > 云岭县 > 石桥镇 > 上坪村, 下涌村; operator, reviewer and admin")
        speakers = speakers_of(folder, url)
        try:
            articles = _collect(db, people, options)
            say.print(f"[green]✓[/] {len(articles)} article(s) collected, reviewed and approved")
            for speaker in speakers:
                pair_one(db, people, speaker, keys, url, say)
            _speak(db, articles, say)
            schedule = _schedule(db, files, people, articles, clock.monotonic_s() - began)
            found = _follow(db, schedule, options.wait_s + _length_s(db, articles), say)
            rows = _report(found, speakers, say)
            good = found.expected == len(speakers) and found.heard == found.expected
            if options.once:
                end_all(speakers)
            if options.as_json:
                seconds = round(clock.monotonic_s() - began, 2)
                print(
                    json.dumps(
                        {"expected": found.expected, "heard": found.heard, "terminals": rows, "seconds": seconds},
                        ensure_ascii=False,
                    ),
                    flush=True,
                )
            if not options.once:
                _serve_on(db, people, url, say)
            return 0 if good else 1
        finally:
            end_all(speakers)
            db.close()


def _length_s(db: Database, articles: list[int]) -> float:
    with db.reading() as session:
        return sum(session.scalars(select(Rendition.ms).where(Rendition.article_id.in_(articles)))) / 1000


def _serve_on(db: Database, people: People, url: str, say: Console) -> None:
    """The pages stay open until Ctrl-C."""
    with db.session() as session:
        token = make_link(session, session.get_one(Person, people.admin.id), clock.now())
    say.print(f"\nThe admin page: {url}\nSign in once within 15 minutes: {url}/link/{token}\nCtrl-C ends the demo.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        say.print("ended")
