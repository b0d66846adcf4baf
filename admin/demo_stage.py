"""Where the demo is played: a station and two loudspeakers as processes of their own, a county with its people."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import select

from broadcast.brokers import hash_password
from devices.enrol import pair
from devices.keys import StationKeys
from devices.models import Pairing
from station import clock
from station.areas import add_area
from station.database import Database
from station.models import Area, Person
from station.people import add_person, grant
from station.processes import die_with_parent
from tts.dialects import DIALECTS

VILLAGES = (("上坪村", "cmn"), ("下涌村", "yue"))

# How long one thing may take before the demo gives up; a busy or small machine is slow, not broken.
PATIENCE_S = 120.0

MARK = ".xiangyin-demo"


class DemoFailed(RuntimeError):
    """The demo could not go on; the text says at which point and what to look at."""


@dataclass
class Speaker:
    """One demo loudspeaker: its process, what it said so far, where it hangs."""

    village: str
    dialect: str
    wav: Path
    process: subprocess.Popen[str]
    events: list[dict[str, Any]] = field(default_factory=list)
    did: str = ""

    def listen(self) -> None:
        """Collect the events it prints, one JSON object a line, until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                self.events.append(json.loads(line))
            except ValueError:
                continue  # a warning of a library: the terminal's own words are JSON

    def said(self, event: str) -> dict[str, Any] | None:
        return next((each for each in self.events if each.get("event") == event), None)


@dataclass
class People:
    """Who works at the demo station."""

    county: Area
    villages: dict[str, Area]
    operator: Person
    reviewer: Person
    admin: Person


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, found: Callable[[], Any], wait_s: float, every_s: float = 0.05) -> Any:
    """Whatever ``found`` returns first that is true; DemoFailed when it stays false for ``wait_s`` seconds."""
    ends = clock.monotonic_s() + wait_s
    while clock.monotonic_s() < ends:
        value = found()
        if value:
            return value
        time.sleep(every_s)
    raise DemoFailed(f"waited {wait_s:.0f} s in vain for: {what}")


def fresh_folder(folder: Path) -> Path:
    """An empty folder for this run; only a folder that an earlier demo made is cleared."""
    folder = folder.resolve()
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise DemoFailed(f"{folder} holds something else: name an empty folder with --data")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder


@contextmanager
def a_station(folder: Path, broker: str, say: Console) -> Iterator[str]:
    """A station of its own on loopback; yields its address. It ends with this block."""
    port, mqtt = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XIANGYIN_")},
        "XIANGYIN_DATA_DIR": str(folder / "station"), "XIANGYIN_HTTP_PORT": str(port), "XIANGYIN_BROKER_PORT": str(mqtt),
        "XIANGYIN_BROKER": broker, "XIANGYIN_BROKER_WS_PORT": str(free_port()), "XIANGYIN_HTTPS_PORT": "0", "XIANGYIN_PUBLIC_URL": url, "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    with (folder / "station.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve"], env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )  # fmt: skip
    try:

        def awake() -> bool:
            if process.poll() is not None:
                said = (folder / "station.log").read_text(errors="replace").strip().splitlines()
                raise DemoFailed(f"the station did not start: {said[-1] if said else 'no word'} (see {folder / 'station.log'})")
            try:
                with urllib.request.urlopen(url + "/health", timeout=2) as answer:
                    return bool(answer.status == 200)
            except (urllib.error.URLError, OSError):
                return False

        until("the station's page", awake, PATIENCE_S)
        say.print(f"[green]✓[/] station on {url}, broker on 127.0.0.1:{mqtt}")
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def settle(db: Database, now: datetime) -> People:
    """A demo county with two villages that speak different dialects, and three people."""
    with db.session() as session:
        place: Area | None = None
        for level, name in (("province", "青山省"), ("city", "临水市"), ("county", "云岭县"), ("town", "石桥镇")):
            place = add_area(session, parent=place, level=level, name=name, now=now, tz="Asia/Shanghai" if place is None else None)
            if level == "county":
                county = place
        villages = {
            name: add_area(session, parent=place, level="village", name=name, now=now, dialect=code) for name, code in VILLAGES
        }
        staff = []
        for login, name, role in (("operator", "阿兰", "operator"), ("reviewer", "沈审", "reviewer"), ("admin", "管理员", "admin")):
            person = add_person(session, login, name, now)
            grant(session, person, county, role)
            staff.append(person)
        return People(county, villages, *staff)


def speakers_of(folder: Path, url: str) -> list[Speaker]:
    """Two terminals, each a process of the real agent with a folder of its own."""
    found = []
    for name, code in VILLAGES:
        home, wav = folder / f"terminal-{code}", folder / f"{code}.wav"
        command = [
            sys.executable, "-m", "terminal", "--pair", "--station", url, "--data", str(home), "--device", "auto",
            "--wav", str(wav), "--name", f"{name}喇叭", "--json", "--die-with-parent",
        ]  # fmt: skip
        with (folder / f"terminal-{code}.log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True, preexec_fn=die_with_parent
            )
        speaker = Speaker(name, code, wav, process)
        threading.Thread(target=speaker.listen, name=f"listen-{code}", daemon=True).start()
        found.append(speaker)
    return found


def pair_one(db: Database, people: People, speaker: Speaker, keys: StationKeys, url: str, say: Console) -> None:
    """Type the code that the terminal shows, as the operator would, and wait until it has its papers."""
    shown = until(f"the code of {speaker.village}", lambda: speaker.said("code"), PATIENCE_S)

    def known() -> bool:
        with db.reading() as session:
            return session.scalar(select(Pairing.id).where(Pairing.code == shown["code"])) is not None

    until(f"the station to hear {speaker.village}", known, PATIENCE_S)
    with db.session() as session:
        area = session.get_one(Area, people.villages[speaker.village].id)
        operator = session.get_one(Person, people.operator.id)
        made = pair(
            session, person=operator, code=shown["code"], area=area, name=f"{speaker.village}喇叭", now=clock.now(), keys=keys,
            base_urls=(url,), domain=keys.domain, hash_password=hash_password,
        )  # fmt: skip
        speaker.did = made.did
    until(f"{speaker.village} to be paired", lambda: speaker.said("want"), PATIENCE_S)
    say.print(f"[green]✓[/] {speaker.village} ({DIALECTS[speaker.dialect].own_name}) paired with code {shown['code']}")


def end_all(speakers: list[Speaker]) -> None:
    """Let the terminals say goodbye; their WAVs are whole after that."""
    for speaker in speakers:
        speaker.process.terminate()
    for speaker in speakers:
        try:
            speaker.process.wait(10)
        except subprocess.TimeoutExpired:
            speaker.process.kill()
            speaker.process.wait()
