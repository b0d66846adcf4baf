"""What the set-top box is held to is what this terminal answers today."""

from __future__ import annotations

import json

from tests.terminal import choices


def test_the_vectors_say_what_the_terminal_decides() -> None:
    # not the lines themselves: fields may be added to the wire, and what was signed before them still holds
    kept, today = (
        {**said, "days": [{**day, "lines": len(day["lines"])} for day in said["days"]]}
        for said in (json.loads(choices.FILE.read_text(encoding="utf-8")), json.loads(choices.text()))
    )
    assert kept == today


def test_the_vectors_hold_every_way_to_start() -> None:
    said = json.loads(choices.FILE.read_text(encoding="utf-8"))
    assert {each["how"] for each in said["choices"]} == {None, "begin", "follow", "cut", "over"}
    assert {result for day in said["days"] for _, result in day["results"]} >= {"stored", "started", "finished", "preempted"}
