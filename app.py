"""The front door: wires the rooms together, runs the pipeline, serves the pages. Imported by nothing."""

from __future__ import annotations

import logging
import secrets
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from admin.alert_commands import speakers
from admin.commands import cli
from admin.desk import WebSettings
from admin.web import create_web
from articles import feeds
from articles.alerts.poll import poll_one
from articles.desk import expire_one
from broadcast import live_talks, notices
from broadcast.airing import air_one
from broadcast.alarm import URGENT, Alarm
from broadcast.blocks import Blocks
from broadcast.brokers import BrokerError, RunningBroker, hash_password, start_broker
from broadcast.counting import Census
from broadcast.credentials import CredentialBook
from broadcast.door import Door
from broadcast.dressing import ClipRef
from broadcast.exchange import tell_one
from broadcast.exchange_line import ExchangeLine, the_seal
from broadcast.fill import FillPlanner
from broadcast.hooks import Teller, post_to
from broadcast.inbox import Inbox
from broadcast.ledger import Ledger
from broadcast.logs import Logs, log_files
from broadcast.mqtt import PahoBroker
from broadcast.phrases import PhrasePlanner
from broadcast.plan import Planner
from broadcast.publish import Publisher
from broadcast.sounding import sirens
from broadcast.studio import Studio
from broadcast.tidying import tidy
from broadcast.vitals import Pulse
from devices import presence
from devices.boxes import boxes_below
from devices.keys import StationKeys
from playlists.calendar import unroll_one
from station import clock, https
from station.audit import seal_one
from station.bell import Bell
from station.database import Database
from station.files import Files
from station.loop import Loop, Step, Watch
from station.migrations import upgrade
from station.models import Person
from station.processes import Child
from station.settings import Settings, SettingsError
from station.shelf import Keeper, Shelf
from station.vault import Vault
from tts.audio import LEAD_SAMPLES_MP3, to_mp3
from tts.claim import release
from tts.editions import join_one
from tts.engines import EngineError
from tts.engines.options import EngineOptions
from tts.level import RATE
from tts.models import Edition, Speech, TvRendition, Variant
from tts.pool import Pool
from tts.preview import forget_one, preview_one
from tts.render import release_claims, render_one
from tts.respeak import respeak_one
from tts.television import render_tv_one, want_tv_one
from tts.tunes import chime
from tts.urgent import speak_one
from tts.variants import make_variant_one
from tts.want import want_one
from wire.topics import Topics

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("xiangyin")
VERSION = "0.1.0"
# While nothing is written into the database, the pipeline looks this often (seconds) for what comes with time alone.
QUIET_S = 5.0
# What cannot wait is seen when it is written; this is for what comes with time alone (a warning that begins later) and for a line that came back.
URGENT_QUIET_S = 1.0
# Pages that follow the station live hold a thread each: more threads than open pages.
WEB_THREADS = 64


@dataclass(frozen=True)
class House:
    """What every part of the station stands on."""

    settings: Settings
    db: Database
    files: Files
    keys: StationKeys


def open_house(settings: Settings) -> House:
    """The data folder, the database at today's schema, the files and the keys."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database_url)
    upgrade(db.engine)
    keys = StationKeys.load_or_make(settings.data_dir / "keys", settings.mqtt_domain)
    return House(settings, db, Files(settings.data_dir / "files"), keys)


def setup_key(settings: Settings) -> str:
    """What opens the first-run wizard: made once, kept for the owner of the data folder."""
    path = settings.data_dir / "setup-key"
    if not path.exists():
        path.touch(0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text().strip()


def create_app(settings: Settings | None = None) -> Flask:
    """The pages and doors, for any WSGI server."""
    house = open_house(settings or Settings.load())
    given = house.settings
    host, port, tls = given.told_broker
    ws_url, ws_port = given.told_ws
    web = WebSettings(
        secret_key=given.with_secret(), domain=given.mqtt_domain, mqtt_host=host, mqtt_port=port, mqtt_tls=tls, ws_url=ws_url, ws_port=ws_port,
        base=(given.public_url,), setup_token=setup_key(given), max_upload=given.upload_max_mb * 2**20, secure_cookies=given.secure_cookies,
        rate_limits=given.rate_limits, version=VERSION, engines=EngineOptions.of(given), speech_seconds=given.speech_timeout_s,
        two_persons=given.emergency_two_persons, data_dir=given.data_dir, private_peers=given.private_peers,
        second_step_roles=tuple(given.second_step_roles.split()), https_port=given.https_port, shelf=Shelf(given.shelf, given.data_dir), webhook_networks=given.webhook_networks, certificate=files[0] if (files := https.files_of(given)) else None, http_port=given.http_port,
        own_certificate=bool(given.https_certificate), loopback_only=given.http_host in ("127.0.0.1", "localhost", "::1"),
    )  # fmt: skip
    return create_web(web, house.db, house.files, house.keys, hash_password)


def secured(settings: Settings) -> bool:
    """Whether the pages can be served over HTTPS too. What stands in the way is said, and never keeps the station from starting."""
    try:
        https.renew(settings, clock.now())
        files = https.files_of(settings)
        if files is None:
            return False
        https.context_of(*files)
    except (https.BadCertificate, OSError) as error:
        log.error("no HTTPS: %s", error)
        return False
    if not https.free(settings.http_host, settings.https_port):
        log.error("no HTTPS: port %d is taken by another program; set https_port to a free one", settings.https_port)
        return False
    return True


def web_command(settings: Settings) -> list[str]:
    """The page server: one process, over http and (where it can be) over HTTPS."""
    doors = [settings.http_port, *([settings.https_port] if secured(settings) else [])]
    binds = [word for port in doors for word in ("--bind", f"{settings.http_host}:{port}")]
    return [
        sys.executable, "-m", "gunicorn", "--worker-class", "admin.serving.TwoDoors", "--threads", str(WEB_THREADS), *binds, "--timeout", "120",
        "--graceful-timeout", "2", "--log-level", "warning", "app:create_app()",
    ]  # fmt: skip


def chime_of(files: Files) -> ClipRef:
    """The station's own chime, stored like every other clip."""
    mp3 = to_mp3(chime())
    return ClipRef(files.put(mp3), len(mp3), round(len(chime()) * 1000 / RATE), LEAD_SAMPLES_MP3)


