"""The time of its own that a terminal has in a fleet."""

from __future__ import annotations

import pytest

from terminal import member
from terminal.member import DOUBT_S, Effort


def test_a_thought_is_charged_by_the_wall_clock_unless_others_may_have_had_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = iter((10.0, 10.0 + 0.0004 + 0.002, 20.0, 20.5, 30.0))
    monkeypatch.setattr(member.time, "thread_time", lambda: next(spent))
    effort = Effort()
    effort.begin()
    assert effort.took_s(0.0004) == 0.0004 < DOUBT_S
    assert effort.took_s(0.050) == pytest.approx(0.002), "fifty by the wall, of which others had forty-eight"
    assert effort.took_s(0.003) == 0.003, "never more than the wall says"
