"""A week without a line: everything planned is heard, and everything heard is told when the line comes back."""

from __future__ import annotations

from tests.terminal.far_end import NOW, Bench, an_item

DAY_MS = 86_400_000


def test_a_week_without_a_line_is_played_whole_and_told_at_its_end() -> None:
    bench = Bench().follow("z1", "z2", "z3", "z4")
    items = [
        an_item(f"d{day}-{n}", NOW + 60_000 + day * DAY_MS + n * 1_800_000, ms=240_000, window_ms=600_000) for day in range(7) for n in range(40)
    ]
    for at in range(4):  # each plan fits into one message
        bench.plan(*items[at::4], zid=f"z{at + 1}")
    assert bench.agent.refused == 0
    bench.leap(NOW, NOW + 10_000)
    bench.do(bench.agent.on_disconnected(NOW + 10_000))
    bench.leap(NOW + 10_000, NOW + 7 * DAY_MS)
    assert [name for name, *_ in bench.heard] == [item.id for item in items]
    assert all(begin == item.at_ms for item, (_, begin, _, _) in zip(items, bench.heard, strict=True))
    now = NOW + 7 * DAY_MS + 1000
    told: dict[str, list[str]] = {}
    bench.do(bench.agent.on_connected(now))
    while bench.kept.batch or bench.kept.pending:
        batch = bench.batches()[-1]
        for receipt in batch.items:
            told.setdefault(receipt.item, []).append(receipt.result)
        bench.acknowledge(batch.seq, now)
        now += 250
        bench.do(bench.agent.tick(now))
    assert {name for name, results in told.items() if results == ["stored", "started", "finished"]} == {item.id for item in items}
