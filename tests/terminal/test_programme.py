"""Who sounds when programmes overlap, after GD/J 084 section 6.4: as the village hears it."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.actions import Play, SetVolume, Tell
from tests.terminal.far_end import NOW, TOPICS, Bench, an_item, clip, signed
from wire.messages import Command, Emergency, Fill, Plan, PlanItem, Sound, Want


def hear(*items: PlanItem, ms: int = 60_000, step: float = 50.0) -> Bench:
    bench = Bench().follow()
    bench.plan(*items)
    bench.live(NOW, NOW + ms, step)
    return bench


FLOOD = "em-flood-1-0-0"


def flood(at: float, *, ms: int = 2000, volume: int = -1) -> Emergency:
    """A red emergency of the village, heard once."""
    return Emergency("flood", "red", "village", int(at), int(at) + 600_000, (Sound("siren", clip("siren"), "/siren", 1000, ms),), volume=volume)


def order(bench: Bench) -> list[str]:
    return [name for name, *_ in bench.heard]


def test_interrupt_and_skip_does_not_come_back() -> None:
    bench = hear(an_item("song", NOW + 1000, ms=20_000), an_item("notice", NOW + 5000, priority=4, brk="skip"))
    assert order(bench) == ["song", "notice"] and bench.results("song")[-1] == "preempted"


def test_what_is_left_of_a_programme_goes_on_in_order_after_an_interruption() -> None:
    programme = [an_item(f"p{n}", NOW + 1000 + 10_000 * n, occ="p", n=n, ms=10_000, window_ms=200_000) for n in range(3)]
    bench = hear(*programme, an_item("flood", NOW + 15_000, priority=2, ms=20_000), ms=90_000)
    assert order(bench) == ["p0", "p1", "flood", "p1", "p2"]
    assert [end - begin for _, begin, end, _ in bench.heard] == [10_000, 4000, 20_000, 6000, 10_000]
    assert bench.heard[3][3] == 4000 and bench.results("p1") == ["stored", "started", "finished"]


def test_an_interrupted_programme_whose_window_closed_does_not_go_on() -> None:
    bench = hear(an_item("song", NOW + 1000, ms=20_000, window_ms=10_000), an_item("flood", NOW + 5000, priority=2, ms=20_000))
    assert order(bench) == ["song", "flood"]
    (last,) = [each for each in bench.receipts() if each.item == "song" and each.result == "preempted"]
    assert last.dur_ms == 4000 and "flood" in last.detail and last.start_ms == NOW + 1000


def test_what_begins_late_ends_with_its_window() -> None:
    bench = hear(an_item("long", NOW + 1000, ms=10_000), an_item("waits", NOW + 2000, ms=10_000, window_ms=12_000))
    assert order(bench) == ["long", "waits"] and bench.heard[1][2] == NOW + 14_000
    assert bench.results("waits")[-1] == "preempted"


def test_an_equal_programme_does_not_get_between_the_items_of_another() -> None:
    bench = hear(
        an_item("a0", NOW + 1000, occ="a", ms=2000), an_item("a1", NOW + 6000, occ="a", n=1, ms=3000), an_item("b", NOW + 2000, ms=2000)
    )
    assert order(bench) == ["a0", "a1", "b"]


def test_a_missing_item_keeps_nobody_waiting() -> None:
    bench = Bench().follow()
    bench.plan(an_item("a0", NOW + 1000, occ="a"), an_item("a1", NOW + 3000, occ="a", n=1, ms=20_000), an_item("b", NOW + 3500))
    bench.live(NOW, NOW + 30_000, missing=frozenset({clip("a1")}))
    assert order(bench) == ["a0", "b"] and bench.heard[1][1] == NOW + 3500


def test_after_waits_for_the_clip_and_goes_before_the_rest() -> None:
    bench = hear(
        an_item("a0", NOW + 1000, occ="a", ms=5000), an_item("a1", NOW + 6000, occ="a", n=1, ms=5000),
        an_item("notice", NOW + 3000, priority=4, start="after"),
    )  # fmt: skip
    assert order(bench) == ["a0", "notice", "a1"] and bench.heard[1][1] == NOW + 6000


def test_free_waits_until_nobody_else_is_on() -> None:
    bench = hear(
        an_item("a0", NOW + 1000, occ="a", ms=5000), an_item("a1", NOW + 6000, occ="a", n=1, ms=5000),
        an_item("notice", NOW + 3000, priority=4, start="free"),
    )  # fmt: skip
    assert order(bench) == ["a0", "a1", "notice"] and bench.heard[2][1] == NOW + 11_000


def test_mixed_under_goes_on_while_the_notice_is_said() -> None:
    bench = hear(an_item("song", NOW + 1000, ms=20_000), an_item("notice", NOW + 5000, priority=4, brk="mix"))
    (song,), (notice,) = ([each for each in bench.heard if each[0] == name] for name in ("song", "notice"))
    assert song[1:3] == (NOW + 1000, NOW + 21_000) and notice[1:3] == (NOW + 5000, NOW + 7000)


def test_the_more_important_breaks_off_both_layers_and_the_song_goes_on() -> None:
    bench = hear(
        an_item("song", NOW + 1000, ms=20_000), an_item("notice", NOW + 5000, ms=8000, priority=4, brk="mix"),
        an_item("flood", NOW + 7000, priority=2),
    )  # fmt: skip
    assert [end for name, _, end, _ in bench.heard if name in ("song", "notice")][:2] == [NOW + 7000, NOW + 7000]
    assert bench.results("song")[-1] == "finished" and bench.results("notice")[-1] == "finished"


def test_the_newer_of_two_equals_waits_and_the_smaller_rank_does_not() -> None:
    newest = hear(an_item("first", NOW + 1000, priority=2, ms=20_000), an_item("second", NOW + 5000, priority=2))
    assert order(newest) == ["first", "second"]
    ranked = hear(an_item("town", NOW + 1000, priority=5, rank=3, ms=8000), an_item("county", NOW + 5000, priority=5, rank=2))
    assert order(ranked) == ["town", "county", "town"]


def test_an_interruption_survives_a_power_cut() -> None:
    first = Bench().follow()
    first.plan(an_item("song", NOW + 1000, ms=20_000, window_ms=90_000), an_item("flood", NOW + 5000, priority=2, ms=20_000))
    first.live(NOW, NOW + 10_000)
    second = Bench(copy.deepcopy(first.kept), "b2")
    second.live(NOW + 12_000, NOW + 60_000)
    assert [(name, offset) for name, _, _, offset in second.heard][1] == ("song", 4000.0)
    assert second.results("song") == ["finished"] and 7000 <= second.heard[0][3] <= 8200


# -- hours, volume -------------------------------------------------------------------------------------------------------


def wanted(bench: Bench, rev: int = 2, **hours: object) -> None:
    want = Want(rev, ("z1",), volume=80, tz="UTC", **hours)  # type: ignore[arg-type]  # named by the test
    bench.hear(TOPICS.down("t1", "want"), signed(want, "t1", rev))


ALWAYS = "00:00-24:00"


def test_in_quiet_hours_nothing_but_an_emergency_begins() -> None:
    bench = Bench().follow()
    wanted(bench, quiet=(ALWAYS,))
    bench.plan(an_item("song", NOW + 1000, window_ms=5000), an_item("claims", NOW + 1500, priority=1, window_ms=5000))
    bench.alarm(flood(NOW + 2000))
    bench.live(NOW, NOW + 10_000)
    assert order(bench) == [FLOOD]
    assert [(each.result, each.detail) for each in bench.receipts() if each.item == "song"][-1] == ("missed", "quiet hours")


def missed(bench: Bench, item: str) -> tuple[str, str]:
    return [(each.result, each.detail) for each in bench.receipts() if each.item == item][-1]


def test_on_a_quiet_day_nothing_but_an_emergency_begins() -> None:
    bench = Bench().follow()  # NOW is 08:00 of 2027-01-15, a Friday
    wanted(bench, quiet_days=("2027-01-14", "2027-01-15=07:00-08:01"))
    bench.plan(an_item("song", NOW + 1000, window_ms=5000), an_item("later", NOW + 58_000, window_ms=60_000))
    bench.alarm(flood(NOW + 2000))
    bench.live(NOW, NOW + 70_000)
    assert order(bench) == [FLOOD, "later"] and missed(bench, "song") == ("missed", "quiet day 2027-01-15")
    assert bench.heard[1][1] >= NOW + 60_000, "when the quiet hours of the day are over, what may still begin does"


def test_what_began_before_a_quiet_day_is_heard_to_its_end() -> None:
    bench = Bench().follow()
    wanted(bench, quiet_days=("2027-01-15=08:01-09:00",))
    bench.plan(an_item("song", NOW + 30_000, ms=60_000), an_item("next", NOW + 90_000))
    bench.live(NOW, NOW + 200_000)
    assert bench.results("song")[-1] == "finished" and missed(bench, "next") == ("missed", "quiet day 2027-01-15")


def test_a_quiet_day_holds_without_a_line_and_after_a_power_cut() -> None:
    bench = Bench().follow()
    wanted(bench, quiet_days=("2027-01-15",))
    bench.plan(an_item("song", NOW + 60_000, window_ms=10_000), an_item("tomorrow", NOW + 16.5 * 3_600_000))
    bench.leap(NOW, NOW + 1000)
    bench.do(bench.agent.on_disconnected(NOW + 1000))
    again = Bench(copy.deepcopy(bench.kept), "b2")
    again.leap(NOW + 20_000, NOW + 17 * 3_600_000)
    rows = [(row[0], row[5], row[8]) for row in again.kept.pending]
    assert ("song", "missed", "quiet day 2027-01-15") in rows and ("tomorrow", "finished", "") in rows


def test_the_reason_is_that_of_its_own_time_when_the_power_comes_back_days_later() -> None:
    bench = Bench().follow()
    wanted(bench, quiet_days=("2027-01-15",))
    bench.plan(an_item("song", NOW + 60_000, window_ms=10_000))
    bench.leap(NOW, NOW + 1000)
    again = Bench(copy.deepcopy(bench.kept), "b2")
    again.leap(NOW + 2 * 86_400_000, NOW + 2 * 86_400_000 + 1000)
    assert ("song", "missed", "quiet day 2027-01-15") in [(row[0], row[5], row[8]) for row in again.kept.pending]


@pytest.mark.parametrize("days", [("2027-02-30",), ("2027-1-5",), ("tomorrow",), ("2027-01-15=",), ("2027-01-15=8-9",), ("2027-01-15",) * 401])
def test_days_that_cannot_be_read_are_refused_and_the_wishes_before_hold(days: tuple[str, ...]) -> None:
    bench = Bench().follow()
    wanted(bench, quiet_days=days)
    assert bench.agent.refused == 1 and bench.agent.want.rev == 1


def test_the_cap_of_the_hour_bounds_a_message_but_not_an_emergency() -> None:
    bench = Bench().follow()
    wanted(bench, caps=(ALWAYS + "=30",))
    bench.plan(
        an_item("plain", NOW + 1000), an_item("loud", NOW + 4000, volume=90), an_item("soft", NOW + 7000, volume=10),
        an_item("claims", NOW + 10_000, priority=1, volume=95),
    )  # fmt: skip
    bench.alarm(flood(NOW + 13_000, volume=95))
    bench.live(NOW, NOW + 18_000)
    assert bench.every(SetVolume)[-1].volume == 30
    assert [play.volume for play in bench.every(Play)] == [-1, 30, 10, 30, 95]
    assert [each.volume for each in bench.receipts() if each.result == "finished"] == [30, 30, 10, 30, 95]


def test_mute_silences_everything_but_an_emergency() -> None:
    bench = Bench().follow()
    bench.hear(TOPICS.down("t1", "cmd"), signed(Command("m1", "mute", {"muted": True}), "t1", 1))
    bench.plan(an_item("claims", NOW + 1000, priority=1, volume=90))
    bench.alarm(flood(NOW + 4000))
    bench.live(NOW, NOW + 8000)
    assert bench.every(SetVolume)[-1].volume == 0 and [(play.item, play.volume) for play in bench.every(Play)] == [("claims", 0), (FLOOD, 80)]


def test_staggered_terminals_start_apart() -> None:
    bench = Bench().follow()
    wanted(bench, stagger_ms=400)
    bench.plan(an_item("i", NOW + 1000))
    bench.live(NOW, NOW + 5000)
    assert bench.heard[0][1] == NOW + 1400


def test_an_unknown_time_plays_nothing_but_emergencies() -> None:
    bench = Bench().follow()
    bench.agent.clock_known = False
    bench.plan(an_item("song", NOW + 1000), an_item("claims", NOW + 1000, priority=1))
    bench.alarm(flood(NOW + 1000))
    bench.live(NOW, NOW + 5000)
    assert order(bench) == [FLOOD]


@pytest.mark.parametrize("hours", ["25:00-26:00", "6-8", "06:00-08:00=x"])
def test_hours_that_are_none_are_refused(hours: str) -> None:
    bench = Bench().follow()
    wanted(bench, quiet=(hours,))
    assert bench.agent.want.rev == 1 and bench.agent.refused == 1


# -- something always plays ------------------------------------------------------------------------------------------------


def filled(bench: Bench, *items: PlanItem, fallback: bool = True) -> None:
    fill = [Fill(clip("default"), "d", 10, 3000, title="default"), *([Fill(clip("fallback"), "f", 10, 3000, kind="fallback", title="fallback")] if fallback else [])]
    plan = Plan(9, "z1", int(NOW), int(NOW) + 10**8, tz="UTC", items=items, fill=tuple(fill), fill_hours=(ALWAYS,))
    bench.hear(TOPICS.zone("z1", "plan"), signed(plan, "z1", 9))


def test_in_its_hours_the_default_playlist_fills_the_pauses_and_gives_way() -> None:
    bench = Bench().follow()
    filled(bench, an_item("news", NOW + 10_000, ms=4000, start="after"))
    bench.live(NOW, NOW + 20_000)
    at = next(each for each in bench.heard if each[0] == "news")
    assert at[1] == NOW + 10_000
    fillers = [each for each in bench.heard if each[0].startswith("fill")]
    assert len(fillers) >= 3 and all(end <= NOW + 10_000 or begin >= at[2] for _, begin, end, _ in fillers)
    assert {each.item for each in bench.receipts()} == {"news"}


def test_in_quiet_hours_and_while_the_time_is_unknown_nothing_fills_a_pause_and_that_is_no_fault() -> None:
    bench = Bench().follow()
    wanted(bench, quiet=(ALWAYS,))
    filled(bench)
    bench.live(NOW, NOW + 5000)
    lost = Bench().follow()
    lost.agent.clock_known = False
    filled(lost)
    lost.live(NOW, NOW + 5000)
    for each in (bench, lost):
        assert each.heard == [] and "silence" not in each.agent.machine.faults


def test_hours_that_shall_not_be_silent_without_any_clip_are_a_fault() -> None:
    bench = Bench().follow()
    bench.hear(TOPICS.zone("z1", "plan"), signed(Plan(9, "z1", int(NOW), int(NOW) + 10**8, tz="UTC", fill_hours=(ALWAYS,)), "z1", 9))
    bench.live(NOW, NOW + 5000)
    assert "silence" in bench.agent.machine.faults


def test_without_the_default_playlist_fallback_media_plays_and_without_both_a_fault_is_raised() -> None:
    bench = Bench().follow()
    filled(bench)
    bench.live(NOW, NOW + 5000, missing=frozenset({clip("default")}))
    assert bench.heard and bench.agent.sounding[-1].item.title == "fallback"
    silent = Bench().follow()
    filled(silent, fallback=False)
    silent.live(NOW, NOW + 5000, missing=frozenset({clip("default")}))
    assert silent.heard == [] and "silence" in silent.agent.machine.faults


def test_where_a_programme_is_missing_fallback_media_sounds_in_its_place() -> None:
    bench = Bench().follow()
    fill = (Fill(clip("fallback"), "f", 10, 3000, kind="fallback", title="fallback"),)
    plan = Plan(9, "z1", int(NOW), int(NOW) + 10**8, items=(an_item("news", NOW + 5000, ms=6000),), fill=fill)
    bench.hear(TOPICS.zone("z1", "plan"), signed(plan, "z1", 9))
    bench.live(NOW, NOW + 20_000, missing=frozenset({clip("news")}))
    assert bench.heard and all(NOW + 5000 <= begin < NOW + 11_000 for _, begin, _, _ in bench.heard)


def test_what_was_skipped_stays_skipped_when_another_takes_over_from_its_successor() -> None:
    songs = an_item("song", NOW + 1000, priority=4, rank=2, ms=6500, window_ms=20_000), an_item("skipper", NOW + 5500, priority=4, rank=1, ms=1000, brk="skip")
    bench = hear(*songs, an_item("last", NOW + 6000, priority=4, ms=1000), step=100)
    assert order(bench) == ["song", "skipper", "last"] and bench.results("song")[-1] == "preempted"


# -- properties ------------------------------------------------------------------------------------------------------------

SHAPE = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 7), st.integers(2, 30), st.integers(1, 60), st.sampled_from(["resume", "skip"])),
    min_size=1, max_size=7,
)  # fmt: skip


def planned(shape: list[tuple[int, int, int, int, str]]) -> list[PlanItem]:
    return [
        an_item(f"i{n}", NOW + 1000 + 500 * at, priority=priority, ms=500 * ms, window_ms=500 * (ms + window), brk=brk)
        for n, (at, priority, ms, window, brk) in enumerate(shape)
    ]


def level(item: PlanItem) -> int:
    """What a plan's item counts as: no plan is an emergency."""
    return max(2, item.priority)


