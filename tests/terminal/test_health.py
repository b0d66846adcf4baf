"""A terminal says that it lives, what it is and what ails it, and tries itself at night."""

from __future__ import annotations

import queue
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from terminal.actions import Publish, TrySilently
from terminal.device import NullDevice
from terminal.hours import BadHours, next_at
from terminal.player import CannotSound, Mixer, Sounded
from terminal.trial import Trial
from tests.terminal.far_end import NOW, TOPICS, Bench, an_item, clip, signed
from wire.messages import Ack, Command, Report, State, Want

HOUR_MS = 3_600_000


def _reports(bench: Bench) -> list[Report]:
    return [Report.from_json(each.payload) for each in bench.every(Publish) if each.topic.endswith("/rep")]


def _want(bench: Bench, rev: int, now: float = NOW, **fields: Any) -> None:
    want = replace(Want(rev, ("z1",), volume=80), **fields)
    bench.hear(TOPICS.down("t1", "want"), signed(want, "t1", rev, now=now), now)


def _command(bench: Bench, op: str, now: float, **args: Any) -> list[Ack]:
    before = len(bench.log)
    bench.hear(TOPICS.down("t1", "cmd"), signed(Command(f"{op}-{now:.0f}", op, args), "t1", int(now), now=now), now)
    return [Ack.from_json(each.payload) for each in bench.log[before:] if isinstance(each, Publish) and each.topic.endswith("/ack")]


def test_it_says_that_it_lives_every_half_minute_and_what_it_is_every_half_hour() -> None:
    bench = Bench().follow()
    bench.leap(NOW, NOW + 1000)
    bench.log.clear()
    bench.leap(NOW + 1000, NOW + HOUR_MS)
    beats = [State.from_json(each.payload) for each in bench.every(Publish) if each.topic.endswith("/state")]
    assert 110 <= len(beats) <= 120 and {beat.st for beat in beats} == {"on"}
    assert len(_reports(bench)) == 2
    assert not any(each.retain for each in bench.every(Publish) if each.topic.endswith("/state"))


def test_a_fault_is_told_at_once_by_code_and_in_words_and_its_end_too() -> None:
    bench = Bench().follow()
    bench.leap(NOW, NOW + 1000)
    bench.do(bench.agent.on_machine(NOW + 2000, 5, {"disk": "disk: full"}))
    assert _reports(bench)[-1].trouble == {"disk": "disk: full"} and _reports(bench)[-1].faults == ("disk: full",)
    told = len(_reports(bench))
    bench.do(bench.agent.on_machine(NOW + 3000, 4, {"disk": "disk: full"}))
    assert len(_reports(bench)) == told, "what is no news waits for its half hour"
    bench.do(bench.agent.on_machine(NOW + 4000, 5, {}))
    assert _reports(bench)[-1].trouble == {}


def test_a_clip_that_cannot_be_decoded_is_a_fault_with_a_code() -> None:
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 5000))
    bench.do(bench.agent.on_fetched(clip("i0"), True, "", NOW))
    bench.do(bench.agent.on_prepared(clip("i0"), False, "not audio", NOW + 100))
    assert _reports(bench)[-1].trouble == {"decode": "decode: not audio"}
    bench.do(bench.agent.on_machine(NOW + 200, 1, {"clock": "clock: unsure"}))
    assert _reports(bench)[-1].trouble == {"clock": "clock: unsure", "decode": "decode: not audio"}
    bench.do(bench.agent.on_prepared(clip("i1"), True, "", NOW + 300))
    assert _reports(bench)[-1].trouble == {"clock": "clock: unsure"}


