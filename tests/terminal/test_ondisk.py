"""A virtual terminal on disk: its process is killed at any moment, the next one goes on where it was, and what was heard is known whole."""

from __future__ import annotations

import secrets
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.ondisk import Ear, Flash, heard_before
from terminal.virtual import Heard, VirtualTerminal, outside_window, sounded_twice
from tests.terminal.far_end import NOW, PROGRAMME, ROOT, TOPICS, an_item, signed
from wire.messages import Answer, Credentials, Keys, Plan, PlanItem, Receipts, Want

CREDENTIALS = Credentials("t1", "secret", roots=(ROOT.public(("root",)),))
FINAL = {"finished", "preempted", "failed", "missed"}


class Words:
    """A station that keeps the receipts, and says that it has."""

    def __init__(self) -> None:
        self.results: dict[str, list[str]] = {}
        self.owed: list[int] = []

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        if topic.endswith("/rcpt"):
            batch = Receipts.from_json(payload)
            self.owed.append(batch.seq)
            for row in batch.items:
                self.results.setdefault(row.item, []).append(row.result)

    def subscribe(self, filters: tuple[str, ...]) -> None:
        """Everything is said to it anyway."""

    def unsubscribe(self, filters: tuple[str, ...]) -> None:
        """Nothing is taken away."""


def start(folder: Path, now: float, words: Words) -> tuple[VirtualTerminal, Flash, Ear]:
    """A process of the terminal, connected."""
    disk = Flash(folder / "t1")
    ear = Ear(disk.folder / "heard", now)
    terminal = VirtualTerminal(CREDENTIALS, words, disk=disk, ear=ear)
    terminal.will()
    terminal.connected(now)
    return terminal, disk, ear


def kill(disk: Flash, ear: Ear) -> None:
    """SIGKILL: the system closes its files, and nothing is written any more."""
    disk._journal.close()
    disk._lock_file.close()
    ear.close()


def run(terminal: VirtualTerminal, words: Words, since: float, until: float) -> None:
    now = since
    while (due := max(now, terminal.next_ms)) <= until:
        now = due
        terminal.run(now)
        while words.owed:
            terminal.hear(TOPICS.down("t1", "rsp"), Answer("rcpt", seq=words.owed.pop()).to_json(), now)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 9_000), st.integers(1, 3_000)), min_size=1, max_size=5))
def test_killed_at_any_moment_every_item_is_told_once_and_none_is_heard_twice_or_outside(tmp_path: Path, kills: list[tuple[int, int]]) -> None:
    folder = tmp_path / secrets.token_hex(8)
    items: tuple[PlanItem, ...] = tuple(an_item(f"i{n}", NOW + 2000 + 4000 * n, ms=3000, window_ms=20_000) for n in range(4))
    words, now = Words(), NOW
    terminal, disk, ear = start(folder, now, words)
    keys = Keys(1, (PROGRAMME.public(("programme",)),))
    terminal.hear(TOPICS.keys(), signed(keys, "xy", 1, signer=ROOT), now)
    terminal.hear(TOPICS.down("t1", "want"), signed(Want(1, ("z1",), volume=80), "t1", 1), now)
    terminal.hear(TOPICS.zone("z1", "plan"), signed(Plan(1, "z1", int(NOW), int(NOW) + 10**8, items=items), "z1", 1), now)
    for lived, dead in kills:
        run(terminal, words, now, now + lived)
        kill(disk, ear)
        now += lived + dead
        terminal, disk, ear = start(folder, now, words)
    run(terminal, words, now, now + 120_000)
    kill(disk, ear)
    assert sounded_twice(terminal.heard) == [] and outside_window(terminal.heard) == []
    ends = {item.id: {each for each in words.results[item.id] if each in FINAL} for item in items}
    assert all(len(each) == 1 for each in ends.values()), ends


def test_what_had_begun_when_the_process_was_killed_was_heard_until_the_next_one_began(tmp_path: Path) -> None:
    ear = Ear(tmp_path / "heard", 0.0)
    ear.begins(Heard("a", 100.0, 900.0, 0.0, 100.0, 5000.0))
    ear.ended(Heard("a", 100.0, 900.0, 0.0, 100.0, 5000.0))
    ear.begins(Heard("b", 1000.0, 4000.0, 0.0, 1000.0, 5000.0))
    ear.close()
    with open(tmp_path / "heard", "ab") as file:
        file.write(b'["b", "torn')
    whole = [("a", 100.0, 900.0), ("b", 1000.0, 2500.0)]
    assert [(each.item, each.begins_ms, each.ends_ms) for each in heard_before(tmp_path / "heard", 2500.0)] == whole
    Ear(tmp_path / "heard", 2500.0).close()
    assert [(each.item, each.begins_ms, each.ends_ms) for each in heard_before(tmp_path / "heard", 9000.0)] == whole
