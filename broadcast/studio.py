"""The studio: whoever may speak to a place sits down, speaks, and gets up; one at a time for a place, the others wait. What he says goes out as it comes.

Who speaks to a place above breaks in: the speakers follow the same rule, and go on with the talk below when it is over and that one still lasts.
The station's process alone holds the line to the broker; its other programs come in by the studio's door (``broadcast.door``).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from broadcast.howling import Guard
from broadcast.models import LiveTalk, OutCommand
from broadcast.mqtt import Broker, Offline
from broadcast.plan import Hearing
from broadcast.talk import RATE, Sender
from devices.keys import StationKeys
from station import audit, clock
from station.areas import ancestors, zone
from station.clock import monotonic_s, to_ms
from station.database import Database
from station.files import Files
from station.models import Area, Person
from station.people import require
from tts.audio import Mp3
from tts.level import RATE as TUNE_RATE
from tts.tunes import chime
from wire.live import LiveStart, LiveStop, TalkKey, new_talk_id
from wire.messages import Command
from wire.topics import Topics

log = logging.getLogger(__name__)
LONGEST_S, LONGEST_MAX_S = 300, 3600
# The order is said again, for who comes later; whether somebody stopped it is looked at whenever something was written, at most so often.
AGAIN_S, LOOK_S, GOOD_S = 4.0, 0.1, 60
# So long a place is kept for whoever's turn it is.
TURN_S = 20.0
# What is kept of a talk: speech, 240 kB a minute.
KEPT_KBPS = 32
ENDS = {
    "spoken": "he has spoken", "longest": "the longest duration was reached", "stopped": "stopped by the operator", "handed over": "handed over to who waited",
    "howling": "it howled: the microphone heard the loudspeaker", "lost": "the line to the speaker was lost", "left": "the speaker closed the page", "failed": "the station failed",
}  # fmt: skip


class NotOnAir(ValueError):
    """Nobody can speak there now; the text says why, ``facts`` who and where."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.facts = facts


@dataclass(eq=False)
class Talk:
    """A talk that is on: who speaks where, the zones that hear it, those of places above (a stop there stops it too), and until when at most.
    ``ending`` is set by whoever ends it from outside, ``by`` says who that is; ``tell`` brings word to the speaker."""

    start: LiveStart
    key: TalkKey
    person_id: int
    speaker: str
    area_id: int
    path: str
    place: str
    zones: tuple[str, ...]
    above: tuple[str, ...]
    since: datetime
    source: str = ""
    ending: str = ""
    by: str = ""
    tell: Callable[[dict[str, Any]], None] = field(default=lambda said: None)

    @property
    def until_ms(self) -> int:
        return self.start.until_ms


@dataclass(eq=False)
class Waiting:
    """Somebody who waits for a place; ``turn_until`` is set (monotonic seconds) when it is his turn."""

    person_id: int
    speaker: str
    area_id: int
    path: str
    turn_until: float | None = None


def leading() -> bytes:
    """Half a second of silence and the chime: amplifiers wake, and people look up."""
    tune = chime()
    at = np.arange(int(len(tune) * RATE / TUNE_RATE)) * (TUNE_RATE / RATE)
    return bytes(np.interp(at, np.arange(len(tune)), tune.astype(np.float64)).astype("<i2").tobytes())


