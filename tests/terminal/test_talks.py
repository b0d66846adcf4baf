"""Somebody speaks: who may, is heard at once; whatever else comes on the talk's topic plays nothing; and the schedule goes on afterwards."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.actions import Carry, EndTalk, Play, Subscribe, Tune, Unsubscribe, Untune
from terminal.talks import SILENT_MS
from tests.terminal.far_end import ALERT, NOW, STRANGER, TOPICS, Bench, an_item, signed
from wire.live import Frames, LiveStart, LiveStop, TalkKey
from wire.messages import Command
from wire.signing import Signer

KEY, OTHER = TalkKey(), TalkKey()
TALK = "live-00112233445566aa"
LIVE = TOPICS.zone("z1", "live")
START = LiveStart(TALK, KEY.x, int(NOW), int(NOW) + 300_000, "village", "王村长")


def order(bench: Bench, what: LiveStart | LiveStop, *, now: float = NOW, name: str = "", aud: str = "z1", topic: str = "", signer: Signer | None = None) -> None:
    command = Command(name or f"c-{what.typ}", what.typ, what.as_dict())
    made = signed(command, aud, int(now), now=now, ttl_s=60, **({"signer": signer} if signer else {}))
    bench.hear(topic or TOPICS.zone(aud, "cmd"), made, now)


def sound(first: int = 0, key: TalkKey = KEY, talk: str = TALK) -> bytes:
    return key.seal(Frames(talk, first, int(NOW) + first * 20, (b"a", b"b", b"c"), (b"x",) * min(3, first)))


def speaking(bench: Bench, since: float, until: float) -> None:
    """Sound comes every 60 ms."""
    now, first = since, 0
    while now < until:
        bench.hear(LIVE, sound(first), now)
        bench.live(now, now + 50)
        now, first = now + 60, first + 3


def plays(bench: Bench) -> list[str]:
    return [each.item for each in bench.every(Play)]


def test_a_talk_breaks_into_a_programme_which_goes_on_when_it_was_said() -> None:
    bench = Bench().follow()
    bench.plan(an_item("music", NOW + 100, ms=60_000))
    bench.live(NOW, NOW + 2000)
    order(bench, START, now=NOW + 2000)
    assert LIVE in bench.every(Subscribe)[-1].filters and plays(bench) == ["music"], "nothing is cut before there is anything to hear"
    speaking(bench, NOW + 2000, NOW + 5000)
    assert plays(bench) == ["music", f"{TALK}-b1"] and bench.every(Play)[-1].cut
    order(bench, LiveStop(TALK, 150), now=NOW + 5000)
    assert bench.every(EndTalk)[-1] == EndTalk(f"{TALK}-b1", 150)
    bench.do(bench.agent.on_finished(f"{TALK}-b1", NOW + 2000, 3000, "finished", NOW + 5100))
    bench.voices = [each for each in bench.voices if each.play.item == "music"]
    bench.live(NOW + 5100, NOW + 5300)
    last = bench.every(Play)[-1]
    assert last.item == "music" and 1500 < last.offset_ms < 2500
    assert bench.every(Untune) and bench.every(Unsubscribe)[-1].filters == (LIVE,) and not bench.agent.talks


def test_when_nothing_more_comes_the_schedule_goes_on() -> None:
    bench = Bench().follow()
    order(bench, START)
    speaking(bench, NOW, NOW + 1000)
    bench.live(NOW + 1000, NOW + 1000 + SILENT_MS + 200)
    assert bench.every(EndTalk) == [EndTalk(f"{TALK}-b1", -1)]
    bench.do(bench.agent.on_finished(f"{TALK}-b1", NOW, 1000, "finished", NOW + 3500))
    row = bench.kept.pending[-1] if bench.kept.pending else bench.kept.batch[-1]
    assert (row[5], row[8]) == ("preempted", "no more of it came") and not bench.agent.talks


def test_an_order_without_sound_ends_by_itself_and_says_so() -> None:
    bench = Bench().follow()
    order(bench, START)
    bench.live(NOW, NOW + SILENT_MS + 300)
    assert plays(bench) == [] and not bench.agent.talks and bench.every(Untune)


def test_a_power_cut_joins_the_talk_anew_by_the_order_that_is_said_again() -> None:
    bench = Bench().follow()
    order(bench, START)
    speaking(bench, NOW, NOW + 500)
    again = Bench(copy.deepcopy(bench.kept), "b2").follow(now=NOW + 1000)
    order(again, START, now=NOW + 2000)
    again.hear(LIVE, sound(90), NOW + 2100)
    again.live(NOW + 2100, NOW + 2200)
    assert plays(again) == [f"{TALK}-b2"]


def test_what_was_stopped_here_is_not_heard_again() -> None:
    bench = Bench().follow()
    order(bench, START)
    speaking(bench, NOW, NOW + 500)
    bench.hear(TOPICS.zone("z1", "cmd"), signed(Command("s", "stop", {"spare": "emergency"}), "z1", 1, now=NOW + 600), NOW + 600)
    order(bench, replace(START, id=TALK), now=NOW + 900, name="another")
    speaking(bench, NOW + 900, NOW + 1500)
    assert plays(bench) == [f"{TALK}-b1"]


@pytest.mark.parametrize(
    "start",
    [
        replace(START, id="talk"), replace(START, x=""), replace(START, x="A" * 43 + "="), replace(START, codec="pcm"), replace(START, frame_ms=60), replace(START, level="god"),
        replace(START, until_ms=START.from_ms), replace(START, until_ms=START.from_ms + 4_000_000), replace(START, from_ms=int(NOW) - 900_000, until_ms=int(NOW) - 1),
        replace(START, from_ms=int(NOW) + 120_000, until_ms=int(NOW) + 130_000), replace(START, first=-1), replace(START, volume=101),
    ],
)  # fmt: skip
def test_an_order_that_cannot_be_is_refused(start: LiveStart) -> None:
    bench = Bench().follow()
    order(bench, start)
    assert not bench.every(Tune) and not bench.agent.talks


def test_orders_of_strangers_of_other_keys_for_other_zones_or_from_yesterday_play_nothing() -> None:
    bench = Bench().follow()
    order(bench, START, signer=STRANGER)
    order(bench, START, signer=ALERT)
    order(bench, START, aud="z2", topic=TOPICS.zone("z1", "cmd"))
    order(bench, START, aud="z2")
    order(bench, START, aud="t1", topic=TOPICS.down("t1", "cmd"))
    made = signed(Command("old", START.typ, START.as_dict()), "z1", 1, now=NOW - 86_400_000, ttl_s=60)
    bench.hear(TOPICS.zone("z1", "cmd"), made)
    bench.hear(LIVE, sound())
    assert not bench.every(Tune) and not bench.every(Carry) and not bench.agent.talks


@given(st.integers(0, 200), st.integers(1, 255))
def test_sound_that_was_changed_anywhere_is_not_heard(place: int, by: int) -> None:
    bench = Bench().follow()
    order(bench, START)
    whole = bytearray(sound(9))
    whole[place % len(whole)] ^= by
    bench.hear(LIVE, bytes(whole))
    assert not bench.every(Carry)
    bench.hear(LIVE, sound(9))
    assert len(bench.every(Carry)) == 1


@given(st.binary(max_size=400))
def test_no_bytes_break_the_ear(raw: bytes) -> None:
    bench = Bench().follow()
    order(bench, START)
    for each in (raw, b"XL\1" + raw, sound()[: len(raw)]):
        bench.hear(LIVE, each)
    assert len(bench.every(Carry)) <= 1


def test_sound_of_another_key_another_talk_another_zone_or_after_the_end_is_not_heard() -> None:
    bench = Bench().follow("z1", "z2")
    order(bench, START)
    bench.hear(LIVE, sound(key=OTHER))
    bench.hear(LIVE, sound(talk="live-ffffffffffffffff"))
    bench.hear(TOPICS.zone("z2", "live"), sound())
    bench.hear(TOPICS.zone("z3", "live"), sound())
    assert not bench.every(Carry)
    order(bench, LiveStop(TALK, 0), now=NOW + 100)
    bench.hear(LIVE, sound(3), NOW + 200)
    assert not bench.every(Carry) and plays(bench) == []
    order(bench, replace(START, x=OTHER.x), now=NOW + 300, name="new key")
    bench.hear(LIVE, sound(6, key=OTHER), NOW + 400)
    assert not bench.every(Carry), "a talk that is over does not begin again under its name"


def test_another_key_for_a_talk_that_is_on_changes_nothing() -> None:
    bench = Bench().follow()
    order(bench, START)
    order(bench, replace(START, x=OTHER.x), name="c2")
    bench.hear(LIVE, sound(key=OTHER))
    assert not bench.every(Carry)
    bench.hear(LIVE, sound())
    assert len(bench.every(Carry)) == 1
