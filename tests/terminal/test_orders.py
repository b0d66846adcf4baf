"""What became of a command is known at the station in the end, whatever breaks between."""

from __future__ import annotations

import copy

from terminal.actions import Publish, SendLog
from terminal.memory import Kept
from terminal.telling import ANSWER_FIRST_MS, ANSWER_MOST_MS, ZONE_JITTER_MS
from tests.terminal.far_end import NOW, TOPICS, Bench, signed
from wire.messages import Ack, Answer, Command


def _order(bench: Bench, name: str, op: str = "report", now: float = NOW, zone: bool = False) -> None:
    topic, aud = (TOPICS.zone("z1", "cmd"), "z1") if zone else (TOPICS.down("t1", "cmd"), "t1")
    bench.hear(topic, signed(Command(name, op, {}), aud, 1, now=now), now)


def _answers(bench: Bench) -> list[tuple[str, str]]:
    sent = [Ack.from_json(each.payload) for each in bench.every(Publish) if each.topic.endswith("/up/ack")]
    return [(ack.id, ack.result) for ack in sent]


def test_an_answer_is_said_again_until_the_station_has_it() -> None:
    bench = Bench().follow()
    _order(bench, "c1")
    assert _answers(bench) == [("c1", "done")]
    bench.leap(NOW, NOW + 3.5 * ANSWER_FIRST_MS)
    assert _answers(bench) == [("c1", "done")] * 3  # at once, after one wait, and after two more
    bench.hear(TOPICS.down("t1", "rsp"), Answer("ack", "c1").to_json(), NOW + 40_000)
    bench.leap(NOW + 40_000, NOW + 3 * ANSWER_MOST_MS)
    assert len(_answers(bench)) == 3 and not bench.kept.answers


def test_an_answer_outlives_line_and_power() -> None:
    bench = Bench().follow()
    bench.do(bench.agent.on_disconnected(NOW + 10))
    bench.agent.kept.apply({"do": "answer", "id": "c0", "result": "done", "detail": "", "at": NOW})
    assert _answers(bench) == []
    again = Bench(copy.deepcopy(bench.kept), "b2")
    again.do(again.agent.on_connected(NOW + 60_000))
    assert _answers(again) == [("c0", "done")]
    again.do(again.agent.on_disconnected(NOW + 61_000))
    again.do(again.agent.on_connected(NOW + 62_000))
    assert _answers(again) == [("c0", "done")] * 2


def test_what_the_power_cut_short_is_answered_as_refused_and_not_done_again() -> None:
    bench = Bench().follow()
    _order(bench, "c1", "log")
    assert len(bench.every(SendLog)) == 1 and _answers(bench) == []
    again = Bench(copy.deepcopy(bench.kept), "b2").follow(now=NOW + 5000)
    assert _answers(again) == [("c1", "refused")] and again.every(SendLog) == []
    _order(again, "c1", "log", NOW + 6000)
    assert again.every(SendLog) == []


def test_a_zone_does_not_answer_in_one_moment() -> None:
    bench = Bench().follow()
    _order(bench, "c1", zone=True)
    assert _answers(bench) == []
    bench.leap(NOW, NOW + ZONE_JITTER_MS)
    assert _answers(bench) == [("c1", "done")]


def test_a_journal_of_a_later_version_can_be_read_after_going_back() -> None:
    kept = Kept()
    kept.apply({"do": "verb_of_tomorrow", "id": "x"})
    assert kept == Kept()
