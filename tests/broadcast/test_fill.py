"""The default playlist of a place is in the manifest of each dialect heard there, ready clips only, and anew when something changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from articles.models import Article
from broadcast.fill import FillPlanner
from broadcast.models import ZoneFill, ZonePlan
from broadcast.plan import Planner
from broadcast.publish import Publisher
from devices.keys import StationKeys
from playlists.fill import set_fill
from playlists.models import Playlist, PlaylistItem
from station.database import Database
from station.models import Area
from tests.broadcast.builders import a_clip, a_programme, a_rendition, a_terminal, sha
from tests.broadcast.conftest import CHIME
from tests.broadcast.test_publish import opened
from tests.builders import an_article
from tests.fakes import FakeBroker
from tests.people import Village
from tts.models import Rendition, Variant
from wire.messages import Alternate, Plan

MINUTE = timedelta(minutes=1)


@pytest.fixture
def filler(db: Database) -> FillPlanner:
    return FillPlanner(db, CHIME)


def exhaust(filler: FillPlanner, now: datetime) -> int:
    rounds = 0
    while filler.fill_one(now):
        rounds += 1
        assert rounds < 20, "it finds the same work for ever"
    return rounds


def zone_fills(db: Database) -> dict[str, ZoneFill]:
    with db.reading() as session:
        return {each.dialect: each for each in session.scalars(select(ZoneFill))}


def revs(db: Database) -> dict[str, int]:
    with db.reading() as session:
        return {row.dialect: row.rev for row in session.scalars(select(ZonePlan))}


def order(db: Database, people: Village, now: datetime, *, article: bool = False, area: Area | None = None, kind: str = "default") -> int:
    """A playlist of a song (and an article) fills the pauses of the county from 6 to 8; the article's number."""
    with db.session() as session:
        written = an_article(session, people.operator, people.county, now, approved=True)
        song = a_clip(session, people.county, now, f"song of {kind}")
        made = Playlist(area_id=people.county.id, title="轻音乐", created_at=now, updated_at=now)
        made.items = [PlaylistItem(position=0, kind="clip", clip_id=song.id, gain_db=-6.0), PlaylistItem(position=1, kind="pause", pause_ms=500)]
        if article:
            made.items.append(PlaylistItem(position=2, kind="article", article_id=written.id))
        session.add(made)
        session.flush()
        set_fill(session, people.operator, session.merge(area or people.county), kind, made, ["06:00-08:00"], now)
        return written.id


def sent(publisher: Publisher, line: FakeBroker, keys: StationKeys, zid: str, now: datetime) -> Plan:
    """The manifest of a zone as the line has it now."""
    publisher.publish_one(now)
    said = [each for each in line.take() if each.topic.endswith(f"/{zid}/plan")][-1]
    return Plan.from_json(opened(said, keys, zid, Plan.typ, now).payload)


@pytest.mark.both_databases
def test_a_place_without_any_programme_gets_a_manifest_that_fills_its_pauses(
    db: Database, people: Village, filler: FillPlanner, publisher: Publisher, line: FakeBroker, keys: StationKeys, now: datetime
) -> None:
    with db.session() as session:
        a_terminal(session, people.village_a, now)
        a_terminal(session, people.village_b, now)
    order(db, people, now)
    order(db, people, now, kind="fallback")
    assert exhaust(filler, now) == 1
    plan = sent(publisher, line, keys, f"{people.county.zid}_yue", now)
    assert (plan.items, plan.tz, plan.fill_hours) == ((), "Asia/Shanghai", ("06:00-08:00",))
    assert [(each.kind, each.clip, each.url, each.gain_db, each.skip) for each in plan.fill] == [
        (kind, sha(f"song of {kind}"), f"/audio/{sha(f'song of {kind}')}.mp3", -6.0, 1105) for kind in ("default", "fallback")
    ]
    assert revs(db) == {"cmn": 1, "yue": 1}


def test_only_what_is_ready_sounds_and_joins_when_it_is(db: Database, people: Village, filler: FillPlanner, now: datetime) -> None:
    number = order(db, people, now, article=True)
    with db.session() as session:
        a_rendition(session, session.get_one(Article, number), "cmn", now, state="rendering")
    exhaust(filler, now)
    assert len(zone_fills(db)["cmn"].fill) == 1 and "停水通知" in zone_fills(db)["cmn"].error
    with db.session() as session:
        session.execute(update(Rendition).values(state="ready", ready_at=now + MINUTE))
    assert exhaust(filler, now + 2 * MINUTE) == 1
    assert [each["clip"] for each in zone_fills(db)["cmn"].fill] == [sha("song of default"), sha(f"{number} cmn")]
    assert zone_fills(db)["cmn"].error == "" and revs(db) == {"cmn": 2}


