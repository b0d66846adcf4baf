"""A whole station in a process of its own: real database, broker, speech workers and pages; it can be killed and started again."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from broadcast.models import Dispatch, Receipt
from devices.models import Pairing, Terminal
from playlists.models import Occurrence
from station import clock
from station.access import make_token
from station.database import Database
from station.files import Files
from station.migrations import upgrade
from station.processes import die_with_parent
from tests.people import Village, settle

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
# Nothing here is a figure: a machine with other work to do may take its time.
PATIENCE_S = 120.0
# So many times as far ahead is ordered what was not at every terminal in good time.
AHEAD_TIMES = (1, 2, 4, 8, 16)
ZONE = ZoneInfo("Asia/Shanghai")


def until(what: str, found: Callable[[], T], patience_s: float = PATIENCE_S, told: Callable[[], Any] = str) -> T:
    """The first true value of ``found``; the test fails when there is none for so long, and says what ``told`` knows of it."""
    ends = time.monotonic() + patience_s
    while not (value := found()):
        assert time.monotonic() < ends, f"waited {patience_s:.0f} s in vain for {what}: {told()}"
        time.sleep(0.03)
    return value


def a_second(ahead_s: float) -> datetime:
    """The whole second that begins so far ahead, or a little later."""
    return (clock.now() + timedelta(seconds=ahead_s + 1)).replace(microsecond=0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    """What the pages answered."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Station:
    """One data folder and the process that serves it. The people and places of ``tests.people`` are there before it starts."""

    def __init__(self, folder: Path, broker: str = "auto", env: dict[str, str] | None = None) -> None:
        self.folder, self.data = folder, folder / "station"
        self.http, self.mqtt = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.http}"
        self.process: subprocess.Popen[bytes] | None = None
        own = {name: value for name, value in os.environ.items() if not name.startswith("XIANGYIN_")}
        self.env = {
            **own, "XIANGYIN_DATA_DIR": str(self.data), "XIANGYIN_HTTP_PORT": str(self.http),
            "XIANGYIN_BROKER_PORT": str(self.mqtt), "XIANGYIN_BROKER": broker, "XIANGYIN_SPEECH_WORKERS": "1", "XIANGYIN_BROKER_WS_PORT": "0", "XIANGYIN_HTTPS_PORT": "0", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **(env or {}),
        }  # fmt: skip
        self.data.mkdir(parents=True, exist_ok=True)
        self.db = Database(f"sqlite:///{self.data / 'xiangyin.db'}")
        upgrade(self.db.engine)
        self.files = Files(self.data / "files")
        with self.db.session() as session:
            self.village: Village = settle(session, clock.now())
            people = (self.village.operator, self.village.reviewer, self.village.admin, self.village.stranger)
            self.tokens = {each.login: make_token(session, each, "journey", clock.now()) for each in people}

    # its life

    def start(self) -> None:
        """Until its page answers."""
        self.launch()
        try:
            until("the station's page", self.awake, 2 * PATIENCE_S, lambda: self.log()[-800:])
        except BaseException:
            self.stop()  # nobody else knows of it yet
            raise

    def launch(self) -> None:
        with (self.folder / "station.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve"], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent,
            )  # fmt: skip

    def awake(self) -> bool:
        assert self.process is not None and self.process.poll() is None, f"the station ended: {self.log()[-800:]}"
        try:
            return self.ask("GET", "/health").status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """As a power cut would: SIGKILL, no farewell."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As the system would: SIGTERM, then patience."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.db.close()

    def log(self) -> str:
        path = self.folder / "station.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # what people do through its doors

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """One request; an error status is an answer like any other."""
        request = urllib.request.Request(self.url + path, body, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read())

    def say(self, login: str, method: str, path: str, said: Any = None) -> Answer:
        """One REST request of a person."""
        headers = {"Authorization": f"Bearer {self.tokens[login]}"}
        if said is None:
            return self.ask(method, path, b"" if method in ("POST", "PUT") else None, headers)
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return self.ask(method, path, body, {**headers, "Content-Type": "application/json"})

    def upload(self, login: str, path: str, fields: dict[str, Any], name: str, data: bytes) -> Answer:
        """A file with its fields, as a browser sends them."""
        edge = secrets.token_hex(12)
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + data + b"\r\n")
        headers = {"Authorization": f"Bearer {self.tokens[login]}", "Content-Type": f"multipart/form-data; boundary={edge}"}
        return self.ask("POST", path, b"".join(parts) + f"--{edge}--\r\n".encode(), headers)

    def done(self, login: str, method: str, path: str, said: Any = None) -> Any:
        """The same, and it must be taken."""
        answer = self.say(login, method, path, said)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.body[:500]!r}"
        return answer.json()

    def approved(self, title: str, body: str, lang: str = "zh-Hans", english: str = "", kind: str = "notice") -> int:
        """An article that the operator wrote and the reviewer approved; its number."""
        made = self.done("lan", "POST", "/api/articles", {"area_id": self.village.county.id, "kind": kind, "lang": lang, "title": title, "body": body})
        number = int(made["id"])
        if english:
            said = {"revision": made["revision"], "title": "Notice", "body": english}
            self.done("lan", "PUT", f"/api/articles/{number}/texts/en", said)
        self.done("lan", "POST", f"/api/articles/{number}/submit")
        self.done("shen", "POST", f"/api/articles/{number}/approve", {})
        return number

    def renditions(self, article: int) -> dict[str, dict[str, Any]]:
        found = self.done("lan", "GET", f"/api/articles/{article}/renditions")["renditions"]
        return {each["dialect"]: each for each in found}

    def spoken(self, article: int, dialects: set[str] = frozenset({"cmn", "yue"})) -> dict[str, dict[str, Any]]:  # type: ignore[assignment]
        """The renditions, when they are ready."""

        def ready() -> dict[str, dict[str, Any]] | None:
            found = self.renditions(article)
            assert not [each for each in found.values() if each["dialect"] in dialects and each["state"] == "failed"], found
            return found if dialects <= {code for code, each in found.items() if each["state"] == "ready"} else None

        return until(f"article {article} in {dialects}", ready)

    def programme(self, items: list[dict[str, Any]], title: str = "今日通知") -> int:
        made = self.done("lan", "POST", "/api/playlists", {"area_id": self.village.county.id, "title": title, "items": items})
        return int(made["id"])

    def schedule(self, programme: int, area: int, ahead_s: float, **said: Any) -> Occurrence:
        """Once, so many seconds ahead (to the next whole second): for what may as well be heard a little late."""
        return self.schedule_at(programme, area, a_second(ahead_s), **said)

    def schedule_at(self, programme: int, area: int, at: datetime, **said: Any) -> Occurrence:
        """Once, at this whole second; the occurrence, as soon as the calendar has it. ``said``: more of the rule."""
        local = at.astimezone(ZONE)
        rule = {
            "playlist_id": programme, "area_id": area, "kind": "once", "times": [f"{local:%H:%M:%S}"], "since": local.date().isoformat(),
            **said,
        }  # fmt: skip
        made = self.done("lan", "POST", "/api/schedules", rule)
        return until("the occurrence", lambda: self.occurrence_of(int(made["id"])))

    def in_time(self, order: Callable[[datetime], tuple[Occurrence, ...]], least_s: float = 5.0) -> tuple[Occurrence, ...]:
        """What ``order`` puts on the calendar from a moment on, and every terminal has stored all of it while half of the time is left.

        Where the machine has too much else to do for that it is cancelled and ordered again, further ahead.
        """
        for ahead_s in (least_s * each for each in AHEAD_TIMES):
            at = a_second(ahead_s)
            ordered = order(at)
            while (at - clock.now()).total_seconds() > ahead_s / 2:
                if all(self.stored(each) for each in ordered):
                    return ordered
                time.sleep(0.03)
            for each in ordered:
                self.done("lan", "POST", f"/api/occurrences/{each.id}/cancel")
        raise AssertionError(f"nothing is at its terminals {ahead_s / 2:.0f} s after it was ordered: {self.log()[-800:]}")

    def stored(self, occurrence: Occurrence) -> bool:
        """Whether every terminal that should hear it has said of each item that it holds it."""
        planned = [{item["id"] for item in each.items} for each in self.dispatches(occurrence).values() if each.items]
        held: dict[int, set[str]] = defaultdict(set)
        with self.db.reading() as session:
            for each in session.scalars(select(Receipt).where(Receipt.occurrence_id == occurrence.id, Receipt.result == "stored")):
                held[each.terminal_id].add(each.item)
        whole = sum(any(items <= mine for items in planned) for mine in held.values())
        return whole > 0 and whole == self.coverage(occurrence)["expected"]

    def occurrence_of(self, schedule: int) -> Occurrence | None:
        with self.db.reading() as session:
            query = select(Occurrence).where(Occurrence.schedule_id == schedule).options(selectinload(Occurrence.area))
            return session.scalar(query)

    def pair(self, code: str, area: int, name: str, dialect: str | None = None, login: str = "lan") -> dict[str, Any]:
        """Type the code that a terminal shows, as soon as the station has heard of it."""

        def known() -> bool:
            with self.db.reading() as session:
                return session.scalar(select(Pairing.id).where(Pairing.code == code)) is not None

        until("the station to hear the terminal's request", known)
        said = {"code": code, "area_id": area, "name": name, **({"dialect": dialect} if dialect else {})}
        return dict(self.done(login, "POST", "/api/terminals/pair", said))

    # what became of it

    def coverage(self, occurrence: Occurrence) -> dict[str, Any]:
        return dict(self.done("lan", "GET", f"/api/occurrences/{occurrence.id}/coverage"))

    def dispatches(self, occurrence: Occurrence) -> dict[str, Dispatch]:
        with self.db.reading() as session:
            return {each.dialect: each for each in session.scalars(select(Dispatch).where(Dispatch.occurrence_id == occurrence.id))}

    def receipts(self, did: str, occurrence: Occurrence | None = None) -> list[Receipt]:
        with self.db.reading() as session:
            query = select(Receipt).join(Terminal).where(Terminal.did == did).order_by(Receipt.item, Receipt.id)
            if occurrence is not None:
                query = query.where(Receipt.occurrence_id == occurrence.id)
            return list(session.scalars(query))
