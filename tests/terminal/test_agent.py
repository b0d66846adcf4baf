"""What the agent believes, plays and reports."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.actions import Chime, Fetch, Play, Publish, Record, StopPlaying, Subscribe
from terminal.memory import Kept
from terminal.mind import Capabilities
from tests.terminal.far_end import NOW, PROGRAMME, ROOT, STRANGER, TOPICS, Bench, an_item, clip, signed
from wire.messages import Ack, Alternate, Command, Keys, Plan, Request, State, Want


def test_birth_subscribes_before_it_speaks_and_says_hello() -> None:
    bench = Bench()
    out = bench.do(bench.agent.on_connected(NOW))
    assert isinstance(out[0], Subscribe) and TOPICS.keys() in out[0].filters
    published = [action for action in out if isinstance(action, Publish)]
    assert State.from_json(published[0].payload).st == "on" and published[0].retain
    assert published[1].topic == TOPICS.up("t1", "req")


def hellos(bench: Bench) -> list[Request]:
    return [Request.from_json(each.payload) for each in bench.every(Publish) if each.topic.endswith("/req")]


def test_the_first_keys_open_what_came_before_them_without_another_hello() -> None:
    bench = Bench()
    bench.do(bench.agent.on_connected(NOW))
    bench.hear(TOPICS.down("t1", "want"), signed(Want(1, ("z1",), volume=80), "t1", 1))
    bench.hear(TOPICS.keys(), signed(Keys(1, (PROGRAMME.public(("programme",)),)), "xy", 1, signer=ROOT))
    assert bench.agent.want.rev == 1
    assert [each.want_rev for each in hellos(bench)] == [0, 1], "one when it comes, one for the zones it now follows"
    bench.hear(TOPICS.keys(), signed(Keys(2, (PROGRAMME.public(("programme",)),)), "xy", 2, signer=ROOT))
    assert len(hellos(bench)) == 3, "what the set before could not verify is asked for again"


def test_what_was_refused_before_the_first_keys_is_asked_for_again() -> None:
    bench = Bench()
    bench.do(bench.agent.on_connected(NOW))
    bench.hear(TOPICS.down("t1", "cmd"), signed(Command("c1", "chime", {}), "t1", 1))
    bench.hear(TOPICS.keys(), signed(Keys(1, (PROGRAMME.public(("programme",)),)), "xy", 1, signer=ROOT))
    assert bench.agent.refused == 1 and len(hellos(bench)) == 2


def test_hello_is_repeated_until_it_is_answered() -> None:
    bench = Bench().follow()
    before = len([p for p in bench.every(Publish) if p.topic.endswith("/req")])
    bench.live(NOW, NOW + 60_000, 500)
    assert len([p for p in bench.every(Publish) if p.topic.endswith("/req")]) > before + 2


def test_an_occurrence_plays_in_order_at_its_time_and_joins_without_a_gap() -> None:
    bench = Bench().follow()
    items = [an_item(f"i{n}", NOW + 5000 + 2000 * n, occ="o", n=n) for n in range(3)]
    bench.plan(*items)
    bench.live(NOW, NOW + 15_000)
    plays = bench.every(Play)
    assert [play.item for play in plays] == ["i0", "i1", "i2"]
    assert [play.at_ms for play in plays] == [NOW + 5000, NOW + 7000, NOW + 9000]
    assert [play.join for play in plays] == [False, True, True]
    assert bench.results("i1") == ["stored", "started", "finished"]


def test_that_it_begins_is_written_down_before_it_sounds() -> None:
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 1000))
    bench.live(NOW, NOW + 2000)
    at = next(n for n, action in enumerate(bench.log) if isinstance(action, Play))
    assert any(isinstance(action, Record) and action.entry["do"] == "begin" for action in bench.log[:at])


def test_a_missing_clip_is_reported_and_holds_up_nothing() -> None:
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 1000, occ="o", n=0), an_item("i1", NOW + 3000, occ="o", n=1))
    bench.live(NOW, NOW + 8000, missing=frozenset({clip("i0")}))
    assert bench.played() == ["i1"]
    assert bench.results("i0") == ["failed"] and "finished" in bench.results("i1")


def test_the_more_important_breaks_off_the_less_important_which_goes_on_where_it_stopped() -> None:
    bench = Bench().follow()
    bench.plan(an_item("song", NOW + 1000, ms=20_000), an_item("flood", NOW + 5000, priority=2))
    bench.live(NOW, NOW + 30_000)
    assert bench.results("song") == ["stored", "started", "finished"] and bench.results("flood")[-1] == "finished"
    assert [(name, offset) for name, _, _, offset in bench.heard] == [("song", 0.0), ("flood", 0.0), ("song", 4000.0)]
    assert next(play for play in bench.every(Play) if play.item == "flood").at_ms == NOW + 5000


def test_the_equally_important_waits_its_turn_or_is_missed() -> None:
    bench = Bench().follow()
    bench.plan(
        an_item("long", NOW + 1000, ms=10_000), an_item("waits", NOW + 2000), an_item("late", NOW + 3000, window_ms=2000),
    )  # fmt: skip
    bench.live(NOW, NOW + 20_000)
    assert bench.played() == ["long", "waits"] and bench.results("late")[-1] == "missed"
    assert bench.every(Play)[1].at_ms == NOW + 11_000


def test_the_same_plan_again_plays_nothing_again() -> None:
    bench = Bench().follow()
    item = an_item("i0", NOW + 1000)
    bench.plan(item)
    bench.live(NOW, NOW + 5000)
    bench.do(bench.agent.on_connected(NOW + 5000))
    bench.plan(item)
    bench.plan(item, rev=2)
    bench.live(NOW + 5000, NOW + 9000)
    assert bench.played() == ["i0"] and bench.agent.refused == 0


def test_a_plan_larger_than_a_message_is_there_after_a_restart() -> None:
    first = Bench().follow()
    items = tuple(an_item(f"i{n}", NOW + 60_000 + n * 5000) for n in range(1000))
    large = Plan(2, "z1", int(NOW), int(NOW) + 10**8, items=items).to_json()
    sha = hashlib.sha256(large).hexdigest()
    pointer = Plan(2, "z1", int(NOW), int(NOW) + 10**8, pointer="plan/x", pointer_sha256=sha, pointer_bytes=len(large))
    first.hear(TOPICS.zone("z1", "plan"), signed(pointer, "z1", 2))
    first.do(first.agent.on_fetched(sha, True, "", NOW, large))
    second = Bench(copy.deepcopy(first.kept), "b2")
    assert len(large) > 64 * 1024 and len(second.agent.items) == 1000


@pytest.mark.parametrize("after_ms, plays", [(500, True), (1500, True), (70_000, False)])
def test_after_a_restart_what_had_not_begun_plays_within_its_window(after_ms: int, plays: bool) -> None:
    first = Bench().follow()
    first.plan(an_item("i0", NOW + 1000))
    second = Bench(copy.deepcopy(first.kept), "b2")
    second.live(NOW + after_ms, NOW + after_ms + 5000)
    assert second.played() == (["i0"] if plays else [])
    assert second.results("i0")[-1] == ("finished" if plays else "missed")


def test_a_power_cut_in_the_middle_goes_on_where_it_would_be() -> None:
    first = Bench().follow()
    first.plan(an_item("i0", NOW + 1000, ms=10_000))
    first.live(NOW, NOW + 3000)
    second = Bench(copy.deepcopy(first.kept), "b2")
    second.live(NOW + 5000, NOW + 15_000)
    (play,) = second.every(Play)
    assert 4000 <= play.offset_ms <= 4300 and "started" not in second.results("i0")
    assert second.results("i0")[-1] == "finished"


def test_a_power_cut_past_the_end_is_owned_up_once() -> None:
    first = Bench().follow()
    first.plan(an_item("i0", NOW + 1000, ms=3000))
    first.live(NOW, NOW + 2000)
    second = Bench(copy.deepcopy(first.kept), "b2")
    second.live(NOW + 9000, NOW + 12_000)
    assert second.played() == [] and second.results("i0") == ["failed"]
    third = Bench(copy.deepcopy(second.kept), "b3")
    third.live(NOW + 13_000, NOW + 15_000)
    assert third.results("i0") == []


def test_receipts_are_sent_again_until_they_are_acknowledged() -> None:
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 1000))
    bench.live(NOW, NOW + 13_000)
    first, second = bench.batches()[:2]
    assert first == second
    bench.acknowledge(first.seq, NOW + 13_000)
    bench.live(NOW + 13_000, NOW + 14_000)
    assert bench.batches()[-1].seq == first.seq + 1
    bench.acknowledge(first.seq + 1, NOW + 14_000)
    assert bench.kept.batch == [] and bench.kept.pending == []


def test_receipts_survive_and_are_sent_by_the_next_start() -> None:
    first = Bench().follow()
    first.plan(an_item("i0", NOW + 1000))
    first.live(NOW, NOW + 5000)
    second = Bench(copy.deepcopy(first.kept), "b2")
    second.do(second.agent.on_connected(NOW + 6000))
    assert second.batches()[0].seq == first.batches()[-1].seq


UNTRUE = {
    "unsigned": lambda plan: plan.to_json(),
    "wrong key": lambda plan: signed(plan, "z1", plan.rev, signer=STRANGER),
    "root instead of programme": lambda plan: signed(plan, "z1", plan.rev, signer=ROOT),
    "expired": lambda plan: signed(plan, "z1", plan.rev, now=NOW - 10**8, ttl_s=60),
    "another zone": lambda plan: signed(plan, "z2", plan.rev),
    "another kind": lambda plan: signed(plan, "z1", plan.rev, typ="want"),
    "another number": lambda plan: signed(plan, "z1", plan.rev + 1),
    "changed": lambda plan: signed(plan, "z1", plan.rev).replace(b'"n":0', b'"n":1'),
    "not JSON": lambda plan: b"\xff\x00",
}


@pytest.mark.parametrize("how", UNTRUE)
def test_what_is_not_signed_for_me_is_never_played(how: str) -> None:
    bench = Bench().follow()
    bench.hear(TOPICS.zone("z1", "plan"), UNTRUE[how](Plan(7, "z1", 0, 10**14, items=(an_item("evil", NOW + 1000),))))
    bench.live(NOW, NOW + 5000)
    assert bench.played() == [] and bench.every(Fetch) == [] and bench.agent.refused == 1


def test_an_older_plan_is_a_replay() -> None:
    bench = Bench().follow()
    bench.plan(rev=5)
    bench.plan(an_item("old", NOW + 1000), rev=4)
    bench.live(NOW, NOW + 3000)
    assert bench.played() == [] and bench.agent.refused == 1


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["keys", "want", "cmd", "plan", "rsp"]))
def test_no_bytes_make_it_play_or_fall(payload: bytes, channel: str) -> None:
    bench = Bench().follow()
    topic = {"keys": TOPICS.keys(), "plan": TOPICS.zone("z1", "plan")}.get(channel) or TOPICS.down("t1", channel)
    bench.hear(topic, payload)
    assert bench.agent.refused == 1 and bench.played() == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 7), st.integers(1, 30)), min_size=1, max_size=6))
def test_one_voice_at_a_time_and_each_item_ends_once(shape: list[tuple[int, int, int]]) -> None:
    bench = Bench().follow()
    bench.plan(*(an_item(f"i{n}", NOW + 1000 + 200 * at, priority=p, ms=200 * ms) for n, (at, p, ms) in enumerate(shape)))
    bench.live(NOW, NOW + 130_000, 100)
    for n in range(len(shape)):
        ends = [result for result in bench.results(f"i{n}") if result not in ("stored", "started")]
        assert len(ends) == 1
        assert bench.results(f"i{n}").count("started") <= 1
    most = min(range(len(shape)), key=lambda n: (max(2, shape[n][1]), shape[n][0]))  # a plan is no emergency
    assert bench.results(f"i{most}")[-1] == "finished"


def test_keys_that_come_last_still_open_what_came_before() -> None:
    bench = Bench()
    bench.do(bench.agent.on_connected(NOW))
    bench.hear(TOPICS.down("t1", "want"), signed(Want(1, ("z1",)), "t1", 1))
    bench.hear(TOPICS.keys(), signed(Keys(1, (PROGRAMME.public(("programme",)),)), "xy", 1, signer=ROOT))
    assert bench.agent.want.zones == ("z1",) and bench.agent.refused == 0


def test_a_key_set_not_signed_by_a_pinned_root_is_refused() -> None:
    bench = Bench()
    bench.hear(TOPICS.keys(), signed(Keys(1, (STRANGER.public(("programme",)),)), "xy", 1, signer=STRANGER))
    assert bench.agent.keys == {} and bench.agent.refused == 1


def command(bench: Bench, op: str, name: str = "c1", **args: object) -> None:
    bench.hear(TOPICS.down("t1", "cmd"), signed(Command(name, op, dict(args)), "t1", 1))


def acks(bench: Bench) -> list[Ack]:
    return [Ack.from_json(action.payload) for action in bench.every(Publish) if action.topic.endswith("/ack")]


def test_a_chime_is_acknowledged_when_it_is_heard_and_once() -> None:
    bench = Bench().follow()
    command(bench, "chime")
    command(bench, "chime")
    assert len(bench.every(Chime)) == 1 and acks(bench) == []
    bench.do(bench.agent.on_started("c1", NOW + 120, NOW + 130))
    assert [(ack.id, ack.result, ack.at_ms) for ack in acks(bench)] == [("c1", "done", NOW + 120)]


def test_volume_is_checked_and_kept() -> None:
    bench = Bench().follow()
    command(bench, "volume", volume=0)
    command(bench, "volume", "c2", volume=101)
    assert bench.kept.volume == 0 and [ack.result for ack in acks(bench)] == ["done", "refused"]


def test_stop_silences_an_occurrence_and_what_remains_of_it() -> None:
    bench = Bench().follow()
    bench.plan(
        an_item("i0", NOW + 1000, occ="o", ms=9000), an_item("i1", NOW + 10_000, occ="o", n=1), an_item("other", NOW + 15_000)
    )
    bench.live(NOW, NOW + 2000)
    command(bench, "stop")
    assert bench.every(StopPlaying)
    bench.live(NOW + 2000, NOW + 20_000)
    assert bench.played() == ["i0", "other"] and bench.results("i1")[-1] == "preempted"


def test_revoked_falls_silent() -> None:
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 1000))
    bench.hear(TOPICS.down("t1", "want"), signed(Want(2, ("z1",), revoked=True), "t1", 2))
    bench.live(NOW, NOW + 5000)
    assert bench.played() == [] and bench.every(StopPlaying)


def test_refused_by_the_broker_three_times_falls_silent() -> None:
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 1000))
    for _ in range(3):
        bench.do(bench.agent.on_auth_refused("not authorised", NOW))
    bench.live(NOW, NOW + 5000)
    assert bench.played() == []


def test_a_zone_left_is_silent_and_unsubscribed() -> None:
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 1000))
    bench.hear(TOPICS.down("t1", "want"), signed(Want(2, ("z9",)), "t1", 2))
    bench.live(NOW, NOW + 3000)
    assert bench.played() == [] and bench.kept.plans == {}


def test_an_empty_memory_reports_nothing() -> None:
    assert Bench(Kept()).receipts() == []


def test_what_leaves_the_plan_after_its_time_is_reported_missed_and_before_its_time_is_not() -> None:
    bench = Bench().follow()
    bench.plan(an_item("past", NOW - 1000), an_item("future", NOW + 10_000))
    bench.plan(rev=2)
    assert bench.results("past") == ["missed"] and bench.results("future") == []


def test_a_plan_behind_a_pointer_is_believed_by_its_digest() -> None:
    bench = Bench().follow()
    large = Plan(3, "z1", int(NOW), int(NOW) + 10**8, items=(an_item("i0", NOW + 1000),)).to_json()
    sha = hashlib.sha256(large).hexdigest()
    short = Plan(3, "z1", int(NOW), int(NOW) + 10**8, pointer="/plan/x.json", pointer_sha256=sha, pointer_bytes=len(large))
    out = bench.hear(TOPICS.zone("z1", "plan"), signed(short, "z1", 3))
    asked = [(action.sha, action.urls, action.read) for action in out if isinstance(action, Fetch)]
    assert asked == [(sha, ("http://station/plan/x.json",), True)]
    bench.log.clear()
    bench.do(bench.agent.on_fetched(sha, True, "", NOW, large))
    bench.live(NOW, NOW + 5000)
    assert bench.played() == ["i0"]


def test_a_plan_behind_a_pointer_that_does_not_come_is_asked_for_again() -> None:
    bench = Bench().follow()
    large = Plan(3, "z1", int(NOW), int(NOW) + 10**8, items=(an_item("i0", NOW + 60_000),)).to_json()
    sha = hashlib.sha256(large).hexdigest()
    bench.hear(TOPICS.zone("z1", "plan"), signed(Plan(3, "z1", int(NOW), int(NOW) + 10**8, pointer="/plan/x.json", pointer_sha256=sha, pointer_bytes=len(large)), "z1", 3))
    bench.live(NOW, NOW + 10_000, missing=frozenset({sha}))
    assert [action.sha for action in bench.log if isinstance(action, Fetch)] == [sha] * 4, "after 1, 2 and 4 s, one at a time"
    bench.do(bench.agent.on_fetched(sha, True, "", NOW + 10_000, large))
    bench.live(NOW + 10_000, NOW + 65_000)
    assert bench.played() == ["i0"] and not bench.agent.pointers


def test_a_terminal_takes_the_format_it_names_first() -> None:
    bench = Bench()
    bench.agent.capabilities = Capabilities("test", can=("opus", "mp3"))
    bench.follow("z1")
    other = Alternate("opus", clip("opus"), "/audio/opus", 500, 0)
    bench.plan(replace(an_item("a", NOW + 5000), others=(other,)), an_item("b", NOW + 9000))
    assert [action.sha for action in bench.log if isinstance(action, Fetch)] == [clip("opus"), clip("b")]


def test_a_plan_with_an_impossible_alternate_is_refused() -> None:
    bench = Bench().follow("z1")
    bench.plan(replace(an_item("a", NOW + 5000), others=(Alternate("opus", "../../etc", "/x", 500),)))
    assert bench.agent.refused == 1 and not bench.agent.items
