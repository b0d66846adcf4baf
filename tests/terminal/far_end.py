"""One terminal on a bench: a station's keys, a pure agent, and hands that only keep what they were given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from terminal.actions import Action, Fetch, Play, Prepare, Publish
from terminal.agent import Agent, Capabilities
from terminal.memory import Kept
from wire.messages import Answer, Credentials, Keys, Message, Plan, PlanItem, Receipt, Receipts, Want
from wire.signing import Signer, sign
from wire.topics import Topics

NOW = 1_800_000_000_000.0
A = TypeVar("A")
TOPICS = Topics()
ROOT = Signer.from_seed("root", b"r" * 32)
PROGRAMME = Signer.from_seed("p1", b"p" * 32)
STRANGER = Signer.from_seed("p1", b"s" * 32)


def clip(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def an_item(
    name: str, at_ms: float, *, occ: str = "", n: int = 0, ms: int = 2000, window_ms: int = 60_000, priority: int = 6
) -> PlanItem:
    return PlanItem(
        name, occ or name, n, int(at_ms), clip(name), clip(name), 1000, ms, int(at_ms) + window_ms, priority=priority, title=name,
    )  # fmt: skip


def signed(
    message: Message, aud: str, seq: int, *, now: float = NOW, signer: Signer = PROGRAMME, typ: str = "", ttl_s: int = 86_400
) -> bytes:
    iat = int(now / 1000)
    return sign(message.to_json(), signer, typ=typ or message.typ, aud=aud, seq=seq, iat=iat, exp=iat + ttl_s)


class Bench:
    """An agent that follows zone z1, with its outputs sorted."""

    def __init__(self, kept: Kept | None = None, boot: str = "b1") -> None:
        credentials = Credentials("t1", "secret", roots=(ROOT.public(("root",)),), base=("http://station/",))
        self.kept = kept or Kept()
        self.agent = Agent(credentials, self.kept, Capabilities("test"), boot)
        self.log: list[Action] = []

    def do(self, actions: Iterable[Action]) -> list[Action]:
        new = list(actions)
        self.log += new
        return new

    def follow(self, *zones: str, now: float = NOW) -> Bench:
        keys = Keys(1, (PROGRAMME.public(("programme",)),))
        self.do(self.agent.on_connected(now))
        self.hear(TOPICS.keys(), signed(keys, "xy", 1, signer=ROOT, now=now), now)
        self.hear(TOPICS.down("t1", "want"), signed(Want(1, zones or ("z1",), volume=80), "t1", 1, now=now), now)
        return self

    def hear(self, topic: str, payload: bytes, now: float = NOW) -> list[Action]:
        return self.do(self.agent.on_message(topic, payload, now))

    def plan(self, *items: PlanItem, rev: int = 1, zid: str = "z1", now: float = NOW) -> list[Action]:
        plan = Plan(rev, zid, int(NOW), int(NOW) + 10**8, items=items)
        return self.hear(TOPICS.zone(zid, "plan"), signed(plan, zid, rev, now=now), now)

    def live(self, start: float, until: float, step: float = 50.0, missing: frozenset[str] = frozenset()) -> None:
        """The hands do what they are asked, on a clock of our own: fetch, decode, play one voice at a time."""
        now, done = start, 0
        voices: list[tuple[Play, float, float]] = []
        while now <= until:
            self.do(self.agent.tick(now))
            while done < len(self.log):
                action = self.log[done]
                done += 1
                if isinstance(action, Fetch):
                    self.do(self.agent.on_fetched(action.sha, action.sha not in missing, "gone", now))
                elif isinstance(action, Prepare):
                    self.do(self.agent.on_prepared(action.sha, True, "", now))
                elif isinstance(action, Play):
                    if action.cut:
                        for play, begins, _ in voices:
                            how = "preempted" if begins < action.at_ms else "dropped"
                            self.do(self.agent.on_finished(play.item, begins, max(0.0, action.at_ms - begins), how, now))
                        voices = []
                    ends = action.at_ms + self.agent.items[action.item][0].ms - action.offset_ms
                    voices.append((action, action.at_ms, ends))
                    self.do(self.agent.on_started(action.item, action.at_ms, now))
            for play, begins, ends in [voice for voice in voices if voice[2] <= now]:
                voices.remove((play, begins, ends))
                self.do(self.agent.on_finished(play.item, begins, ends - begins, "finished", now))
            now += step

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
