"""What is missing on this machine, and how to get it."""

from __future__ import annotations

import glob
import json
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from broadcast.brokers.mosquitto import find_mosquitto
from station import clock, https
from station.backup import LAST_REHEARSAL
from station.database import Database
from station.settings import Settings
from tts import wordbook
from tts.audio import ffmpeg_program
from tts.engines import EngineError
from tts.pool import Pool

DISK_MIN = 2 * 2**30
YEAR_MIN = 2024


@dataclass(frozen=True)
class Check:
    """One thing looked at: ``state`` good, note (works without) or bad (does not work), what was found, the next step."""

    what: str
    state: str
    found: str
    step: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def examine(settings: Settings) -> list[Check]:
    """Every check, the ones that fail included; nothing is changed on the machine."""
    looks: tuple[Callable[[Settings], Iterator[Check]], ...] = (
        _clock,
        _disk,
        _database,
        _backup,
        _ports,
        _https,
        _broker,
        _voice,
        _hakka,
        _ffmpeg,
        _sound,
    )
    return [check for look in looks for check in look(settings)]


def _clock(_settings: Settings) -> Iterator[Check]:
    now = clock.now()
    good = now.year >= YEAR_MIN
    yield Check(
        "clock",
        "good" if good else "bad",
        f"{now:%Y-%m-%d %H:%M:%S} UTC",
        "" if good else "set the clock: timedatectl set-ntp true",
    )


def _disk(settings: Settings) -> Iterator[Check]:
    folder = next(each for each in (settings.data_dir, *settings.data_dir.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    step = "" if free >= DISK_MIN else f"free some space below {folder}, or set data_dir"
    yield Check("disk", "good" if not step else "bad", f"{free / 2**30:.1f} GiB free for {settings.data_dir}", step)


def _backup(settings: Settings) -> Iterator[Check]:
    """When a backup was last shown to be worth something."""
    try:
        last = json.loads((settings.data_dir / LAST_REHEARSAL).read_text())
        yield Check("backup", "good", f"of {last['taken_at'][:16]}, restored for a trial at {last['at'][:16]} UTC ({last['file']})")
    except FileNotFoundError:
        yield Check("backup", "note", "none was restored for a trial yet", "xiangyin backup FILE, then xiangyin rehearse FILE")
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Check("backup", "note", f"{LAST_REHEARSAL} cannot be read: {error}", "xiangyin rehearse FILE writes it anew")


def _database(settings: Settings) -> Iterator[Check]:
    kind = settings.database_url.split(":", 1)[0]
    if kind == "sqlite" and not Path(settings.database_url.removeprefix("sqlite:///")).exists():
        yield Check("database", "good", "SQLite, made at first start")
        return
    try:
        database = Database(settings.database_url)
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        database.close()
        yield Check("database", "good", kind)
    except ModuleNotFoundError as error:
        yield Check("database", "bad", f"{kind}: {error.name} is not installed", "pip install 'xiangyin[pg]'")
    except SQLAlchemyError as error:
        yield Check(
            "database",
            "bad",
            f"{kind}: {str(error.__cause__ or error).splitlines()[0][:120]}",
            "check database_url and that the server runs",
        )


def _ports(settings: Settings) -> Iterator[Check]:
    doors = [("pages", settings.http_port, "http_port"), ("broker", settings.broker_port, "broker_port")]
    if settings.https_port:
        doors.append(("encrypted pages", settings.https_port, "https_port"))
    if settings.broker_ws_port:
        doors.append(("broker for set-top boxes", settings.broker_ws_port, "broker_ws_port"))
    for what, port, name in doors:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            taken = probe.connect_ex(("127.0.0.1", port)) == 0
        yield Check(
            f"port {port} ({what})",
            "note" if taken else "good",
            "in use (by a station that runs?)" if taken else "free",
            f"set {name} if it is another program" if taken else "",
        )


def _https(settings: Settings) -> Iterator[Check]:
    """Whether the certificate of the encrypted pages is good, and for how long."""
    files = https.files_of(settings)
    if files is None:
        yield Check("HTTPS", "note", "switched off: browsers give the pages no microphone", "set https_port, such as 8443")
        return
    if not settings.https_certificate and not files[0].exists():
        yield Check("HTTPS", "good", "the certificate is made at first start")
        return
    try:
        https.context_of(*files)
        own = https.show(https.read_first(files[0].read_bytes()))
    except (https.BadCertificate, OSError) as error:
        yield Check("HTTPS", "bad", str(error), "xiangyin https renew, or bring a good one")
        return
    fits = own.since <= clock.now() < own.until
    yield Check("HTTPS", "good" if fits else "bad", f"from {own.since:%Y-%m-%d} until {own.until:%Y-%m-%d}", "" if fits else "set the clock; then xiangyin https renew, or bring a newer one")


def _broker(settings: Settings) -> Iterator[Check]:
    found = find_mosquitto()
    if found or settings.broker not in ("auto", "mosquitto"):
        yield Check("broker", "good", found or settings.broker.split("@")[-1])
    else:
        state = "bad" if settings.broker == "mosquitto" else "note"
        yield Check(
            "broker", state, "mosquitto is not installed; the built-in one serves up to 500 terminals", "apt-get install mosquitto"
        )


def _voice(_settings: Settings) -> Iterator[Check]:
    pool = Pool(1)
    try:
        pool.warm(("cmn",))
        yield Check("voices", "good", "espeak-ng speaks")
    except EngineError as error:
        yield Check("voices", "bad", str(error), "set up again: remove .venv and run python3 run.py")
    finally:
        pool.close()


def _hakka(_settings: Settings) -> Iterator[Check]:
    if wordbook.present():
        yield Check("Hakka words", "good", wordbook.choice()[1] or f"{wordbook.PACKAGE}, {wordbook.choice()[0]}")
    elif wordbook.served():
        yield Check("Hakka words", "good", "no list of words; the engine that the setting engines names for Hakka reads it from text")
    else:
        yield Check(
            "Hakka words", "note", "no list of words: Hakka is heard only where a person recorded it", "python3 run.py add hakka, or set hakka_lexicon"
        )


def _ffmpeg(_settings: Settings) -> Iterator[Check]:
    try:
        yield Check("ffmpeg", "good", Path(ffmpeg_program()).name)
    except (RuntimeError, OSError) as error:
        yield Check("ffmpeg", "bad", str(error), "set up again: remove .venv and run python3 run.py")


def _sound(_settings: Settings) -> Iterator[Check]:
    cards = glob.glob("/dev/snd/pcm*p")
    step = "" if cards else "only for a terminal on this machine: connect a sound card; without one it plays into a WAV"
    yield Check("sound card", "good" if cards else "note", f"{len(cards)} output(s)" if cards else "none", step)
