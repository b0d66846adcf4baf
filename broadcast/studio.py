"""The studio: whoever may speak to a place sits down, speaks, and gets up; one at a time for a place. What he says goes out as it comes.

The station's process alone holds the line to the broker. Others of its programs on this machine (the command ``xiangyin talk``) bring their
sound over loopback: a line of JSON with the word that lies in the data folder (only the station's user reads it), who speaks where; the answer
"speak"; then samples until they end; then what became of it.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import logging
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from broadcast.models import OutCommand
from broadcast.mqtt import Broker, Offline
from broadcast.plan import Hearing
from broadcast.talk import FRAME_BYTES, RATE, Sender
from devices.keys import StationKeys
from station import audit, clock
from station.areas import zone
from station.clock import monotonic_s, to_ms
from station.database import Database
from station.models import Area, Person
from station.people import NotAllowed, require
from tts.level import RATE as TUNE_RATE
from tts.tunes import chime
from wire.live import FRAMES, LiveStart, LiveStop, TalkKey, new_talk_id
from wire.messages import Command
from wire.topics import Topics

log = logging.getLogger(__name__)
FILE = "studio"
LONGEST_S, LONGEST_MAX_S = 300, 3600
# The order is said again, for who comes later; whether somebody stopped it is looked at; a microphone that is silent has gone.
AGAIN_S, LOOK_S, GONE_S, GOOD_S = 4.0, 0.5, 10.0, 60
LINE_MAX = 4096


class NotOnAir(ValueError):
    """Nobody can speak there now; the text says why."""


@dataclass(frozen=True)
class Talk:
    """A talk that is on: who speaks where, the zones that hear it, and until when at most."""

    start: LiveStart
    key: TalkKey
    person_id: int
    speaker: str
    area_id: int
    place: str
    zones: tuple[str, ...]
    since: datetime


def leading() -> bytes:
    """Half a second of silence and the chime: amplifiers wake, and people look up."""
    tune = chime()
    at = np.arange(int(len(tune) * RATE / TUNE_RATE)) * (TUNE_RATE / RATE)
    return bytes(np.interp(at, np.arange(len(tune)), tune.astype(np.float64)).astype("<i2").tobytes())


class Studio:
    """The talks that are on. Every method may be called from any thread."""

    def __init__(self, db: Database, broker: Broker, keys: StationKeys, topics: Topics, now: Callable[[], datetime] = clock.now) -> None:
        self.db, self.broker, self.keys, self.topics, self._now = db, broker, keys, topics, now
        self._on: dict[int, Talk] = {}
        self._lock = threading.Lock()

    def begin(self, person_id: int, area_id: int, title: str = "", longest_s: int = LONGEST_S) -> Talk:
        """Somebody sits down. Raises NotAllowed, NotOnAir."""
        if not 1 <= longest_s <= LONGEST_MAX_S:
            raise NotOnAir(f"a talk lasts at most {LONGEST_MAX_S} seconds, not {longest_s}")
        if not self.broker.connected:
            raise NotOnAir("the line to the broker is cut: nobody would hear it")
        now, key = self._now(), TalkKey()
        with self._lock, self.db.session() as session:
            person, area = session.get(Person, person_id), session.get(Area, area_id)
            if person is None or area is None:
                raise NotOnAir("no such person, or no such place")
            require(session, person, "play", area, kind="notice", at=now)
            if (busy := self._on.get(area.id)) is not None:
                raise NotOnAir(f"{busy.speaker} is speaking in {busy.place}")
            start = LiveStart(
                new_talk_id(), key.x, to_ms(now), to_ms(now + timedelta(seconds=longest_s)), area.level, (title.strip() or person.name)[:100],
            )  # fmt: skip
            zones = tuple(zone(area, dialect) for dialect in sorted(Hearing(session, [area]).dialects(area)))
            audit.record(session, person=person, act="speak", subject="talk", subject_id=start.id, area=area, now=now, longest_s=longest_s, title=start.title)
            talk = Talk(start, key, person.id, person.name, area.id, area.name, zones, now)
            self._on[area.id] = talk
        return talk

    def end(self, talk: Talk, last: int, why: str) -> None:
        """He gets up: what was sent is heard to its end."""
        self._order(talk, f"{talk.start.id}-end", LiveStop(talk.start.id, last))
        with self._lock:
            self._on.pop(talk.area_id, None)
        with self.db.session() as session:
            person, area = session.get(Person, talk.person_id), session.get(Area, talk.area_id)
            audit.record(session, person=person, act="spoke", subject="talk", subject_id=talk.start.id, area=area, now=self._now(), frames=last, why=why)

    def speak(self, talk: Talk, sound: Iterator[bytes]) -> tuple[int, str]:
        """Sends what comes until it ends, the longest duration is over, or somebody stops it: how many frames, and why it ended."""
        sender = Sender(talk.start.id, talk.key, float(to_ms(self._now())))
        why, ordered, looked = "he has spoken", float("-inf"), monotonic_s()
        try:
            for pcm in sound:
                passed = monotonic_s()
                if passed - ordered >= AGAIN_S:
                    self._order(talk, talk.start.id, talk.start)
                    ordered = passed
                if passed - looked >= LOOK_S:
                    looked = passed
                    if self._stopped(talk):
                        why = "stopped by the operator"
                        break
                if self._now() >= talk.since + timedelta(milliseconds=talk.start.until_ms - talk.start.from_ms):
                    why = "the longest duration was reached"
                    break
                self._send(talk, sender.feed(pcm, float(to_ms(self._now()))))
            self._send(talk, sender.finish(float(to_ms(self._now()))))
        finally:
            self.end(talk, sender.sent, why)
        return sender.sent, why

    def _send(self, talk: Talk, messages: list[bytes]) -> None:
        for raw in messages:
            for zid in talk.zones:
                try:
                    self.broker.publish(self.topics.zone(zid, "live"), raw, qos=0)
                except Offline:  # the terminals go back to their schedule, and on with the talk when the line is there again
                    return

    def _order(self, talk: Talk, name: str, what: LiveStart | LiveStop) -> None:
        """To every zone, under one name however often it is said."""
        now = self._now()
        raw = Command(name, what.typ, what.as_dict(), 3).to_json()
        for zid in talk.zones:
            signed = self.keys.sign(raw, typ=Command.typ, aud=zid, seq=to_ms(now), now=now, expires=now + timedelta(seconds=GOOD_S))
            try:
                self.broker.publish(self.topics.zone(zid, "cmd"), signed)
            except Offline:
                log.warning("talk %s: the line to the broker is cut", talk.start.id)
                return

    def _stopped(self, talk: Talk) -> bool:
        """Whether somebody has stopped the place since."""
        with self.db.reading() as session:
            query = select(OutCommand.args).where(OutCommand.aud.in_(talk.zones), OutCommand.op == "stop", OutCommand.created_at >= talk.since)
            return any(not args.get("occ") or args["occ"] == talk.start.id for args in session.scalars(query))


class Door:
    """The studio's door on loopback, for the station's other programs: its port and word lie in a file of the data folder."""

    def __init__(self, folder: Path, studio: Studio) -> None:
        self._studio, self._word, self._path = studio, secrets.token_urlsafe(24), folder / FILE
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._path.unlink(missing_ok=True)
        self._path.touch(0o600)
        self._path.write_text(json.dumps({"port": self._socket.getsockname()[1], "word": self._word}))
        self._open = True
        self._thread = threading.Thread(target=self._listen, name="studio", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while self._open:
            visitor, _ = self._socket.accept()
            if self._open:
                threading.Thread(target=self._receive, args=(visitor,), name="talk", daemon=True).start()
            else:
                visitor.close()

    def _receive(self, visitor: socket.socket) -> None:
        with visitor, visitor.makefile("rwb") as stream:
            visitor.settimeout(GONE_S)
            try:
                answer = self._serve(stream)
            except (NotOnAir, NotAllowed) as error:
                answer = {"refused": str(error)}
            except (OSError, ValueError, KeyError, TypeError) as error:
                answer = {"refused": f"not understood: {error}"}
            except Exception:  # the border to another program: one bad talk closes no studio
                log.exception("a talk failed")
                answer = {"refused": "the station failed: its log says why"}
            try:
                _say(stream, answer)
            except OSError:
                log.info("a speaker left without waiting for the end")

    def _serve(self, stream: Any) -> dict[str, Any]:
        asked = json.loads(stream.readline(LINE_MAX))
        if not hmac.compare_digest(str(asked["word"]).encode(), self._word.encode()):
            raise NotOnAir("the word is not that of this station")
        talk = self._studio.begin(int(asked["person"]), int(asked["area"]), str(asked.get("title", "")), int(asked.get("longest_s", LONGEST_S)))
        _say(stream, {"talk": talk.start.id, "zones": list(talk.zones)})
        frames, why = self._studio.speak(talk, _sound(stream, bool(asked.get("chime", True))))
        return {"talk": talk.start.id, "frames": frames, "why": why}

    def close(self) -> None:
        self._open = False
        self._path.unlink(missing_ok=True)
        with socket.create_connection(self._socket.getsockname()):
            pass
        self._thread.join(2)
        self._socket.close()


def _say(stream: Any, what: dict[str, Any]) -> None:
    stream.write(json.dumps(what, ensure_ascii=False).encode() + b"\n")
    stream.flush()


def _sound(stream: Any, with_chime: bool) -> Iterator[bytes]:
    """The chime in its own time, the word to speak, then what the speaker brings. A speaker who is gone has spoken."""
    if with_chime:
        yield from paced(leading())
    _say(stream, {"speak": True})
    try:
        while pcm := stream.read(FRAMES * FRAME_BYTES):
            yield pcm
    except OSError:
        log.info("a speaker has gone without a farewell")


def paced(pcm: bytes) -> Iterator[bytes]:
    """In pieces of a message, each when its last sample would have been spoken."""
    pause, began, size = threading.Event(), monotonic_s(), FRAMES * FRAME_BYTES
    for n, at in enumerate(range(0, len(pcm), size), 1):
        pause.wait(max(0.0, began + n * size / (2 * RATE) - monotonic_s()))
        yield pcm[at : at + size]


class Visitor:
    """The other side of the door. Raises NotOnAir when nobody may speak, or no station listens."""

    def __init__(self, folder: Path, person: int, area: int, title: str = "", longest_s: int = LONGEST_S, with_chime: bool = True) -> None:
        try:
            door = json.loads((folder / FILE).read_text())
            self._socket = socket.create_connection(("127.0.0.1", int(door["port"])), 5)
        except (OSError, ValueError, KeyError) as error:
            raise NotOnAir("no station is running here: start it with “xiangyin serve”") from error
        self._stream = self._socket.makefile("rwb")
        asked = {"word": door["word"], "person": person, "area": area, "title": title, "longest_s": longest_s, "chime": with_chime}
        try:
            _say(self._stream, asked)
            self.talk = self.hear()
        except BaseException:
            self.close()
            raise

    def hear(self) -> dict[str, Any]:
        """What the studio says next."""
        said: dict[str, Any] = json.loads(self._stream.readline(LINE_MAX) or b'{"refused": "the station has gone"}')
        if "refused" in said:
            raise NotOnAir(str(said["refused"]))
        return said

    def speak(self, pcm: bytes) -> bool:
        """Whether the studio still listens."""
        try:
            self._stream.write(pcm)
            self._stream.flush()
        except OSError:
            return False
        return True

    def end(self) -> dict[str, Any]:
        """He has spoken; what became of it."""
        self._socket.shutdown(socket.SHUT_WR)
        return self.hear()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what is left to be said is for nobody
            self._stream.close()
        self._socket.close()
