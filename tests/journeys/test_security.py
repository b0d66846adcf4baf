"""Whoever holds the broker cannot make a speaker sound; a terminal's papers open its own doors only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from broadcast.models import OutCommand, ZonePlan
from devices.keys import StationKeys
from devices.models import Terminal
from station import clock
from station.clock import to_ms
from tests.journeys.line import Client
from tests.journeys.speaker import Speaker
from tests.journeys.stage import Stage
from tests.journeys.station import until
from wire.messages import Command, Keys, Plan, PlanItem, Want
from wire.signing import Signer, sign
from wire.topics import Topics

pytestmark = [pytest.mark.outer, pytest.mark.timeout(600)]
TOPICS = Topics()
HOUR = timedelta(hours=1)


@dataclass
class Thief:
    """Somebody with the station's rights on the broker, and without its keys. ``near`` is what he wants to hear shouting."""

    stage: Stage
    line: Client
    near: Speaker
    zone: str

    def keys(self) -> StationKeys:
        """The true keys: only to build what is truly signed and wrong in another way."""
        return StationKeys.load_or_make(self.stage.station.data / "keys")

    def plan(self, zone: str | None = None) -> Plan:
        """A plan that would sound at once, newer than everything."""
        now = to_ms(clock.now())
        clip = self.clip()
        item = PlanItem("9-cmn-0", "9-cmn", 0, now + 300, clip["audio_sha256"], f"/audio/{clip['audio_sha256']}.mp3", clip["audio_bytes"], clip["ms"], now + 600_000, title="假")
        return Plan(10**6, zone or self.zone, now, now + 3_600_000, items=(item,), base=(self.stage.station.url,))

    def clip(self) -> dict[str, object]:
        return dict(self.stage.station.done("lan", "GET", "/api/clips")["clips"][0])

    def refused(self, topic: str, payload: bytes, reason: str, retain: bool = False) -> None:
        """Say it; the terminal must answer that it does not believe it, and why, and not make a sound."""
        before = len(self.near.said("refused"))
        quiet = self.sounds()
        self.line.publish(topic, payload, retain)
        told = until("the terminal to refuse it", lambda: self.near.said("refused")[before:])
        assert reason in told[0]["reason"], told
        assert self.sounds() == quiet

    def sounds(self) -> int:
        """How much the speaker has said, and planned, so far."""
        return sum(len(self.near.said(each)) for each in ("started", "plan", "want", "keys", "stored"))


@pytest.fixture(scope="module")
def thief(stage: Stage) -> Iterator[Thief]:
    near = stage.near
    if near.process is None or near.process.poll() is not None:
        near.start()
    if stage.far.process is None or stage.far.process.poll() is not None:
        stage.far.start()
    for speaker in stage.both:
        until("it to be connected", lambda speaker=speaker: [each for each in speaker.said("connected") if each["life"] == speaker.lives])  # type: ignore[misc]
    stage.heard_once(stage.air(2))
    with Client(stage.broker.port, "thief", stage.broker.user, stage.broker.password) as line:
        assert line.code == 0
        yield Thief(stage, line, near, near.said("want")[-1]["zones"][-1])


def signed(payload: bytes, signer: Signer, typ: str, aud: str, seq: int, now: datetime | None = None, lasts: timedelta = HOUR) -> bytes:
    at = now or clock.now()
    return sign(payload, signer, typ=typ, aud=aud, seq=seq, iat=int(at.timestamp()), exp=int((at + lasts).timestamp()))