def test_what_has_not_changed_is_not_sent_again_and_what_was_taken_away_is_gone(db: Database, people: Village, filler: FillPlanner, now: datetime) -> None:
    order(db, people, now)
    exhaust(filler, now)
    with db.session() as session:
        session.execute(update(Playlist).values(updated_at=now + MINUTE))
    assert exhaust(filler, now + 2 * MINUTE) == 1 and revs(db) == {"cmn": 1}
    with db.session() as session:
        set_fill(session, people.operator, session.merge(people.county), "default", None, [], now + 3 * MINUTE)
    exhaust(filler, now + 4 * MINUTE)
    assert (zone_fills(db)["cmn"].fill, zone_fills(db)["cmn"].hours, revs(db)) == ([], [], {"cmn": 2})


def test_a_dialect_that_joins_later_gets_its_fill(db: Database, people: Village, filler: FillPlanner, now: datetime) -> None:
    order(db, people, now)
    exhaust(filler, now)
    assert set(zone_fills(db)) == {"cmn"}
    with db.session() as session:
        a_terminal(session, people.village_b, now)
    exhaust(filler, now + MINUTE)
    assert set(zone_fills(db)) == {"cmn", "yue"}


def test_a_manifest_too_large_for_one_message_carries_its_fill_behind_the_pointer(
    db: Database, people: Village, filler: FillPlanner, planner: Planner, publisher: Publisher, line: FakeBroker, keys: StationKeys, now: datetime
) -> None:
    order(db, people, now)
    with db.session() as session:
        clip = a_clip(session, people.county, now, "long")
        a_programme(session, people.county, now, *[clip] * 150, starts_at=now + MINUTE)
    exhaust(filler, now)
    planner.plan_one(now)
    plan = sent(publisher, line, keys, f"{people.county.zid}_cmn", now)
    assert plan.pointer and plan.fill == ()
    whole = Plan.from_large_json(publisher.files.path(plan.pointer_sha256).read_bytes())
    assert len(whole.items) == 150 and [each.title for each in whole.fill] == ["song of default"] and whole.fill_hours == ("06:00-08:00",)


def test_a_place_that_cannot_be_planned_rests_and_holds_up_no_other(
    db: Database, people: Village, filler: FillPlanner, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(db, people, now)
    order(db, people, now, area=people.village_b, kind="fallback")
    real = filler._write

    def broken(session: object, area_id: int, at: datetime) -> None:
        if area_id == people.county.id:
            raise ValueError("a torn row")
        real(session, area_id, at)  # type: ignore[arg-type]

    monkeypatch.setattr(filler, "_write", broken)
    assert exhaust(filler, now) <= 2
    assert set(zone_fills(db)) == {"yue"}
    monkeypatch.setattr(filler, "_write", real)
    exhaust(filler, now + timedelta(seconds=30))
    assert set(zone_fills(db)) == {"cmn", "yue"}


def test_what_fills_a_pause_comes_in_the_formats_played_there(
    db: Database, people: Village, filler: FillPlanner, publisher: Publisher, line: FakeBroker, keys: StationKeys, now: datetime
) -> None:
    with db.session() as session:
        a_terminal(session, people.village_a, now)
    order(db, people, now)
    exhaust(filler, now)
    assert (zone_fills(db)["cmn"].formats, zone_fills(db)["cmn"].fill[0]["others"]) == ("", [])
    with db.session() as session:
        a_terminal(session, people.village_a, now).format = "opus"
    exhaust(filler, now + MINUTE)
    assert (zone_fills(db)["cmn"].formats, zone_fills(db)["cmn"].lacks, zone_fills(db)["cmn"].fill[0]["others"]) == ("opus", True, [])
    with db.session() as session:
        session.execute(update(Variant).values(state="ready", audio_sha256=sha("small"), audio_bytes=300, skip=312, ready_at=now + 2 * MINUTE))
    exhaust(filler, now + 3 * MINUTE)
    assert not zone_fills(db)["cmn"].lacks
    plan = sent(publisher, line, keys, f"{people.county.zid}_cmn", now + 3 * MINUTE)
    assert plan.fill[0].others == (Alternate("opus", sha("small"), f"/audio/{sha('small')}.opus", 300, 312),)
    exhaust(filler, now + 4 * MINUTE)
    assert revs(db)["cmn"] == 2
