"""What a newcomer types first: ``run.py demo --once --json`` does the whole job with either broker and says so in one line."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest

from tests.journeys.conftest import Demo
from tests.journeys.station import ROOT

DEMO_S = 280.0


@pytest.mark.parametrize("broker", [pytest.param("mosquitto", marks=pytest.mark.outer), "amqtt"])
@pytest.mark.timeout(600)
def test_the_demo_is_heard_in_both_villages(demos: dict[str, Demo], broker: str) -> None:
    if broker not in demos:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    demo = demos[broker]
    said, complaint = demo.process.communicate(timeout=DEMO_S)
    assert demo.process.returncode == 0, complaint[-3000:]
    assert len(said.splitlines()) == 1, "one line for machines, everything else is for people"
    told = json.loads(said)
    assert set(told) == {"expected", "heard", "terminals", "seconds"}
    assert told["heard"] == told["expected"] == 2
    assert {(each["area"], each["dialect"], each["result"]) for each in told["terminals"]} == {("上坪村", "cmn", "heard"), ("下涌村", "yue", "heard")}
    for each in told["terminals"]:
        assert set(each) == {"area", "dialect", "late_ms", "result", "wav"}
        assert isinstance(each["late_ms"], float)
        with wave.open(str(ROOT / each["wav"])) as heard:
            assert heard.getnframes() > heard.getframerate()
    assert broker in complaint
    assert "Traceback" not in (Path(demo.folder) / "station.log").read_text()