def test_at_its_hour_it_tries_itself_once_and_never_over_a_programme() -> None:
    bench = Bench().follow()
    at = next_at("03:30", NOW, "Asia/Shanghai")
    _want(bench, 2, selftest="03:30", tz="Asia/Shanghai")
    bench.plan(an_item("night", at - 1000, ms=90_000, window_ms=200_000))
    bench.leap(NOW, at + 60_000)
    assert bench.every(TrySilently) == [] and bench.played() == ["night"]
    bench.leap(at + 60_000, at + 180_000)
    assert len(bench.every(TrySilently)) == 1
    bench.do(bench.agent.on_selftest(False, "decoder: gone", at + 180_000))
    assert _reports(bench)[-1].selftest == "decoder: gone" and _reports(bench)[-1].trouble["selftest"] == "selftest: decoder: gone"
    bench.leap(at + 180_000, at + 23 * HOUR_MS)
    assert len(bench.every(TrySilently)) == 1
    bench.leap(at + 23 * HOUR_MS, at + 25 * HOUR_MS)
    assert len(bench.every(TrySilently)) == 2
    bench.do(bench.agent.on_selftest(True, "", at + 25 * HOUR_MS))
    assert _reports(bench)[-1].selftest == "ok" and "selftest" not in _reports(bench)[-1].trouble


def test_a_selftest_may_be_ordered_and_is_answered_when_it_is_over() -> None:
    bench = Bench().follow()
    assert _command(bench, "selftest", NOW + 1000) == [] and len(bench.every(TrySilently)) == 1
    before = len(bench.log)
    bench.do(bench.agent.on_selftest(True, "all well", NOW + 3000))
    acks = [Ack.from_json(each.payload) for each in bench.log[before:] if isinstance(each, Publish) and each.topic.endswith("/ack")]
    assert [(ack.result, ack.detail) for ack in acks] == [("done", "all well")]


def test_muted_is_told_and_ends() -> None:
    bench = Bench().follow()
    assert [ack.result for ack in _command(bench, "mute", NOW + 1000)] == ["done"]
    assert _reports(bench)[-1].muted
    assert [ack.result for ack in _command(bench, "mute", NOW + 2000, muted=False)] == ["done"]
    assert not _reports(bench)[-1].muted


def test_a_time_that_is_none_is_refused_in_a_want() -> None:
    bench = Bench().follow()
    _want(bench, 2, selftest="25:00")
    assert bench.agent.refused == 1 and bench.agent.want.rev == 1
    with pytest.raises(BadHours):
        next_at("3:30", NOW, "UTC")


def _try(folder: Path, device: bool) -> tuple[str, Mixer, list[int]]:
    events: queue.Queue[Any] = queue.Queue()
    mixer = Mixer(events.put)
    loudest = [0]
    filled = mixer.fill

    def fill(frames: int) -> Any:
        out = filled(frames)
        loudest[0] = max(loudest[0], *(abs(sample) for sample in out))
        return out

    mixer.fill = fill  # type: ignore[method-assign]
    hand = NullDevice(mixer) if device else None
    trial = Trial(mixer, folder, events.put, lambda: mixer.wall_ms(0), lambda: "")
    trial.begin()
    outcome = None
    while outcome is None:
        try:
            event = events.get(timeout=60 if device else 3)
        except queue.Empty:
            outcome = trial.overdue(float("inf"))
            break
        outcome = trial.heard(event) if isinstance(event, Sounded) else trial.decoded(*event[1:])
    if hand is not None:
        hand.close()
    assert outcome is not None
    return outcome, mixer, loudest


def test_the_trial_goes_through_decoder_mixer_and_device_and_nobody_hears_it(tmp_path: Path) -> None:
    outcome, _, loudest = _try(tmp_path, device=True)
    assert outcome == "" and loudest == [0] and list(tmp_path.iterdir()) == []


def test_a_device_that_takes_nothing_is_found_out(tmp_path: Path) -> None:
    outcome, mixer, _ = _try(tmp_path, device=False)
    assert outcome.startswith("device: nothing came through")
    mixer.stop()


def test_a_decoder_that_fails_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise CannotSound("no library")

    monkeypatch.setattr("terminal.trial.decode", broken)
    outcome, _, _ = _try(tmp_path, device=True)
    assert outcome == "decoder: no library"
