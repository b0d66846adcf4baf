"""One terminal on a bench: a station's keys, a pure agent, and hands that only keep what they were given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from terminal.actions import Action, Fetch, Play, Prepare, Publish, StopPlaying
from terminal.agent import Agent
from terminal.memory import Kept
from terminal.mind import Capabilities
from wire.messages import Alert, Answer, Credentials, Emergency, Keys, Message, Plan, PlanItem, Receipt, Receipts, Want
from wire.signing import Signer, sign
from wire.topics import Topics

NOW = 1_800_000_000_000.0
A = TypeVar("A")
TOPICS = Topics()
ROOT = Signer.from_seed("root", b"r" * 32)
PROGRAMME = Signer.from_seed("p1", b"p" * 32)
ALERT = Signer.from_seed("a1", b"a" * 32)
BRANCH = Signer.from_seed("a2", b"c" * 32)
STRANGER = Signer.from_seed("p1", b"s" * 32)


def clip(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def an_item(
    name: str, at_ms: float, *, occ: str = "", n: int = 0, ms: int = 2000, window_ms: int = 60_000, priority: int = 6,
    start: str = "hard", brk: str = "resume", rank: int = 0, volume: int = -1,
) -> PlanItem:  # fmt: skip
    return PlanItem(
        name, occ or name, n, int(at_ms), clip(name), clip(name), 1000, ms, int(at_ms) + window_ms, priority=priority, title=name,
        start=start, brk=brk, rank=rank, volume=volume,
    )  # fmt: skip


def signed(
    message: Message, aud: str, seq: int, *, now: float = NOW, signer: Signer = PROGRAMME, typ: str = "", ttl_s: int = 86_400
) -> bytes:
    iat = int(now / 1000)
    return sign(message.to_json(), signer, typ=typ or message.typ, aud=aud, seq=seq, iat=iat, exp=iat + ttl_s)


@dataclass
class Sounding:
    """What the mixer of the bench has been given."""

    play: Play
    begins: float
    ends: float
    whole: bool
    told: bool = False


class Bench:
    """An agent that follows zone z1, with its outputs sorted."""

    def __init__(self, kept: Kept | None = None, boot: str = "b1") -> None:
        credentials = Credentials("t1", "secret", roots=(ROOT.public(("root",)),), base=("http://station/",))
        self.kept = kept or Kept()
        self.agent = Agent(credentials, self.kept, Capabilities("test"), boot)
        self.log: list[Action] = []
        self.voices: list[Sounding] = []
        self._done = 0
        # (item, first sound, last sound, milliseconds skipped at the front), as the village heard it
        self.heard: list[tuple[str, float, float, float]] = []

    def do(self, actions: Iterable[Action]) -> list[Action]:
        new = list(actions)
        self.log += new
        return new

    def follow(self, *zones: str, now: float = NOW) -> Bench:
        keys = Keys(1, (PROGRAMME.public(("programme",)), ALERT.public(("alert",)), BRANCH.public(("alert",), zones=("zelse",), level="town")))
        self.do(self.agent.on_connected(now))
        self.hear(TOPICS.keys(), signed(keys, "xy", 1, signer=ROOT, now=now), now)
        self.hear(TOPICS.down("t1", "want"), signed(Want(1, zones or ("z1",), volume=80), "t1", 1, now=now), now)
        return self

    def hear(self, topic: str, payload: bytes, now: float = NOW) -> list[Action]:
        return self.do(self.agent.on_message(topic, payload, now))

    def plan(self, *items: PlanItem, rev: int = 1, zid: str = "z1", now: float = NOW) -> list[Action]:
        plan = Plan(rev, zid, int(NOW), int(NOW) + 10**8, items=items)
        return self.hear(TOPICS.zone(zid, "plan"), signed(plan, zid, rev, now=now), now)

    def alarm(self, *emergencies: Emergency, zid: str = "z1", now: float = NOW, rev: int = 0, signer: Signer = ALERT) -> list[Action]:
        """The zone's set of emergencies, as the station says it at this moment."""
        alert = Alert(rev or int(now), zid, emergencies, ("http://station/",))
        return self.hear(TOPICS.zone(zid, "alert"), signed(alert, zid, alert.rev, now=now, signer=signer), now)

    def live(self, start: float, until: float, step: float = 50.0, missing: frozenset[str] = frozenset()) -> None:
        """The hands do what they are asked, on a clock of our own: fetch, decode, play as the mixer does."""
        now = start
        while now <= until:
            self._moment(now, missing)
            now += step

    def leap(self, start: float, until: float, missing: frozenset[str] = frozenset()) -> None:
        """The same from one thing that happens to the next: a week takes a second."""
        now = start
        while now <= until:
            self._moment(now, missing)
            moments = [each for voice in self.voices for each in (voice.begins, voice.ends) if each > now]
            now = max(now + 1, min([self.agent.wake_ms, *moments]))

    def _moment(self, now: float, missing: frozenset[str]) -> None:
        self.do(self.agent.tick(now))
        self._done = min(self._done, len(self.log))
        while self._done < len(self.log):
            action = self.log[self._done]
            self._done += 1
            if isinstance(action, Fetch):
                self.do(self.agent.on_fetched(action.sha, action.sha not in missing, "gone", now))
            elif isinstance(action, Prepare):
                self.do(self.agent.on_prepared(action.sha, True, "", now))
            elif isinstance(action, Play):
                self._begin(action, now)
            elif isinstance(action, StopPlaying):
                self._break_off(now, now)
        for voice in [voice for voice in self.voices if voice.begins <= now and not voice.told]:
            voice.told = True
            self.do(self.agent.on_started(voice.play.item, voice.begins, now))
        for voice in [voice for voice in self.voices if voice.ends <= now]:
            self.voices.remove(voice)
            how = "finished" if voice.whole else "preempted"
            self._heard(voice, voice.ends)
            self.do(self.agent.on_finished(voice.play.item, voice.begins, voice.ends - voice.begins, how, now))

    def _begin(self, play: Play, now: float) -> None:
        if play.cut:
            self._break_off(max(play.at_ms, now), now)
        begins = play.at_ms if play.cut or play.over else max([play.at_ms, *(v.ends for v in self.voices if not v.play.over)])
        voice = self.agent.voice(play.item)
        assert voice is not None
        whole = begins + voice.item.ms - play.offset_ms
        ends = min(whole, play.until_ms or whole)
        self.voices.append(Sounding(play, begins, ends, ends == whole))

    def _break_off(self, at: float, now: float) -> None:
        for voice in [voice for voice in self.voices if voice.ends > at]:
            if voice.begins < at:
                voice.ends, voice.whole = at, False
            else:
                self.voices.remove(voice)
                self.do(self.agent.on_finished(voice.play.item, 0.0, 0.0, "dropped", now))

    def _heard(self, voice: Sounding, ends: float) -> None:
        self.heard.append((voice.play.item, voice.begins, ends, voice.play.offset_ms))

    def every(self, kind: type[A]) -> list[A]:
        return [action for action in self.log if isinstance(action, kind)]

    def played(self) -> list[str]:
        return [play.item for play in self.every(Play)]

    def receipts(self) -> list[Receipt]:
        """Everything the agent has to report, sent or not, in order."""
        rows = [row for action in self.log if (row := getattr(action, "entry", {}).get("row")) and action.entry["do"] == "receipt"]
        return [Receipt.from_row(row) for row in rows]

    def results(self, item: str) -> list[str]:
        return [receipt.result for receipt in self.receipts() if receipt.item == item]

    def batches(self) -> list[Receipts]:
        sent = [action for action in self.every(Publish) if action.topic.endswith("/rcpt")]
        return [Receipts.from_json(action.payload) for action in sent]

    def acknowledge(self, seq: int, now: float) -> None:
        self.hear(TOPICS.down("t1", "rsp"), Answer("rcpt", seq=seq).to_json(), now)