def test_what_is_not_signed_by_the_station_is_not_believed(thief: Thief) -> None:
    plan, topic, keys = thief.plan(), TOPICS.zone(thief.zone, "plan"), thief.keys()
    mine = Signer.generate(keys.programme.kid)  # the same name, another key
    thief.refused(topic, plan.to_json(), "not signed")
    thief.refused(topic, signed(plan.to_json(), mine, Plan.typ, thief.zone, plan.rev), "does not match")
    thief.refused(topic, signed(plan.to_json(), Signer.generate("mine"), Plan.typ, thief.zone, plan.rev), "do not know")
    true = signed(plan.to_json(), keys.programme, Plan.typ, thief.zone, plan.rev)
    thief.refused(topic, true.replace("假".encode(), "真".encode()), "does not match")
    forged = Keys(10**6, (mine.public(("programme",)),))
    thief.refused(TOPICS.keys(), signed(forged.to_json(), mine, Keys.typ, "xy", forged.seq), "do not know")
    thief.refused(TOPICS.keys(), signed(forged.to_json(), keys.programme, Keys.typ, "xy", forged.seq), "do not know")
    want = Want(10**6, (thief.zone,), volume=100)
    thief.refused(TOPICS.down(thief.near.did, "want"), signed(want.to_json(), mine, Want.typ, thief.near.did, want.rev), "does not match")
    shout = Command("shout", "volume", {"volume": 100})
    thief.refused(TOPICS.down(thief.near.did, "cmd"), signed(shout.to_json(), mine, Command.typ, thief.near.did, 10**6), "does not match")


def _plans(thief: Thief) -> dict[str, bytes]:
    """What is out in each zone that the near speaker follows."""
    with thief.stage.station.db.reading() as session:
        found = {row.zid: row.payload for row in session.scalars(select(ZonePlan)) if row.payload is not None}
    return {zid: found[zid] for zid in thief.near.said("want")[-1]["zones"] if zid in found}


def test_what_is_too_old_comes_again_or_is_meant_for_others_is_not_believed(thief: Thief) -> None:
    plan, topic, keys, near = thief.plan(), TOPICS.zone(thief.zone, "plan"), thief.keys(), thief.near
    old = clock.now() - 2 * HOUR
    thief.refused(topic, signed(plan.to_json(), keys.programme, Plan.typ, thief.zone, plan.rev, old), "expired")
    thief.refused(topic, signed(plan.to_json(), keys.programme, Plan.typ, "zelsewhere", plan.rev), "not for me")
    thief.refused(topic, signed(plan.to_json(), keys.programme, Want.typ, thief.zone, plan.rev), "not a 'plan'")
    elsewhere = thief.plan("zelsewhere")
    thief.refused(topic, signed(elsewhere.to_json(), keys.programme, Plan.typ, thief.zone, elsewhere.rev), "inside")
    shout = Command("shout-2", "chime")
    thief.refused(TOPICS.down(near.did, "cmd"), signed(shout.to_json(), keys.programme, Command.typ, thief.stage.far.did, 1), "not for me")
    thief.refused(TOPICS.down(near.did, "cmd"), signed(shout.to_json(), keys.programme, Command.typ, near.did, 1, old), "expired")
    before = _plans(thief)
    thief.stage.heard_once(thief.stage.air(1))  # a newer revision of one of them is out
    after = _plans(thief)
    zid = next(each for each in before if after[each] != before[each])
    thief.refused(TOPICS.zone(zid, "plan"), before[zid], "already seen")


def test_a_command_said_again_is_not_done_again(thief: Thief) -> None:
    near, station = thief.near, thief.stage.station
    thief.line.subscribe(TOPICS.down(near.did, "cmd"))
    with station.db.reading() as session:
        number = session.scalars(select(Terminal.id).where(Terminal.did == near.did)).one()
    made = station.done("lan", "POST", f"/api/terminals/{number}/chime")

    def acked() -> OutCommand | None:
        with station.db.reading() as session:
            found = session.get_one(OutCommand, made["id"])
            return found if found.acked_at else None

    assert until("the chime to be heard", acked).result == "done"
    heard = until("the thief to have heard the command", lambda: [each for each in thief.line.heard if each[0].endswith("/dn/cmd")])
    done = len(near.said("command"))
    thief.line.publish(heard[0][0], heard[0][1])
    _after_everything_before(thief)
    assert len(near.said("command")) == done