@settings(max_examples=30, deadline=None)
@given(SHAPE, st.lists(st.tuples(st.integers(-3, 7), st.integers(-99, 99)), min_size=7, max_size=7), st.integers(0, 60), st.integers(4, 30))
def test_no_plan_whatever_it_claims_keeps_an_emergency_waiting_or_breaks_it_off(
    shape: list[tuple[int, int, int, int, str]], claims: list[tuple[int, int]], at: int, ms: int
) -> None:
    items = [replace(item, priority=priority, rank=rank) for item, (priority, rank) in zip(planned(shape), claims, strict=False)]
    began, length = NOW + 1000 + 500 * at, 500 * ms
    bench = Bench().follow()
    bench.plan(*items)
    bench.alarm(flood(began, ms=length))
    bench.live(NOW, NOW + 110_000, 100)
    (whole,) = [each for each in bench.heard if each[0] == FLOOD]
    assert whole[1:] == (began, began + length, 0.0)
    assert all(end <= began or begin >= began + length for name, begin, end, _ in bench.heard if name != FLOOD)
    too_important = any(item.priority < 2 for item in items)
    assert bench.agent.refused == too_important
    assert too_important == any(tell.event == "refused" and "priority of an emergency" in str(tell.facts) for tell in bench.every(Tell))
    assert min(item.priority for item, zid, _ in bench.agent.items.values() if zid == "z1") >= 2
    again = Bench(copy.deepcopy(bench.kept), "b2")  # a plan that is read again after a power cut is bound by the same
    assert all(item.priority >= 2 for item, zid, _ in again.agent.items.values() if zid == "z1")


