"""A notice is said once, can be taken back for ten seconds, waits for its review and its voices, and again only where it was not heard."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from articles import review
from articles.errors import Refused
from broadcast import notices
from broadcast.models import Dispatch, Notice, OutCommand, Receipt
from broadcast.notices import air_one, moments
from broadcast.on_air import on_now
from broadcast.plan import Planner
from devices.models import Group, GroupMember, Terminal
from devices.want import want_of
from playlists.models import Occurrence
from station.database import Database
from station.models import Person
from station.people import NotAllowed
from tests.broadcast.builders import a_rendition, a_terminal
from tests.people import Village
from tts.models import Rendition

pytestmark = pytest.mark.both_databases

KEY = "k" * 32
S, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BODY = "各位村民，明天停水。"


@pytest.fixture
def free(db: Database, people: Village, now: datetime) -> Village:
    """The village where a notice needs no review, with one speaker in each of its two places."""
    with db.session() as session:
        review.set_reviews(session, people.admin, people.county, "notice", 0, now)
        a_terminal(session, people.village_a, now, "ta", presence="online", dialect="cmn")
        a_terminal(session, people.village_b, now, "tb", presence="lost", dialect="yue")
    return people


def said(db: Database, people: Village, now: datetime, key: str = KEY, **how: object) -> int:
    with db.session() as session:
        notice = notices.draft(session, people.operator, people.town, key=key, title="停水", body=BODY, lang=None, now=now)
        assert notices.send(session, people.operator, notice, now, **how)  # type: ignore[arg-type]
        return notice.id


def look(db: Database, number: int) -> Notice:
    with db.reading() as session:
        return session.get_one(Notice, number)


def speak(db: Database, number: int, now: datetime, *dialects: str) -> None:
    with db.session() as session:
        article = session.get_one(Notice, number).article
        session.execute(delete(Rendition).where(Rendition.article_id == article.id, Rendition.dialect.in_(dialects)))
        for code in dialects:
            a_rendition(session, article, code, now)


def times(db: Database, number: int) -> list[Occurrence]:
    with db.reading() as session:
        schedule = session.get_one(Notice, number).schedule_id
        return list(session.scalars(select(Occurrence).where(Occurrence.schedule_id == schedule).order_by(Occurrence.starts_at)))


def test_nothing_leaves_the_station_in_the_first_ten_seconds(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    number = said(db, free, now)
    speak(db, number, now, "cmn", "yue")
    for second in (0, 5, 9):
        assert not air_one(db, now + second * S, planner.chime) and look(db, number).state == "held"
    assert air_one(db, now + 10 * S, planner.chime)
    assert [each.starts_at for each in times(db, number)] == [now + 13 * S]
    assert not air_one(db, now + 11 * S, planner.chime)


def test_undo_within_ten_seconds_and_the_text_is_still_there(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    number = said(db, free, now)
    with db.session() as session:
        notices.undo(session, free.operator, session.get_one(Notice, number), now + 9 * S)
    assert not air_one(db, now + MINUTE, planner.chime) and look(db, number).state == "undone" and times(db, number) == []
    with db.session() as session:
        notice = session.get_one(Notice, number)
        assert notice.article.state == "draft" and notices.text_of(notice).body == BODY
        first, second = (notices.reopen(session, free.operator, notice, now + MINUTE) for _ in range(2))
        assert first.id == second.id and first.state == "draft"


def test_undo_after_it_left_is_refused(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    number = said(db, free, now)
    speak(db, number, now, "cmn", "yue")
    assert air_one(db, now + 10 * S, planner.chime)
    with db.session() as session, pytest.raises(notices.NotNow):
        notices.undo(session, free.operator, session.get_one(Notice, number), now + 11 * S)


def test_two_taps_are_one_notice_and_sent_once(db: Database, free: Village, now: datetime) -> None:
    with db.session() as session:
        one, two = (notices.draft(session, free.operator, free.town, key=KEY, title="", body=BODY, lang=None, now=now) for _ in range(2))
        assert one.id == two.id and notices.send(session, free.operator, one, now) and not notices.send(session, free.operator, one, now)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 1
    with db.session() as session, pytest.raises(Refused):
        notices.draft(session, free.admin, free.town, key=KEY, title="", body=BODY, lang=None, now=now)


def test_it_waits_for_its_voices_but_not_for_ever_and_late_speech_is_not_lost(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    number = said(db, free, now)
    at = now + 10 * S
    assert not air_one(db, at, planner.chime), "no voice is there yet; the wanted ones are asked for"
    speak(db, number, at, "cmn")
    assert not air_one(db, at + 5 * S, planner.chime)
    assert air_one(db, at + notices.PATIENCE, planner.chime)
    planner.plan_one(at + notices.PATIENCE)
    began = times(db, number)[0].starts_at
    with db.reading() as session:
        assert {each.dialect: len(each.items) for each in session.scalars(select(Dispatch))} == {"cmn": 2, "yue": 1}, "the chime alone in Cantonese"
    speak(db, number, began - S, "yue")
    assert planner.plan_one(began - S)
    with db.reading() as session:
        assert {each.dialect: len(each.items) for each in session.scalars(select(Dispatch))} == {"cmn": 2, "yue": 2}


def test_without_the_rule_it_waits_for_another_person_and_then_plays_at_once(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    with db.session() as session:
        a_terminal(session, people.village_a, now, "ta", dialect="cmn")
    number = said(db, people, now)
    speak(db, number, now, "cmn")
    assert not air_one(db, now + MINUTE, planner.chime)
    with db.session() as session:
        review.approve(session, session.get_one(Notice, number).article, people.reviewer, now + MINUTE)
    assert air_one(db, now + MINUTE, planner.chime) and times(db, number)[0].starts_at == now + MINUTE + notices.LEAD


def test_sent_back_by_the_reviewer_it_is_never_heard(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    number = said(db, people, now)
    with db.session() as session:
        review.send_back(session, session.get_one(Notice, number).article, people.reviewer, "哪一天？", now)
    assert air_one(db, now + MINUTE, planner.chime)
    assert look(db, number).state == "expired" and "sent back" in look(db, number).error and times(db, number) == []


def test_what_nobody_reviewed_in_a_day_is_not_heard_any_more(db: Database, people: Village, planner: Planner, now: datetime) -> None:
    number = said(db, people, now)
    assert air_one(db, now + timedelta(hours=25), planner.chime) and look(db, number).state == "expired"


def test_who_lost_the_right_meanwhile_puts_nothing_on_air_and_holds_up_no_other(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    first = said(db, free, now)
    with db.session() as session:
        session.get_one(Person, free.operator.id).active = False
        other = notices.draft(session, free.admin, free.town, key="z" * 32, title="停水", body=BODY, lang=None, now=now)
        notices.send(session, free.admin, other, now)
        second = other.id
    for number in (first, second):
        speak(db, number, now, "cmn", "yue")
    assert air_one(db, now + 20 * S, planner.chime)
    assert look(db, first).state == "expired" and "may not" in look(db, first).error and look(db, second).state == "aired"


def test_at_a_time_and_again_each_day_until_its_end_and_never_after_it(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    ends = now + timedelta(days=1, hours=4)  # 14:00 in the village, tomorrow
    number = said(db, free, now, play_at=now + timedelta(hours=2), later=["07:00", "18:00"], ends_at=ends)
    assert air_one(db, now + 10 * S, planner.chime)
    local = [f"{each.starts_at + timedelta(hours=8):%d %H:%M}" for each in times(db, number)]
    assert local == ["24 12:00", "24 18:00", "25 07:00"]


def test_the_moments_are_each_once_and_bounded(now: datetime) -> None:
    found = moments(now, ["10:05", "18:00", "18:00"], now + timedelta(days=29), "Asia/Shanghai")
    assert len(found) == len(set(found)) <= notices.MOMENTS_MAX and found[0] == now and now + timedelta(minutes=5) not in found


@pytest.mark.parametrize("wrong", [{"repeats": 0}, {"repeats": 6}, {"later": ["07:00"]}, {"later": ["25:00"], "ends_at": 1}, {"play_at": -1}, {"play_at": 40}, {"ends_at": -1}])
def test_what_cannot_be_is_refused_and_stays_a_draft(db: Database, free: Village, now: datetime, wrong: dict[str, object]) -> None:
    given = {name: now + timedelta(days=value) if name.endswith("_at") else value for name, value in wrong.items()}  # type: ignore[arg-type]
    with db.session() as session:
        number = notices.draft(session, free.operator, free.town, key=KEY, title="", body=BODY, lang=None, now=now).id
    with pytest.raises(ValueError), db.session() as session:
        notices.send(session, free.operator, session.get_one(Notice, number), now, **given)  # type: ignore[arg-type]
    assert look(db, number).state == "draft"


def test_the_neighbour_may_do_nothing(db: Database, free: Village, now: datetime) -> None:
    number = said(db, free, now)
    with db.session() as session:
        notice = session.get_one(Notice, number)
        for act in (notices.undo, notices.stop_notice, notices.again, notices.reopen):
            with pytest.raises(NotAllowed):
                act(session, free.stranger, notice, now)
        with pytest.raises(NotAllowed):
            notices.draft(session, free.stranger, free.town, key="s" * 32, title="", body=BODY, lang=None, now=now)


def heard(session: Session, did: str, occurrence: Occurrence, dialect: str, count: int) -> None:
    terminal = session.scalars(select(Terminal).where(Terminal.did == did)).one()
    for n in range(count):
        for result in ("started", "finished"):
            session.add(Receipt(
                terminal_id=terminal.id, occurrence_id=occurrence.id, item=f"{occurrence.id}-{dialect}-{n}", n=n, result=result, late_ms=1.0, received_at=occurrence.starts_at,
            ))  # fmt: skip


def on_air(db: Database, people: Village, planner: Planner, now: datetime) -> tuple[int, Occurrence]:
    number = said(db, people, now)
    speak(db, number, now, "cmn", "yue")
    air_one(db, now + 10 * S, planner.chime)
    planner.plan_one(now + 10 * S)
    return number, times(db, number)[0]


def test_again_there_reaches_only_those_who_did_not_hear_it(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    number, first = on_air(db, free, planner, now)
    over = first.starts_at + timedelta(minutes=20)
    with db.session() as session:
        heard(session, "ta", first, "cmn", 2)
    with db.session() as session:
        notice = session.get_one(Notice, number)
        there = notices.again(session, free.operator, notice, over, missed_only=True)
        missed = session.scalars(select(Terminal).where(Terminal.did == "tb")).one()
        before = missed.want_rev
        assert there.only == [missed.id] and there.id == notices.again(session, free.operator, notice, over, missed_only=True).id
        notices.send(session, free.operator, there, over)
        session.refresh(missed)
        group = session.get_one(Group, there.group_id)
        assert missed.want_rev == before + 1 and f"{group.zid}_yue" in want_of(session, missed, ()).zones
        number, zid = there.id, group.zid
    assert air_one(db, over + 10 * S, planner.chime)
    while planner.plan_one(over + 10 * S):
        pass
    second = times(db, number)[0]
    with db.session() as session:
        assert [(each.zid, len(each.items)) for each in session.scalars(select(Dispatch).where(Dispatch.occurrence_id == second.id))] == [(f"{zid}_yue", 2)]
        cover = notices.covers(session, session.get_one(Notice, number), second.starts_at + S)[0]
        assert [each.terminal.did for each in cover.hearers] == ["tb"]
    air_one(db, second.starts_at + timedelta(hours=1), planner.chime)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(GroupMember)) == 0 and session.scalar(select(func.count()).select_from(Group)) == 0


def test_again_there_when_everybody_heard_it_is_refused(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    number, first = on_air(db, free, planner, now)
    with db.session() as session:
        heard(session, "ta", first, "cmn", 2)
        heard(session, "tb", first, "yue", 2)
        with pytest.raises(notices.NotNow):
            notices.again(session, free.operator, session.get_one(Notice, number), first.starts_at + timedelta(hours=1), missed_only=True)


def test_stop_breaks_off_what_sounds_in_every_zone_and_takes_the_rest_from_the_calendar(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    ends = now + timedelta(days=2)
    number = said(db, free, now, later=["18:00"], ends_at=ends)
    speak(db, number, now, "cmn", "yue")
    air_one(db, now + 10 * S, planner.chime)
    planner.plan_one(now + 10 * S)
    first, *others = times(db, number)
    at = first.starts_at + 2 * S
    with db.session() as session:
        assert [each.occurrence.id for each in on_now(session, free.operator, at)] == [first.id]
        assert on_now(session, free.stranger, at) == []
        assert notices.has_started(session, free.operator, at) and not notices.has_started(session, free.admin, at)
        assert notices.stop_mine(session, free.operator, at).programmes == 1
    with db.reading() as session:
        orders = session.scalars(select(OutCommand)).all()
        assert {(each.to_zone, each.op, each.args["occ"]) for each in orders} == {(True, "stop", f"{first.id}-{code}") for code in ("cmn", "yue")}
        assert {each.aud for each in orders} == {each.zid for each in session.scalars(select(Dispatch).where(Dispatch.occurrence_id == first.id))}
        assert on_now(session, free.operator, at) == []
    assert others and {each.state for each in times(db, number)} == {"cancelled"} and look(db, number).state == "stopped"


def test_stop_everything_takes_back_what_waits(db: Database, free: Village, planner: Planner, now: datetime) -> None:
    number = said(db, free, now)
    with db.session() as session:
        assert notices.stop_mine(session, free.operator, now + S).programmes == 1
    assert look(db, number).state == "undone" and not air_one(db, now + MINUTE, planner.chime)