class Station:
    """The pipeline with its children: broker, speech workers, page server."""

    def __init__(self, house: House) -> None:
        self.house = house
        settings = house.settings
        self.stop = threading.Event()
        self.topics = Topics(settings.mqtt_domain)
        self.broker: RunningBroker = start_broker(
            settings.broker,
            host=settings.broker_host,
            port=settings.broker_port,
            folder=settings.data_dir / "broker",
            domain=settings.mqtt_domain,
            reload=settings.broker_reload,
            ws_port=settings.broker_ws_port,
        )
        self.line = PahoBroker(
            self.broker.host, self.broker.port, self.broker.username, self.broker.password, f"station-{secrets.token_hex(4)}", self.topics,
            self._heard, self._reconnected, self.broker.tls, version=VERSION,
        )  # fmt: skip
        self.inbox = Inbox(house.db, self.line, self.topics, house.keys, settings.pairing_minutes, logs=Logs(log_files(house.files)))
        horizon = timedelta(days=settings.plan_horizon_days)
        self.publisher = Publisher(
            house.db, self.line, house.keys, self.topics, house.files, (settings.public_url, "mqtt:"), settings.heartbeat_s, horizon, elsewhere=URGENT
        )
        ours = sirens(house.files)
        self.alarm = Alarm(house.db, self.line, house.keys, self.topics, (settings.public_url, "mqtt:"), ours)
        self.phrases = PhrasePlanner(house.db, ours)
        self.blocks = Blocks(house.files, self.line, self.topics)
        self.planner = Planner(house.db, chime_of(house.files), horizon)
        self.exchange = ExchangeLine(house.db, self._post, settings.public_url, the_seal())
        self.fills = FillPlanner(house.db, self.planner.chime)
        self.book = CredentialBook(house.db, self.broker)
        self.pool = Pool(settings.speech_workers, sentence_seconds=settings.speech_timeout_s, options=EngineOptions.of(settings))
        # no article, however long, may keep what an emergency says waiting
        self.urgent = Pool(1, sentence_seconds=settings.speech_timeout_s, options=EngineOptions.of(settings))
        self.web = Child("pages", web_command(settings))
        self._fresh_line = threading.Event()
        self.watch = Watch(house.db.mark)
        self._listening_since: datetime | None = None

    def _heard(self, topic: str, payload: bytes, retained: bool) -> None:
        if self.blocks.heard(topic, payload):
            self.blocks_loop.wake()
            return
        self.inbox.heard(topic, payload, retained)
        self.inbox_loop.wake()

    def _reconnected(self) -> None:
        """The broker may have been wiped: everything retained is sent again by the line's own loop."""
        self._listening_since = clock.now()
        self._fresh_line.set()
        for loop in (self.line_loop, self.alarm_loop, self.exchange_loop):
            loop.wake()

    def _publish(self, now: datetime) -> bool:
        if self._fresh_line.is_set():
            self._fresh_line.clear()
            with self.house.db.session() as session:
                self.publisher.republish(session)
                self.alarm.republish(session, now)
        return self.publisher.publish_one(now)

    def _speak_urgent(self, now: datetime) -> bool:
        spoken = speak_one(self.house.db, now, self.urgent, self.house.files)
        if spoken:
            self.alarm_loop.wake()
        return spoken

    def _poll(self, now: datetime) -> bool:
        read = poll_one(self.house.db, self.house.files, speakers(), now)
        if read:
            self._rung()
        return read

    def _post(self, url: str, name: str, data: bytes, seconds: float) -> bytes:
        return feeds.post(url, name, data, seconds, self.house.settings.private_peers)

    def _tell(self, now: datetime) -> bool:
        return tell_one(self.house.db, now, self.house.settings.public_url)

    def _rung(self) -> None:
        """Somebody has written down what cannot wait."""
        for loop in (self.alarm_loop, self.urgent_loop, self.exchange_loop):
            loop.wake()

    def _unroll(self, now: datetime) -> bool:
        with self.house.db.session() as session:
            return unroll_one(session, now, self.house.settings.plan_horizon_days)

    def _renew(self, now: datetime) -> bool:
        if why := https.renew(self.house.settings, now):
            log.warning("a new certificate for HTTPS: %s", why)
        return False

    def _sweep(self, now: datetime) -> bool:
        settings, since = self.house.settings, self._listening_since
        if since is not None and self.line.connected:
            with self.house.db.session() as session:
                presence.sweep_one(session, now, settings.silent_after_s, settings.lost_after_s, since)
        return False

    def _studio(self) -> Studio:
        with self.house.db.session() as session:
            live_talks.give_up(session, clock.now())  # of a station that was killed
        return Studio(self.house.db, self.line, self.house.keys, self.topics, files=self.house.files)

    def _loops(self) -> list[Loop]:
        house, watch = self.house, self.watch
        self.line_loop = Loop(
            [
                Step("credentials", 0.1, self.book.sync, QUIET_S), Step("unroll", 0.25, self._unroll, QUIET_S),
                Step("notices", 0.25, lambda now: notices.air_one(house.db, now, self.planner.chime), URGENT_QUIET_S),
                Step("plan", 0.25, self.planner.plan_one, QUIET_S), Step("fill", 1, self.fills.fill_one, QUIET_S),
                Step("phrases", 2, self.phrases.place_one, QUIET_S),
                Step("publish", 0.1, self._publish, QUIET_S), Step("presence", 5, self._sweep),
            ],
            watch=watch,
        )  # fmt: skip
        self.alarm_loop = Loop(
            [Step("airing", 0.1, lambda now: air_one(house.db, now), URGENT_QUIET_S), Step("alarm", 0.1, self.alarm.sound_one, URGENT_QUIET_S)], watch=watch,
        )  # fmt: skip
        self.keeper = Keeper(
            Shelf(house.settings.shelf, house.settings.data_dir), clock.now(), timedelta(hours=house.settings.backup_every_h),
            timedelta(days=house.settings.backup_trial_days), house.settings.backup_keep,
        )  # fmt: skip
        self.exchange_loop = Loop(
            [Step("exchange", 0.1, self.exchange.send_one, URGENT_QUIET_S), Step("tell", 0.25, self._tell, QUIET_S)], watch=watch,
        )  # fmt: skip
        self.urgent_loop = Loop([Step("urgent speech", 0.1, self._speak_urgent, URGENT_QUIET_S)], watch=watch)
        self.inbox_loop = Loop([Step("inbox", 0.2, self.inbox.gather, rests=self.inbox.idle)], watch=watch)
        self.blocks_loop = Loop([Step("blocks", 0.05, self.blocks.send_one, rests=self.blocks.idle)], watch=watch)
        voices = [
            Loop(
                [
                    Step("want", 0.3, lambda now: want_one(house.db, now), QUIET_S),
                    Step("render", 0.3, lambda now: render_one(house.db, now, self.pool, house.files), QUIET_S),
                ],
                watch=watch,
            )
            for _ in range(house.settings.speech_workers)
        ]
        # a loop of its own: whoever listens at a page does not wait for a long article to be spoken
        trials = Loop(
            [
                Step("preview", 0.15, lambda now: preview_one(house.db, now, self.pool, house.files), QUIET_S),
                Step("join", 0.3, lambda now: join_one(house.db, now, self.pool, house.files), QUIET_S),
                Step("formats", 0.5, lambda now: make_variant_one(house.db, now, house.files), QUIET_S),
                Step("respeak", 0.5, lambda now: respeak_one(house.db, now), QUIET_S),
                Step("forget", 3600, lambda now: forget_one(house.db, now)),
            ],
            watch=watch,
        )
        films = Loop(
            [
                Step("want film", 1, lambda now: want_tv_one(house.db, now, boxes_below), QUIET_S),
                Step("film", 1, lambda now: render_tv_one(house.db, now, house.files), QUIET_S),
            ],
            watch=watch,
        )
        counts = [Step("census", 5, Census(house.db).count_one), Step("ledger", 10, Ledger(house.db).enter_one)]
        teller = Teller(house.db, Vault(house.settings.with_secret()), post_to(house.settings.webhook_networks))
        # a loop of its own: an address may take ten seconds to answer
        hooks = Loop([Step("webhooks", 1, teller.collect, QUIET_S), Step("tell webhooks", 1, teller.tell_one, QUIET_S)], watch=watch)
        counts.append(Step("vitals", 10, Pulse(house.db, house.settings.data_dir, lambda: self.line.connected, self._failing).look))
        census = Loop(counts, watch=watch)  # counting a province takes a while: nobody waits for it
        over = Loop([Step("expire", 2, lambda now: expire_one(house.db, now))], watch=watch)  # a feed may be read for half a minute
        rare = Loop([Step("feeds", 5, lambda now: feeds.read_one(house.db, now)), Step("tidy", 21_600, lambda now: tidy(house.db, now, house.files)), Step("seal", 300, lambda now: seal_one(house.db, now)), Step("https", 600, self._renew), Step("backups", 1, self.keeper.tend)], watch=watch)
        self.loops = [
            self.alarm_loop, self.urgent_loop, self.line_loop, self.inbox_loop, self.blocks_loop, trials, films, rare, over, Loop([Step("alerts", 2, self._poll)], watch=watch),
            self.exchange_loop, Loop([Step("beat", 5, self.exchange.beat_one)], watch=watch), census, hooks, *voices,
        ]  # fmt: skip
        return self.loops

    def _failing(self) -> list[str]:
        return sorted({name for loop in self.loops for name in loop.failing})

    def run(self) -> None:
        """Until told to stop. Children that fall are started again."""
        for kind in (TvRendition, Variant, Edition, Speech):
            release(self.house.db, kind)
        release_claims(self.house.db)  # what a killed station was speaking is spoken again at once
        threads = [threading.Thread(target=loop.run, args=(self.stop,), name=f"loop-{n}") for n, loop in enumerate(self._loops())]
        try:
            self.book.sync(clock.now())
        except BrokerError as error:  # the loop tries again
            log.error("%s", error)
        self.line.start()
        bell = Bell(self.house.settings.data_dir, self._rung)
        door = Door(self.house.settings.data_dir, self._studio())
        for thread in threads:
            thread.start()
        threading.Thread(target=self.watch.run, args=(self.stop,), name="watch", daemon=True).start()
        threading.Thread(target=self._warm, name="warm", daemon=True).start()
        try:
            while not self.stop.is_set():
                self.web.ensure(clock.monotonic_s())
                self._mind_broker()
                self.stop.wait(0.5)
        finally:
            self.stop.set()
            bell.close()
            door.close()
            for thread in threads:
                thread.join(15)
            self.line.stop()
            self.keeper.close()
            self.web.stop()
            self.pool.close()
            self.urgent.close()
            self.broker.stop()
            self.house.db.close()

    def _mind_broker(self) -> None:
        try:
            if self.broker.ensure_running():
                log.warning("the broker had fallen and runs again")
                self.book.forget()
                self.line_loop.wake()
        except BrokerError as error:
            log.error("%s", error)

    def _warm(self) -> None:
        """Load the voices before the first article comes."""
        try:
            self.urgent.warm()
            self.pool.warm()
        except EngineError as error:
            log.error("the voices do not start: %s", error)


