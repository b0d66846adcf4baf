"""What the set-top box is held to is what this terminal answers today."""

from __future__ import annotations

import json

from tests.terminal import choices


def test_the_vectors_say_what_the_terminal_decides() -> None:
    assert json.loads(choices.FILE.read_text(encoding="utf-8")) == json.loads(choices.text())


def test_the_vectors_hold_every_way_to_start() -> None:
    said = json.loads(choices.FILE.read_text(encoding="utf-8"))
    assert {each["how"] for each in said["choices"]} == {None, "begin", "follow", "cut", "over"}
    assert {result for day in said["days"] for _, result in day["results"]} >= {"stored", "started", "finished", "preempted"}