def _after_everything_before(thief: Thief) -> None:
    """The terminal has read whatever was said to it so far: it has just refused something that was said later."""
    thief.refused(TOPICS.down(thief.near.did, "cmd"), b"a full stop", "not signed")


def test_a_terminals_papers_open_its_own_doors_only(thief: Thief) -> None:
    stage, near, far = thief.stage, thief.near, thief.stage.far
    port = stage.broker.port
    with Client(port, "spy", near.did, "guessed") as wrong, Client(port, "spy-2", "tnobody", near.password) as unknown:
        assert wrong.code != 0 and unknown.code != 0
    thief.line.heard.clear()
    thief.line.subscribe("xy/#")
    with Client(port, "spy-3", near.did, near.password) as spy, Client(port, "stranger", "", "") as stranger:
        assert spy.code == 0 and stranger.code == 0
        for each in (spy, stranger):
            each.subscribe("#")
            each.subscribe("xy/1/d/+/up/#", f"xy/1/d/{far.did}/dn/#", f"xy/1/d/{near.did}/dn/#", "xy/1/p/+/up", "xy/1/z/#", "xy/1/s/#")
        forbidden = [
            TOPICS.up(far.did, "rcpt"), TOPICS.up(far.did, "state"), TOPICS.down(near.did, "cmd"), TOPICS.down(far.did, "cmd"), TOPICS.keys(),
            TOPICS.zone(thief.zone, "plan"), TOPICS.station_state("station"), TOPICS.pairing("somebodyelse", "up"), "xy/2/x", "other/x",
        ]  # fmt: skip
        for topic in forbidden:
            spy.publish(topic, b"mine")
            stranger.publish(topic, b"mine")
        spy.publish(TOPICS.up(near.did, "req"), b"spy's last")
        stranger.publish(TOPICS.pairing("stranger", "up"), b"stranger's last")
        until("what is allowed to arrive", lambda: {b"spy's last", b"stranger's last"} <= {payload for _, payload, _ in thief.line.heard})
        assert [topic for topic, payload, _ in thief.line.heard if payload == b"mine"] == []
        for topic in (TOPICS.down(far.did, "rsp"), TOPICS.up(far.did, "req"), TOPICS.pairing("somebodyelse", "dn"), TOPICS.down(near.did, "rsp"), TOPICS.pairing("stranger", "dn")):
            thief.line.publish(topic, b"secret")
        until("its own post", lambda: (TOPICS.down(near.did, "rsp"), b"secret", False) in spy.heard)
        until("its own answer", lambda: (TOPICS.pairing("stranger", "dn"), b"secret", False) in stranger.heard)
        mine = (f"xy/1/d/{near.did}/dn/", "xy/1/z/", "xy/1/s/")
        assert {topic for topic, _, _ in spy.heard if not topic.startswith(mine)} == set()
        assert {topic for topic, _, _ in stranger.heard} == {TOPICS.pairing("stranger", "dn")}


def test_after_all_that_the_true_programme_is_heard_and_a_revoked_terminal_hears_nothing(thief: Thief) -> None:
    stage = thief.stage
    stage.heard_once(stage.air(2))
    with stage.station.db.reading() as session:
        number = session.scalars(select(Terminal.id).where(Terminal.did == stage.far.did)).one()
    before = len(stage.far.said("refused by broker"))  # who is new may be a moment earlier at the broker than its name
    stage.station.done("lan", "POST", f"/api/terminals/{number}/revoke")
    until("it to be thrown out", lambda: len(stage.far.said("refused by broker")) > before)
    with Client(stage.broker.port, "again", stage.far.did, stage.far.password) as gone:
        assert gone.code != 0, [(each["event"], each.get("reason")) for each in stage.far.events if each["life"] == stage.far.lives][-12:]
    told = json.dumps(thief.near.events)
    assert "假" not in told and "真" not in told
    assert "Traceback" not in stage.station.log()