@cli.command()
def serve() -> None:
    """Start the station: broker, pipeline, speech workers and pages, until Ctrl-C."""
    settings = _settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    house = open_house(settings)
    try:
        station = Station(house)
    except BrokerError as error:
        raise click.ClickException(str(error)) from error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: station.stop.set())
    _greet(house, station.broker.kind)
    station.run()


def _greet(house: House, broker: str) -> None:
    settings = house.settings
    with house.db.reading() as session:
        people = session.scalar(select(func.count()).select_from(Person)) or 0
    click.echo(
        f"Xiangyin {VERSION}: pages on {settings.public_url}, {broker} on {settings.broker_host}:{settings.broker_port}, data in {settings.data_dir}"
    )
    if shown := https.shown(settings):
        click.echo(f"Encrypted pages on port {settings.https_port}; how telephones come to trust them: {settings.public_url}/https, fingerprint {shown.fingerprint}")
    if not people:
        click.echo(f"First run: open {settings.public_url}/setup?key={setup_key(settings)}")
    click.echo("Ctrl-C stops it.")


def _settings() -> Settings:
    try:
        return Settings.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def main(argv: Sequence[str] | None = None) -> int:
    """The ``xiangyin`` command."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["terminal"]:  # the agent has its own words
        from terminal.__main__ import main as terminal_main

        return terminal_main(words[1:])
    try:
        cli.main(words, prog_name="xiangyin", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except SQLAlchemyError as error:
        click.echo(f"the database cannot be used: {error}", err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
