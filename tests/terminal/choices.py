"""Makes ``tests/terminal/vectors/choices.json``: who sounds when, asked of the Python terminal, so that the set-top box can be asked the same.

``python -m tests.terminal.choices`` writes it anew.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

from terminal.programme import Due, On, next_choice
from tests.terminal.far_end import NOW, PROGRAMME, ROOT, TOPICS, Bench, an_item, signed
from wire.messages import Keys, Plan, PlanItem, Want

FILE = Path(__file__).parent / "vectors" / "choices.json"
CASES = 160

DAYS: dict[str, tuple[PlanItem, ...]] = {
    "interrupt and go on": (an_item("song", NOW + 1000, ms=20_000, window_ms=90_000), an_item("flood", NOW + 5000, priority=2, ms=4000)),
    "interrupt and skip": (an_item("song", NOW + 1000, ms=20_000), an_item("notice", NOW + 5000, priority=4, brk="skip")),
    "a programme goes on in order": (
        *(an_item(f"p{n}", NOW + 1000 + 10_000 * n, occ="p", n=n, ms=10_000, window_ms=200_000) for n in range(3)),
        an_item("flood", NOW + 15_000, priority=2, ms=20_000),
    ),
    "a closed window": (an_item("song", NOW + 1000, ms=20_000, window_ms=10_000), an_item("flood", NOW + 5000, priority=2, ms=20_000)),
    "late ends with its window": (an_item("long", NOW + 1000, ms=10_000), an_item("waits", NOW + 2000, ms=10_000, window_ms=12_000)),
    "equals wait": (
        an_item("a0", NOW + 1000, occ="a", ms=2000), an_item("a1", NOW + 6000, occ="a", n=1, ms=3000), an_item("b", NOW + 2000, ms=2000),
    ),
    "after": (
        an_item("a0", NOW + 1000, occ="a", ms=5000), an_item("a1", NOW + 6000, occ="a", n=1, ms=5000),
        an_item("notice", NOW + 3000, priority=4, start="after"),
    ),
    "free": (
        an_item("a0", NOW + 1000, occ="a", ms=5000), an_item("a1", NOW + 6000, occ="a", n=1, ms=5000),
        an_item("notice", NOW + 3000, priority=4, start="free"),
    ),
    "mixed under": (an_item("song", NOW + 1000, ms=20_000), an_item("notice", NOW + 5000, priority=4, brk="mix")),
    "both layers": (
        an_item("song", NOW + 1000, ms=20_000), an_item("notice", NOW + 5000, ms=8000, priority=4, brk="mix"), an_item("flood", NOW + 7000, priority=2),
    ),
    "a plan is never an emergency": (
        an_item("first", NOW + 1000, priority=2, ms=20_000), an_item("second", NOW + 5000, priority=1), an_item("third", NOW + 6000, priority=-3, rank=-9),
    ),
    "red before yellow": (an_item("red", NOW + 1000, priority=2, ms=8000), an_item("yellow", NOW + 5000, priority=2, rank=2)),
    "a quiet day": (an_item("song", NOW + 1000, window_ms=10_000), an_item("later", NOW + 50_000, window_ms=30_000), an_item("after", NOW + 70_000)),
}  # fmt: skip


WISHES: dict[str, dict[str, Any]] = {"a quiet day": {"tz": "Asia/Shanghai", "quiet_days": ("2027-01-15=16:00-16:01", "2027-01-14=23:00-01:00")}}
"""What the station wants besides on some of these days; NOW is 16:00 in Shanghai."""


def choice_cases() -> list[dict[str, Any]]:
    """Random moments of overlapping programmes, with the answer of terminal.programme."""
    dice = Random(7)
    found = []
    for _ in range(CASES):
        waiting = [_due(dice, n) for n in range(dice.randint(1, 5))]
        on, over = (_on(dice, name) if dice.random() < chance else None for name, chance in (("on", 0.7), ("over", 0.25)))
        placed = dice.choice((1, 1, 2)) if on else 0
        choice, again = next_choice(waiting, on, over, placed, NOW)
        found.append({
            "waiting": [_row(due) for due in waiting], "on": _row(on), "over": _row(over), "placed": placed,
            "start": choice.due.item.id if choice else None, "how": choice.how if choice else None, "again": again,
        })  # fmt: skip
    return found


def _item(dice: Random, name: str) -> PlanItem:
    return an_item(
        name, NOW + dice.randint(-20, 40) * 500, occ=dice.choice(("p", "q", name)), n=dice.randint(0, 3), ms=dice.choice((800, 2000, 20_000)),
        priority=dice.choice((1, 2, 4, 6, 6, 7)), rank=dice.choice((0, 0, 2, 99)), start=dice.choice(("hard", "hard", "after", "free")),
        brk=dice.choice(("resume", "resume", "skip", "mix")),
    )  # fmt: skip


def _due(dice: Random, n: int) -> Due:
    item = _item(dice, f"d{n}")
    heard = dice.choice((0.0, 0.0, 500.0))
    return Due(
        item, 1, item.at_ms + dice.choice((0.0, 0.0, 1500.0)), item.at_ms + dice.choice((3000.0, 60_000.0)), dice.random() < 0.85, heard,
        heard > 0 or dice.random() < 0.3, dice.random() < 0.15,
    )  # fmt: skip


def _on(dice: Random, name: str) -> On:
    return On(_item(dice, name), NOW + dice.choice((100.0, 300.0, 900.0, 15_000.0)))


def _row(found: Due | On | None) -> dict[str, Any] | None:
    if found is None:
        return None
    facts = asdict(found)
    wanted = ("id", "occ", "n", "at_ms", "ms", "priority", "rank", "start", "brk")
    return {**facts, "item": {name: facts["item"][name] for name in wanted}}


def days() -> list[dict[str, Any]]:
    """Plans as they come over the line, and what the village hears: (item, first sound, last sound, skipped), in ms after NOW."""
    found = []
    keys = Keys(1, (PROGRAMME.public(("programme",)),))
    for name, items in DAYS.items():
        bench = Bench().follow()
        want = Want(1, ("z1",), volume=80, **WISHES.get(name, {}))
        if name in WISHES:
            bench.hear(TOPICS.down("t1", "want"), signed(replace(want, rev=2), "t1", 2))
        bench.plan(*items)
        bench.live(NOW, NOW + 90_000)
        lines = [
            (TOPICS.keys(), signed(keys, "xy", 1, signer=ROOT)), (TOPICS.down("t1", "want"), signed(want, "t1", 1)),
            (TOPICS.zone("z1", "plan"), signed(Plan(1, "z1", int(NOW), int(NOW) + 10**8, items=items), "z1", 1)),
        ]  # fmt: skip
        heard = [[item, begins - NOW, ends - NOW, skipped] for item, begins, ends, skipped in bench.heard]
        results = [[each.item, each.result] for each in bench.receipts()]
        found.append({"name": name, "lines": [[topic, line.decode()] for topic, line in lines], "heard": heard, "results": results})
    return found


def text() -> str:
    root = ROOT.public(("root",))
    said = {"now": NOW, "root": {"kid": root.kid, "x": root.x, "uses": ["root"]}, "choices": choice_cases(), "days": days()}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).replace('{"waiting"', '\n{"waiting"').replace('{"name"', '\n{"name"') + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