@pytest.mark.parametrize("names", [{"id": FLOOD}, {"occ": "em-flood"}])
def test_a_plan_whose_item_is_named_like_an_emergency_is_refused_and_the_emergency_sounds(names: dict[str, str]) -> None:
    bench = Bench().follow()
    bench.alarm(flood(NOW + 2000))
    bench.plan(replace(an_item("silence", NOW + 1000, window_ms=1500), **names))
    bench.live(NOW, NOW + 5000)
    assert order(bench) == [FLOOD] and bench.heard[0][1:3] == (NOW + 2000, NOW + 4000) and bench.agent.refused == 1


@settings(max_examples=40, deadline=None)
@given(SHAPE)
def test_the_highest_always_sounds_inside_its_window_and_goes_on_where_it_stopped(shape: list[tuple[int, int, int, int, str]]) -> None:
    items = {item.id: item for item in planned(shape)}
    bench = hear(*items.values(), ms=110_000, step=100)
    so_far = dict.fromkeys(items, 0.0)
    skipped: set[str] = set()
    for (name, begin, end, offset), after in zip(bench.heard, [*bench.heard[1:], None], strict=True):
        item = items[name]
        assert item.at_ms <= begin < end <= item.expires_ms  # nothing outside its window
        assert abs(offset - so_far[name]) < 1e-6 and name not in skipped  # where it stopped
        so_far[name] = offset + end - begin
        if after is not None:
            assert after[1] >= end - 1e-6  # one voice at a time
            if item.ms - so_far[name] >= 1000 and after[1] == end and item.expires_ms - end >= 1000:
                assert level(items[after[0]]) < level(item)
                if items[after[0]].brk == "skip":
                    skipped.add(name)
        for other in items.values():  # the highest sounds: nobody more important waited all through this stretch
            waits = other.at_ms < begin and so_far[other.id] == 0 and other.expires_ms - begin >= min(1000, other.ms)
            assert not (waits and level(other) < level(item) and other.id not in skipped)
    for name in items:
        ends = [result for result in bench.results(name) if result not in ("stored", "started")]
        assert len(ends) == 1 and bench.results(name).count("started") <= 1