class Studio:
    """The talks that are on, and who waits. Every method may be called from any thread."""

    def __init__(self, db: Database, broker: Broker, keys: StationKeys, topics: Topics, now: Callable[[], datetime] = clock.now, files: Files | None = None) -> None:
        """``files``: where what was said is kept."""
        self.files = files
        self.db, self.broker, self.keys, self.topics, self._now = db, broker, keys, topics, now
        self._on: list[Talk] = []
        self._queue: list[Waiting] = []
        self._lock = threading.Lock()

    # sitting down and waiting

    def begin(self, person_id: int, area_id: int, title: str = "", longest_s: int = LONGEST_S, source: str = "", unstopped_since: datetime | None = None) -> Talk:
        """Somebody sits down; one that begins again by itself (a relay) only when the place was not stopped since. Raises NotAllowed, NotOnAir."""
        if not 1 <= longest_s <= LONGEST_MAX_S:
            raise NotOnAir(f"a talk lasts at most {LONGEST_MAX_S} seconds, not {longest_s}")
        if not self.broker.connected:
            raise NotOnAir("the line to the broker is cut: nobody would hear it", line="cut")
        now, key = self._now(), TalkKey()
        with self._lock, self.db.session() as session:
            person, area = self._who_where(session, person_id, area_id, now)
            self._free(person, area)
            start = LiveStart(
                new_talk_id(), key.x, to_ms(now), to_ms(now + timedelta(seconds=longest_s)), area.level, (title.strip() or person.name)[:100],
            )  # fmt: skip
            dialects = sorted(Hearing(session, [area]).dialects(area))
            zones = tuple(zone(area, dialect) for dialect in dialects)
            above = tuple(zone(each, dialect) for each in ancestors(session, area) for dialect in dialects)
            if unstopped_since is not None and (by := _stopped_by(session, (*zones, *above), unstopped_since, "")) is not None:
                raise NotOnAir(f"it was stopped meanwhile by {by or 'an operator'}", stopped=True)
            audit.record(
                session, person=person, act="speak", subject="talk", subject_id=start.id, area=area, now=now, longest_s=longest_s, title=start.title, source=source
            )
            session.add(
                LiveTalk(
                    id=start.id, area_id=area.id, person_id=person.id, title=start.title, source=source[:16], zones=list(zones), since=now, until=now + timedelta(seconds=longest_s)
                )
            )
            talk = Talk(start, key, person.id, person.name, area.id, area.path, area.name, zones, above, now, source)
            self._on.append(talk)
            self._queue = [each for each in self._queue if each.person_id != person.id or each.area_id != area.id]
        return talk

    def _who_where(self, session: Any, person_id: int, area_id: int, now: datetime) -> tuple[Person, Area]:
        person, area = session.get(Person, person_id), session.get(Area, area_id)
        if person is None or area is None:
            raise NotOnAir("no such person, or no such place")
        require(session, person, "play", area, kind="live", at=now)
        return person, area

    def _free(self, person: Person, area: Area) -> None:
        """Raises NotOnAir when somebody speaks to the place or to one above it, or waits for it and came before."""
        if (busy := self._speaking(area.path)) is not None:
            raise NotOnAir(f"{busy.speaker} is speaking in {busy.place}", busy=busy.speaker, place=busy.place, until_ms=busy.until_ms)
        self._let_pass()
        for each in self._queue:
            if each.person_id == person.id and each.area_id == area.id:
                return
            if area.path.startswith(each.path):
                raise NotOnAir(f"{each.speaker} waits to speak in {area.name} and comes first", busy=each.speaker, place=area.name)

    def _let_pass(self) -> None:
        """Whoever did not take his turn waits no more."""
        self._queue = [each for each in self._queue if each.turn_until is None or monotonic_s() < each.turn_until]

    def _speaking(self, path: str) -> Talk | None:
        """Who is heard in the place: of those who speak to it or to one above it, the uppermost."""
        return min((each for each in self._on if path.startswith(each.path)), key=lambda each: len(each.path), default=None)

    def wait(self, person_id: int, area_id: int) -> Waiting:
        """Somebody wants to speak to a place after those who do. Raises NotAllowed, NotOnAir."""
        with self._lock, self.db.reading() as session:
            person, area = self._who_where(session, person_id, area_id, self._now())
            self._queue = [each for each in self._queue if each.person_id != person.id or each.area_id != area.id]
            waiting = Waiting(person.id, person.name, area.id, area.path)
            self._queue.append(waiting)
        return waiting

    def leave(self, waiting: Waiting) -> None:
        """He waits no more."""
        with self._lock:
            self._queue = [each for each in self._queue if each is not waiting]

    def standing(self, waiting: Waiting) -> dict[str, Any]:
        """What he is told: after whom it is his turn, that it is his turn now, or that his turn has passed."""
        with self._lock:
            self._let_pass()
            if waiting not in self._queue:
                return {"passed": True}
            busy = self._speaking(waiting.path)
            before = [each for each in self._queue[: self._queue.index(waiting)] if waiting.path.startswith(each.path) or each.path.startswith(waiting.path)]
            if busy is None and not before:
                waiting.turn_until = waiting.turn_until or monotonic_s() + TURN_S
                return {"turn": TURN_S}
            waiting.turn_until = None
            named = busy.speaker if busy is not None else before[0].speaker
            return {"waits": named, "place": busy.place if busy is not None else "", "before": len(before), "until_ms": busy.until_ms if busy is not None else 0}

    def hand_over(self, talk: Talk) -> None:
        """The next one may speak. Nobody waits: nothing happens."""
        with self._lock:
            after = next((each for each in self._queue if each.path.startswith(talk.path)), None)
            if after is not None:
                talk.ending, talk.by = "handed over", after.speaker

    # speaking

    def speak(self, talk: Talk, sound: Iterator[bytes], guarded: bool = False) -> tuple[int, str]:
        """Sends what comes until it ends, the longest duration is over, or somebody stops it: how many frames, and why it ended (of ENDS).
        ``guarded``: a microphone that may hear the loudspeaker."""
        sender, guard = Sender(talk.start.id, talk.key, float(to_ms(self._now()))), Guard() if guarded else None
        kept = Mp3(KEPT_KBPS, RATE)
        why, ordered, looked, mark = "failed", float("-inf"), monotonic_s(), self.db.mark()
        told: dict[str, Any] = {}
        try:
            for pcm in sound:
                passed = monotonic_s()
                if passed - ordered >= AGAIN_S:
                    self._order(talk, talk.start.id, talk.start)
                    ordered = passed
                if passed - looked >= LOOK_S:
                    looked, told = passed, self._tell_around(talk, told)
                    if (fresh := self.db.mark()) != mark:
                        mark = fresh
                        self._look_for_stop(talk)
                if self._now() >= talk.since + timedelta(milliseconds=talk.start.until_ms - talk.start.from_ms):
                    talk.ending = talk.ending or "longest"
                if talk.ending:
                    break
                if guard is not None:
                    pcm, said = guard.hear(pcm)
                    if said == "stop":
                        talk.ending = "howling"
                        break
                    if said:
                        talk.tell({"howls": True})
                kept.add(np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2"))
                self._send(talk, sender.feed(pcm, float(to_ms(self._now()))))
            why = talk.ending or "spoken"
            self._send(talk, sender.finish(float(to_ms(self._now()))))
        finally:
            self.end(talk, sender.sent, why, kept)
        return sender.sent, why

    def end(self, talk: Talk, last: int, why: str, kept: Mp3 | None = None) -> None:
        """He gets up: what was sent is heard to its end; what was stopped ends at once. What was said is kept."""
        self._order(talk, f"{talk.start.id}-end", LiveStop(talk.start.id, -1 if why == "stopped" else last))
        said = ENDS.get(why, why)
        try:
            sound = self.files.put(kept.finish()) if kept is not None and kept.samples and self.files is not None else None
            with self.db.session() as session:
                ended = {"ended_at": self._now(), "why": why, "ended_by": talk.by[:100], "frames": last, "audio_sha256": sound}
                session.execute(update(LiveTalk).where(LiveTalk.id == talk.start.id).values(**ended))
                person, area = session.get(Person, talk.person_id), session.get(Area, talk.area_id)
                audit.record(session, person=person, act="spoke", subject="talk", subject_id=talk.start.id, area=area, now=self._now(), frames=last, why=said, by=talk.by)
        finally:
            with self._lock:
                self._on = [each for each in self._on if each is not talk]

    def _tell_around(self, talk: Talk, told: dict[str, Any]) -> dict[str, Any]:
        """The speaker hears who waits for him, and whether somebody above has broken in; only what is new."""
        with self._lock:
            over = self._speaking(talk.path)
            waits = [each.speaker for each in self._queue if each.path.startswith(talk.path)]
        under = {"speaker": over.speaker, "place": over.place} if over is not None and over is not talk else None
        news = {"waiting": waits, "under": under}
        if changed := {name: value for name, value in news.items() if value != told.get(name, [] if name == "waiting" else None)}:
            talk.tell(changed)
        return news

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

    def _look_for_stop(self, talk: Talk) -> None:
        """Whether somebody has stopped the place, one above it, or what the speaker started."""
        with self.db.reading() as session:
            by = _stopped_by(session, (*talk.zones, *talk.above), talk.since, talk.start.id)
        if by is not None:
            talk.ending, talk.by = "stopped", by


def _stopped_by(session: Session, zones: tuple[str, ...], since: datetime, talk: str) -> str | None:
    """Who stopped one of these zones, or this talk, since then; None when nobody did, "" when nobody knows who."""
    query = (
        select(OutCommand.args, Person.name).join(Person, Person.id == OutCommand.made_by_id, isouter=True)
        .where(OutCommand.aud.in_(zones), OutCommand.op == "stop", OutCommand.created_at >= since)
    )  # fmt: skip
    return next((by or "" for args, by in session.execute(query) if args.get("occ", "") in ("", talk)), None)
