"""Where every byte is paid for: the small format, nothing twice, no logs."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

from terminal.actions import Fetch, Play, Publish, SendLog
from terminal.mind import Capabilities
from terminal.ringlog import RingLog
from tests.terminal.far_end import NOW, TOPICS, Bench, an_item, clip, signed
from wire.messages import Ack, Alternate, Command, Fill, Plan, Report, Want


def _bench(metered: bool) -> Bench:
    bench = Bench()
    bench.agent.capabilities = Capabilities("test", can=("mp3", "opus", "wav"))
    bench.follow()
    bench.hear(TOPICS.down("t1", "want"), signed(Want(2, ("z1",), metered=metered), "t1", 2))
    return bench


ITEM = replace(an_item("i0", NOW + 60_000), others=(Alternate("opus", clip("small"), "audio/small.opus", 300, 312),))


def _log(bench: Bench) -> list[Ack]:
    before = len(bench.log)
    bench.hear(TOPICS.down("t1", "cmd"), signed(Command("c1", "log"), "t1", 5))
    return [Ack.from_json(each.payload) for each in bench.log[before:] if isinstance(each, Publish) and each.topic.endswith("/ack")]


def test_opus_is_what_it_likes_best_and_what_it_fetches() -> None:
    for metered, best, wanted in ((True, "opus", "small"), (False, "mp3", "i0")):
        bench = _bench(metered)
        bench.plan(ITEM)
        reports = [Report.from_json(each.payload) for each in bench.every(Publish) if each.topic.endswith("/rep")]
        assert reports[-1].capabilities[0] == best
        assert [each.sha for each in bench.every(Fetch)] == [clip(wanted)]


def test_what_fills_a_pause_is_fetched_small_too() -> None:
    fill = Fill(clip("song"), "audio/song", 1000, 3000, others=(Alternate("opus", clip("tiny"), "audio/tiny.opus", 300, 312),))
    for metered, wanted in ((True, "tiny"), (False, "song")):
        bench = _bench(metered)
        plan = Plan(1, "z1", int(NOW), int(NOW) + 10**8, fill=(fill,), fill_hours=("00:00-24:00",))
        bench.hear(TOPICS.zone("z1", "plan"), signed(plan, "z1", 1))
        assert [each.sha for each in bench.every(Fetch)] == [clip(wanted)]
        bench.live(NOW, NOW + 1000)
        assert [play.clip for play in bench.every(Play)] == [clip(wanted)]


def test_what_is_here_already_is_not_fetched_in_another_format() -> None:
    bench = _bench(True)
    bench.plan(an_item("i0", NOW + 60_000))
    bench.do(bench.agent.on_fetched(clip("i0"), True, "", NOW))
    bench.plan(ITEM, rev=2)
    bench.leap(NOW, NOW + 90_000)
    assert [each.sha for each in bench.every(Fetch)] == [clip("i0")] and bench.results("i0")[-1] == "finished"


def test_its_log_stays_at_home() -> None:
    assert [(ack.result, "paid for" in ack.detail) for ack in _log(_bench(True))] == [("refused", True)]
    bench = _bench(False)
    assert _log(bench) == [] and bench.every(SendLog) == [SendLog("c1")]


def test_the_log_is_bounded_and_keeps_the_latest(tmp_path: Path) -> None:
    log = RingLog(tmp_path, half_bytes=2000)
    for number in range(500):
        log.tell("tick", {"number": number, "path": tmp_path})
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 4000
    lines = [json.loads(line) for line in gzip.decompress(log.packed()).splitlines()]
    assert lines[-1]["number"] == 499 and [line["number"] for line in lines] == list(range(lines[0]["number"], 500))


def test_a_log_on_a_full_disk_loses_lines_and_counts_them(tmp_path: Path) -> None:
    log = RingLog(tmp_path / "gone")
    log.tell("tick", {})
    assert log.lost == 1 and json.loads(gzip.decompress(log.packed()).splitlines()[-1]) == {"event": "lines lost", "count": 1}
