"""The station's numbers are those of its tables, and counting them again counts only what is new."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broadcast.models import Receipt
from broadcast.vitals import Pulse, Vitals, read
from devices.models import Terminal
from station.database import Database
from tests.builders import an_article
from tests.people import settle
from tts.models import Rendition, Speech


@pytest.mark.both_databases
def test_what_waits_and_who_is_there_is_counted(db: Database, tmp_path: Path, now: datetime) -> None:
    with db.session() as session:
        village = settle(session, now)
        article = an_article(session, village.operator, village.village_a, now)
        seen = {"online": 2, "silent": 1, "lost": 1, "never": 1}
        made = [
            Terminal(did=f"t{presence}{n}", area_id=village.village_a.id, name="x", presence=presence, created_at=now)
            for presence, number in seen.items() for n in range(number)
        ]  # fmt: skip
        session.add_all([*made, Terminal(did="gone", area_id=village.village_a.id, name="x", presence="online", state="revoked", created_at=now)])
        for dialect, state, age in (("cmn", "wanted", 30), ("yue", "rendering", 90), ("hak", "failed", 500), ("en", "ready", 900)):
            session.add(Rendition(article_id=article.id, revision=1, dialect=dialect, state=state, created_at=now - timedelta(seconds=age)))
        session.flush()
        told = {"rev": 1, "result": "finished"}
        session.add(Receipt(terminal_id=made[0].id, item="before", received_at=now - timedelta(hours=1), **told))
        speaker = made[0].id
    failing: list[str] = []
    pulse = Pulse(db, tmp_path, lambda: True, lambda: failing)
    assert pulse.look(now) is False
    found = read(tmp_path)
    assert found is not None and found.at == now and found.broker and found.terminals == seen
    assert found.renders == {"wanted": 1, "rendering": 1, "failed": 1} and found.oldest_render_s == 90.0
    assert found.receipts == 0 and found.last_receipt_at == now - timedelta(hours=1) and found.oldest_urgent_s is None
    with db.session() as session:
        session.add_all([Receipt(terminal_id=speaker, item=f"new{n}", received_at=now, **told) for n in range(3)])
        session.add(Speech(key="k" * 64, area_id=village.village_a.id, dialect="cmn", lang="zh-Hans", text="快走", urgent=True, created_at=now))
    failing.append("publish")
    pulse.look(now + timedelta(seconds=10))
    found = read(tmp_path)
    assert found is not None and found.receipts == 3 and found.last_receipt_at == now and found.failing == ("publish",)
    assert found.urgent == 1 and found.oldest_urgent_s == 10.0


def test_vitals_come_back_as_they_were_and_half_a_file_is_none(tmp_path: Path, now: datetime) -> None:
    whole = Vitals(now, True, {"online": 1}, {"wanted": 2}, 3.5, 4, 5.5, 6, 7, {"live": 8}, 9, now, ("plan",), 0.25)
    assert Vitals.from_json(whole.to_json()) == whole
    bare = Vitals(now)
    assert Vitals.from_json(bare.to_json()) == bare
    (tmp_path / "vitals.json").write_text(whole.to_json()[:40])
    assert read(tmp_path) is None and read(tmp_path / "nowhere") is None
