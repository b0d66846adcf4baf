"""A terminal that is only arithmetic plays, is cut off and remembers as a real one does."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from terminal.virtual import DiskFull, Heard, VirtualTerminal, outside_window, sounded_twice
from tests.terminal.far_end import NOW, PROGRAMME, ROOT, TOPICS, an_item, signed
from wire.messages import Credentials, Keys, Plan, PlanItem, Want


@dataclass
class Kept:
    """Words that only keep what they were given."""

    said: list[tuple[str, bytes]] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        self.said.append((topic, payload))

    def subscribe(self, filters: tuple[str, ...]) -> None:
        self.filters += filters

    def unsubscribe(self, filters: tuple[str, ...]) -> None:
        self.filters = [each for each in self.filters if each not in filters]


def a_terminal(*items: PlanItem) -> VirtualTerminal:
    made = VirtualTerminal(Credentials("t1", "secret", roots=(ROOT.public(("root",)),), base=("http://station/",)), Kept(), flash=True)
    made.will()
    made.connected(NOW)
    made.hear(TOPICS.keys(), signed(Keys(1, (PROGRAMME.public(("programme",)),)), "xy", 1, signer=ROOT), NOW)
    made.hear(TOPICS.down("t1", "want"), signed(Want(1, ("z1",), volume=80), "t1", 1), NOW)
    made.hear(TOPICS.zone("z1", "plan"), signed(Plan(1, "z1", int(NOW), int(NOW) + 10**8, items=items), "z1", 1), NOW)
    return made


def live(terminal: VirtualTerminal, until: float, now: float = NOW) -> None:
    while now <= until:
        terminal.run(now)
        now = max(now + 1, min(terminal.next_ms, until + 1))


def test_it_plays_at_its_time_and_says_so() -> None:
    terminal = a_terminal(an_item("a", NOW + 5_000))
    live(terminal, NOW + 10_000)
    assert [(each.item, each.begins_ms, each.ends_ms) for each in terminal.heard] == [("a", NOW + 5_000, NOW + 7_000)]
    assert terminal.told["finished"] == 1 and terminal.late_ms == [0.0]
    assert any(topic.endswith("/up/rcpt") for topic, _ in terminal.words.said)  # type: ignore[attr-defined]


def test_after_a_power_cut_nothing_is_played_again() -> None:
    terminal = a_terminal(an_item("a", NOW + 5_000, ms=4_000), an_item("b", NOW + 20_000))
    live(terminal, NOW + 6_000)
    terminal.power_cut(NOW + 6_000)
    live(terminal, NOW + 30_000, NOW + 6_500)
    assert sounded_twice(terminal.heard) == [] and outside_window(terminal.heard) == []
    assert [each.item for each in terminal.heard] == ["a", "a", "b"] and terminal.boots == 2


def test_a_cut_between_two_entries_leaves_only_what_was_written_down() -> None:
    terminal = a_terminal(an_item("a", NOW + 5_000))
    live(terminal, NOW + 1_000)
    terminal.records_left = 0
    with pytest.raises(DiskFull):
        live(terminal, NOW + 10_000, NOW + 1_000)
    assert terminal.flash is not None and terminal.flash.begun == {}
    terminal.power_cut(NOW + 5_100)
    live(terminal, NOW + 10_000, NOW + 5_100)
    assert [each.item for each in terminal.heard] == ["a"]


def test_what_sounded_twice_or_outside_its_window_is_found() -> None:
    once = Heard("a", NOW, NOW + 2_000, 0.0, NOW, NOW + 60_000)
    went_on = Heard("a", NOW + 5_000, NOW + 6_000, 2_000.0, NOW, NOW + 60_000)
    again = Heard("a", NOW + 9_000, NOW + 11_000, 0.0, NOW, NOW + 60_000)
    early = Heard("b", NOW - 500, NOW + 100, 0.0, NOW, NOW + 60_000)
    assert sounded_twice([once, went_on]) == [] and sounded_twice([once, again]) == [again]
    assert outside_window([once, early]) == [early]
