"""What breaks in: a set of emergencies is believed whole or not at all, sounds at once, ends at once, and survives a power cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.actions import Fetch, KeepClips, Play, Publish, Record, StopPlaying
from terminal.alarms import rank
from terminal.memory import Kept
from tests.terminal.far_end import ALERT, BRANCH, NOW, PROGRAMME, ROOT, STRANGER, TOPICS, Bench, an_item, clip, signed
from wire.messages import SEVERITIES, Alert, Command, Emergency, Key, Keys, Plan, Report, Sound, Want
from wire.signing import Signer


def a_sound(name: str, ms: int = 2000) -> Sound:
    return Sound(name, clip(name), f"/{name}", 1000, ms)


def an_emergency(
    name: str = "e1", *sounds: str, level: str = "red", source: str = "village", at: float = NOW, lasts_ms: int = 600_000, **other: Any
) -> Emergency:
    parts = tuple(a_sound(each) for each in sounds or ("siren",))
    return Emergency(name, level, source, int(at), int(at) + lasts_ms, parts, title=name, **other)


def starts(bench: Bench) -> list[str]:
    return [item for item, *_ in bench.heard]


def rounds(bench: Bench, name: str) -> list[str]:
    """The parts of an emergency that were heard, "round-sound" each."""
    return ["-".join(item.split("-")[3:]) for item in starts(bench) if item.startswith(f"em-{name}-")]


def test_it_breaks_into_a_programme_at_once_and_that_goes_on_afterwards() -> None:
    bench = Bench().follow()
    bench.plan(an_item("music", NOW + 1000, ms=60_000, window_ms=300_000))
    bench.live(NOW, NOW + 10_000)
    bench.alarm(an_emergency("e1", "siren", "phrase", at=NOW + 10_000, repeats=2), now=NOW + 10_000)
    bench.live(NOW + 10_050, NOW + 90_000)
    assert rounds(bench, "e1") == ["0-0", "0-1", "1-0", "1-1"]
    first = next(begin for item, begin, *_ in bench.heard if item.startswith("em-"))
    assert first - (NOW + 10_000) <= 150
    assert [item for item in starts(bench) if item == "music"] == ["music"] * 2 and bench.results("music")[-1] == "finished"
    assert bench.results("em-e1") == ["accepted"]
    assert bench.results("em-e1-1-0-0") == ["stored", "started", "finished"] and bench.results("em-e1-1-1-0") == ["started", "finished"]


def test_what_an_emergency_changes_in_one_moment_is_one_report() -> None:
    bench = Bench().follow()
    bench.live(NOW, NOW + 2000)
    before = len(bench.log)
    bench.alarm(an_emergency("e1", "siren", "phrase", at=NOW + 2000, repeats=3), now=NOW + 2000)
    bench.live(NOW + 2000, NOW + 20_000)
    told = [Report.from_json(each.payload).playing for each in bench.log[before:] if isinstance(each, Publish) and each.topic.endswith("/rep")]
    assert set(told) == {"", *(f"em-e1-1-{turn}-{part}" for turn in range(3) for part in range(2))} and told[-1] == ""
    assert len(told) <= 9, "it came, and six sounds began and ended: thirteen changes"


def test_it_ends_at_once_when_the_set_holds_it_no_more_and_the_music_goes_on_where_it_was() -> None:
    bench = Bench().follow()
    bench.plan(an_item("music", NOW + 1000, ms=60_000, window_ms=300_000))
    bench.live(NOW, NOW + 5000)
    bench.alarm(an_emergency(repeats=50, at=NOW + 5000), now=NOW + 5000)
    bench.live(NOW + 5050, NOW + 12_000)
    bench.alarm(now=NOW + 12_000)
    bench.live(NOW + 12_000, NOW + 90_000)
    assert max(end for item, _, end, _ in bench.heard if item.startswith("em-")) <= NOW + 12_050
    assert bench.results("music")[-1] == "finished"
    assert not any(name.startswith("em-") for name in bench.agent.items)


def test_the_graver_then_the_upper_then_the_newer_is_heard_first() -> None:
    bench = Bench().follow()
    ones = [
        an_emergency("blue", "b", level="blue", at=NOW + 2), an_emergency("old", "o", at=NOW), an_emergency("new", "n", at=NOW + 1),
        an_emergency("county", "c", source="county", at=NOW), an_emergency("drill", "d", drill=True, level="red", source="centre", at=NOW + 3),
    ]  # fmt: skip
    bench.alarm(*ones)
    bench.live(NOW, NOW + 30_000)
    assert [item.split("-")[1] for item in starts(bench)] == ["county", "new", "old", "blue", "drill"]


@given(st.lists(st.tuples(st.sampled_from(SEVERITIES), st.sampled_from(["county", "village"]), st.integers(0, 3)), min_size=2, max_size=6))
def test_two_emergencies_never_break_each_other_off_for_ever(shape: list[tuple[str, str, int]]) -> None:
    ones = [an_emergency(f"e{n}", level=level, source=source, at=NOW + at) for n, (level, source, at) in enumerate(shape)]
    ranks = [rank(one) for one in ones]
    for (level, source, at), mine in zip(shape, ranks, strict=True):
        for (level2, source2, at2), other in zip(shape, ranks, strict=True):
            if (SEVERITIES.index(level), source == "village", -at) < (SEVERITIES.index(level2), source2 == "village", -at2):
                assert mine < other
    assert all(0 <= each < 2**53 for each in ranks)


def test_the_siren_goes_on_until_the_words_are_there_and_is_not_said_once_more_before_them() -> None:
    bench = Bench().follow()
    bench.alarm(an_emergency("e1", "siren", repeats=12))
    bench.live(NOW, NOW + 1500)
    bench.alarm(an_emergency("e1", "siren", "speech", wording=2, repeats=2), now=NOW + 1500)
    bench.live(NOW + 1500, NOW + 60_000)
    heard = [f"{item.split('-')[2]}:{'-'.join(item.split('-')[3:])}" for item in starts(bench)]
    assert heard == ["1:0-0", "2:0-1", "2:1-0", "2:1-1"]
    assert all(bench.results(item)[-1] == "finished" for item in starts(bench))


def test_what_sounds_of_the_former_words_is_heard_out() -> None:
    bench = Bench().follow()
    bench.alarm(an_emergency("e1", "old words"))
    bench.live(NOW, NOW + 1000)
    bench.alarm(an_emergency("e1", "new words", wording=2), now=NOW + 1000)
    bench.live(NOW + 1000, NOW + 10_000)
    assert starts(bench) == ["em-e1-1-0-0", "em-e1-2-0-0"] and bench.results("em-e1-1-0-0")[-1] == "finished"


def test_nothing_waits_for_a_sound_that_is_not_there() -> None:
    bench = Bench().follow()
    bench.alarm(an_emergency("e1", "siren", "lost", repeats=3))
    bench.live(NOW, NOW + 30_000, missing=frozenset({clip("lost")}))
    assert rounds(bench, "e1") == ["0-0", "1-0", "2-0"]


def test_a_drill_has_priority_two_and_keeps_quiet_hours_an_emergency_does_not() -> None:
    bench = Bench().follow()
    want = Want(2, ("z1",), volume=30, quiet=("00:00-24:00",), caps=("00:00-24:00=10",))
    bench.hear(TOPICS.down("t1", "want"), signed(want, "t1", 2))
    bench.alarm(an_emergency("real", "siren", volume=100), an_emergency("practice", "chime", drill=True))
    bench.live(NOW, NOW + 20_000)
    assert starts(bench) == ["em-real-1-0-0"]
    assert next(action for action in bench.every(Play)).volume == 100


def test_it_ends_with_its_own_time_and_with_that_of_its_signature() -> None:
    bench = Bench().follow()
    bench.alarm(an_emergency("short", repeats=50, lasts_ms=7000))
    bench.live(NOW, NOW + 60_000)
    assert max(end for _, _, end, _ in bench.heard) <= NOW + 7050
    bench = Bench().follow()
    alert = Alert(int(NOW), "z1", (an_emergency("long", repeats=50, lasts_ms=80_000_000),))
    bench.hear(TOPICS.zone("z1", "alert"), signed(alert, "z1", alert.rev, signer=ALERT, ttl_s=20))
    bench.live(NOW, NOW + 60_000)
    assert max(end for _, _, end, _ in bench.heard) <= NOW + 20_100


def cut(bench: Bench) -> Bench:
    """The power goes and comes back: only what was written down is known."""
    kept = Kept()
    for action in bench.every(Record):
        kept.apply(action.entry)
    assert kept == bench.kept
    return Bench(kept, "b2")


def test_after_a_power_cut_what_is_left_of_it_sounds_without_a_line() -> None:
    bench = Bench().follow()
    bench.alarm(an_emergency("e1", repeats=5))
    bench.live(NOW, NOW + 4000)
    after = cut(bench)
    after.live(NOW + 9000, NOW + 40_000)
    assert set(rounds(after, "e1")) & set(rounds(bench, "e1")) == set(), "nothing sounds twice"
    assert rounds(after, "e1")[-1] == "4-0"


def test_what_ended_while_the_power_was_gone_does_not_begin_again() -> None:
    bench = Bench().follow()
    bench.alarm(an_emergency("e1", repeats=50))
    bench.live(NOW, NOW + 4000)
    after = cut(bench)
    after.do(after.agent.on_connected(NOW + 20_000))
    after.alarm(now=NOW + 20_000)
    after.live(NOW + 20_000, NOW + 60_000)
    assert starts(after) == []


def test_a_revoked_key_ends_what_it_ordered_and_orders_nothing_more() -> None:
    bench = Bench().follow()
    bench.alarm(an_emergency(repeats=50))
    bench.live(NOW, NOW + 3000)
    keys = Keys(2, (PROGRAMME.public(("programme",)), STRANGER.public(("programme",))))
    bench.hear(TOPICS.keys(), signed(keys, "xy", 2, signer=ROOT, now=NOW + 3000), NOW + 3000)
    bench.live(NOW + 3000, NOW + 20_000)
    assert max(end for _, _, end, _ in bench.heard) <= NOW + 3100
    bench.alarm(an_emergency("e2"), now=NOW + 20_000)
    bench.live(NOW + 20_000, NOW + 30_000)
    assert not any("e2" in item for item in starts(bench)) and bench.agent.refused == 1


def test_who_leaves_the_zone_hears_it_no_more() -> None:
    bench = Bench().follow()
    bench.alarm(an_emergency(repeats=50))
    bench.live(NOW, NOW + 3000)
    bench.hear(TOPICS.down("t1", "want"), signed(Want(2, ("z2",)), "t1", 2, now=NOW + 3000), NOW + 3000)
    bench.live(NOW + 3000, NOW + 20_000)
    assert max(end for _, _, end, _ in bench.heard) <= NOW + 3100


ONE = an_emergency("evil", repeats=3)
FORGED: dict[str, Callable[[int], bytes]] = {
    "unsigned": lambda at: Alert(at, "z1", (ONE,)).to_json(),
    "a programme key": lambda at: _alert(at, PROGRAMME),
    "a stranger's key": lambda at: _alert(at, Signer.from_seed("a1", b"x" * 32)),
    "an unknown key": lambda at: _alert(at, Signer.from_seed("a9", b"a" * 32)),
    "the root": lambda at: _alert(at, ROOT),
    "a key of another branch": lambda at: _alert(at, BRANCH),
    "another zone": lambda at: _alert(at, ALERT, aud="z2"),
    "another zone inside": lambda at: _alert(at, ALERT, zid="z2", aud="z1"),
    "another type": lambda at: _alert(at, ALERT, typ="plan"),
    "expired": lambda at: _alert(at, ALERT, now=NOW - 90_000_000),
    "from the future": lambda at: _alert(at, ALERT, now=NOW + 600_000),
    "signed for a week": lambda at: _alert(at, ALERT, ttl_s=7 * 86_400),
    "a number from the future": lambda at: _alert(at + 86_400_000, ALERT),
    "a replay": lambda at: _alert(int(NOW) - 60_000, ALERT),
}  # fmt: skip


def _alert(rev: int, who: Signer, *, zid: str = "z1", aud: str = "", **how: Any) -> bytes:
    return signed(Alert(rev, zid, (ONE,)), aud or zid, rev, signer=who, **how)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FORGED)), st.integers(1, 100_000), st.booleans())
def test_nothing_forged_old_misaddressed_or_lesser_is_ever_played(how: str, later: int, had_one: bool) -> None:
    bench = Bench().follow()
    bench.alarm(*([an_emergency("real")] if had_one else []))
    before = bench.agent.refused
    bench.hear(TOPICS.zone("z1", "alert"), FORGED[how](int(NOW) + later))
    bench.live(NOW, NOW + 20_000, 100)
    assert bench.agent.refused == before + 1
    assert not any("evil" in item for item in starts(bench)) and not any("evil" in name for name in bench.agent.items)
    assert (starts(bench) == ["em-real-1-0-0"]) == had_one, "what was believed goes on"


def test_a_taken_back_emergency_is_not_played_again_by_replaying_its_set() -> None:
    bench = Bench().follow()
    alert = Alert(int(NOW), "z1", (ONE,))
    message = signed(alert, "z1", alert.rev, signer=ALERT)
    bench.hear(TOPICS.zone("z1", "alert"), message)
    bench.live(NOW, NOW + 1000)
    bench.alarm(now=NOW + 1000)
    bench.live(NOW + 1000, NOW + 2000)
    heard = len(bench.heard)
    after = cut(bench)
    for each in (bench, after):
        each.hear(TOPICS.zone("z1", "alert"), message, NOW + 2000)
        each.live(NOW + 2000, NOW + 10_000)
    assert len(bench.heard) == heard and starts(after) == []


def test_a_programme_key_cannot_dress_a_programme_as_an_alert() -> None:
    bench = Bench().follow()
    bench.plan(an_item("em-x-1-0-0", NOW + 1000, occ="em-x"))
    bench.live(NOW, NOW + 5000)
    assert starts(bench) == [] and bench.agent.refused == 1


def test_phrases_are_fetched_before_any_programme_and_kept() -> None:
    bench = Bench().follow()
    plan = Plan(1, "z1", int(NOW), int(NOW) + 10**8, items=(an_item("music", NOW + 3_600_000),), phrases=(a_sound("siren"), a_sound("phrase")))
    bench.hear(TOPICS.zone("z1", "plan"), signed(plan, "z1", 1))
    bench.live(NOW, NOW + 1000)
    assert [action.sha for action in bench.every(Fetch)][:2] == [clip("siren"), clip("phrase")]
    bench.plan(an_item("other", NOW + 3_600_000), rev=2, zid="z1")
    bench.hear(TOPICS.zone("z1", "plan"), signed(replace(plan, rev=3, items=()), "z1", 3))
    bench.live(NOW + 1000, NOW + 2000)
    assert {clip("siren"), clip("phrase")} <= bench.every(KeepClips)[-1].shas
    fetched = len(bench.every(Fetch))
    bench.alarm(an_emergency("e1", "siren", "phrase"), now=NOW + 5000)
    bench.live(NOW + 5000, NOW + 12_000)
    assert rounds(bench, "e1") == ["0-0", "0-1"] and len(bench.every(Fetch)) == fetched, "it is here already"


def stop(bench: Bench, now: float, name: str = "s1", zone: bool = True, **args: object) -> None:
    aud = "z1" if zone else "t1"
    topic = TOPICS.zone("z1", "cmd") if zone else TOPICS.down("t1", "cmd")
    bench.hear(topic, signed(Command(name, "stop", dict(args)), aud, 1, now=now, ttl_s=300), now)


def test_a_zone_is_stopped_within_300_ms_and_a_power_cut_does_not_bring_it_back() -> None:
    bench = Bench().follow()
    bench.plan(an_item("a0", NOW + 1000, occ="a", ms=30_000, window_ms=600_000), an_item("a1", NOW + 31_000, occ="a", n=1, ms=30_000, window_ms=600_000))
    bench.live(NOW, NOW + 5000)
    stop(bench, NOW + 5000, spare="emergency")
    assert isinstance(bench.log[-1], StopPlaying) or bench.every(StopPlaying)
    written = [action.entry["do"] for action in bench.every(Record)]
    assert written.index("stop") < len(written) and [type(action) for action in bench.log].index(StopPlaying) > 0
    after = cut(bench)  # before the mixer has even said that it is silent
    after.live(NOW + 6000, NOW + 90_000)
    assert starts(after) == [] and after.results("a0")[-1] == "preempted"
    bench.live(NOW + 5000, NOW + 90_000)
    assert max(end for _, _, end, _ in bench.heard) <= NOW + 5300 and starts(bench) == ["a0"]


def test_a_stopped_programme_that_is_planned_again_stays_stopped() -> None:
    bench = Bench().follow()
    bench.plan(an_item("a0", NOW + 1000, occ="a", ms=30_000, window_ms=600_000))
    bench.live(NOW, NOW + 5000)
    stop(bench, NOW + 5000, occ="a")
    bench.live(NOW + 5000, NOW + 6000)
    bench.plan(an_item("a9", NOW + 7000, occ="a", n=9), an_item("b0", NOW + 7000, occ="b"), rev=2)
    bench.live(NOW + 6000, NOW + 30_000)
    assert starts(bench) == ["a0", "b0"]


@pytest.mark.parametrize("zone", [True, False])
def test_a_stop_of_the_area_spares_the_emergency_one_at_the_speaker_does_not(zone: bool) -> None:
    bench = Bench().follow()
    bench.alarm(an_emergency("e1", repeats=10))
    bench.live(NOW, NOW + 3000)
    stop(bench, NOW + 3000, zone=zone, **({"spare": "emergency"} if zone else {}))
    bench.live(NOW + 3000, NOW + 60_000)
    assert (len(rounds(bench, "e1")) == 10) == zone
    if not zone:
        bench.alarm(an_emergency("e1", repeats=10), now=NOW + 60_000)
        bench.live(NOW + 60_000, NOW + 90_000)
        assert len(rounds(bench, "e1")) < 10, "signed anew it is the same one"


def test_keys_that_come_last_open_an_alert_that_came_before() -> None:
    bench = Bench()
    bench.do(bench.agent.on_connected(NOW))
    bench.hear(TOPICS.down("t1", "want"), signed(Want(1, ("z1",)), "t1", 1))
    alert = Alert(int(NOW), "z1", (an_emergency(),))
    bench.hear(TOPICS.zone("z1", "alert"), signed(alert, "z1", alert.rev, signer=ALERT))
    bench.follow()
    bench.hear(TOPICS.zone("z1", "alert"), signed(alert, "z1", alert.rev, signer=ALERT))
    bench.live(NOW, NOW + 5000)
    assert rounds(bench, "e1") == ["0-0"] and isinstance(bench.agent.keys["a1"], Key)
