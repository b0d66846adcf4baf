"""A notice from the text in hand to the air: sent once, ten seconds to take it back, on air as soon as it is spoken, said again where it
was not heard."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, selectinload

from articles import review
from articles.collect import clean, collect_paste, edit
from articles.errors import Refused
from articles.models import Article, Text
from broadcast import live_talks
from broadcast.coverage import Coverage, coverage
from broadcast.dressing import ClipRef, Dressing, Heard
from broadcast.emergency import has_ordered
from broadcast.models import Notice
from broadcast.on_air import on_now
from broadcast.only import gather, scatter
from broadcast.plan import Hearing, Voices
from broadcast.stopping import Stopped, stop_occurrence
from broadcast.stopping import stop_mine as stop_programmes
from devices.models import Terminal
from devices.want import effective_dialect
from playlists.calendar import at_moments, read_time, stop_schedule, to_utc
from playlists.errors import PlaylistError
from playlists.models import Occurrence
from playlists.playlist import Item, archive, make_playlist, set_items
from station import audit
from station.areas import tz_of
from station.database import Database
from station.models import Area, Person
from station.people import NotAllowed, require, visible
from tts.models import Rendition

log = logging.getLogger(__name__)

UNDO = timedelta(seconds=10)
"""So long nothing of it leaves the station."""
LEAD = timedelta(seconds=3)
"""So far ahead of its start a terminal gets a plan: measured elsewhere, a message sent at its time is 88 ms late, one sent 3 s ahead is not."""
PATIENCE = timedelta(seconds=10)
"""So long the dialects wait for each other; who is spoken later begins later, within WINDOW."""
WINDOW = timedelta(minutes=10)
"""So late it may still begin where the voice or the line was late."""
NO_LONGER = timedelta(hours=24)
"""What could not be aired for so long (nobody reviewed it) is not aired any more, unless the notice says how long it is good."""
PAUSE_MS, PRIORITY = 2000, 4
BODY_MAX, REPEATS_MAX, LATER_MAX, MOMENTS_MAX = 2000, 5, 6, 60
AHEAD = timedelta(days=30)
HELD_BATCH = 20


class NotNow(Refused):
    """Too late, or done already."""


# writing


def draft(
    session: Session, person: Person, area: Area, *, key: str, title: str, body: str, lang: str | None, now: datetime, repeats: int = 1,
    later: Sequence[str] = (), ends_at: datetime | None = None,
) -> Notice:  # fmt: skip
    """What somebody wrote, kept; nothing is sent. The same ``key`` again is the same notice, not a second one. Raises Refused, NotAllowed."""
    require(session, person, "schedule", area, kind="notice")
    known = session.scalar(select(Notice).where(Notice.key == key))
    if known is not None:
        return _own(known, person)
    if len(body) > BODY_MAX:
        raise Refused(f"the text has {len(body)} characters, more than {BODY_MAX}: a notice is short; make an article of it", "body")
    title = " ".join(clean(title).split()) or _title_of(body)
    article = collect_paste(session, person, area, kind="notice", title=title, body=body, lang=lang, now=now)
    made = Notice(key=key, article=article, area_id=area.id, made_by_id=person.id, created_at=now)
    _set_times(made, None, repeats, later, ends_at, now)
    session.add(made)
    session.flush()
    return made


def _title_of(body: str) -> str:
    """What the notice is called in lists, and said first: nothing of the body is said twice."""
    return "通知" if any("\u4e00" <= char <= "\u9fff" for char in body) else "Notice"


def _own(notice: Notice, person: Person) -> Notice:
    if notice.made_by_id != person.id:
        raise Refused("this form was sent by somebody else: open a new one", "key")
    return notice


def rewrite(session: Session, person: Person, notice: Notice, *, title: str, body: str, lang: str, now: datetime) -> None:
    """The text of a draft, changed. Raises Refused, NotAllowed."""
    if notice.state != "draft":
        raise NotNow("it was sent already: undo it first")
    if len(body) > BODY_MAX:
        raise Refused(f"the text has {len(body)} characters, more than {BODY_MAX}: a notice is short; make an article of it", "body")
    edit(session, person, notice.article, lang=lang, title=title or notice.article.title, body=body, now=now)


def _set_times(
    notice: Notice, play_at: datetime | None, repeats: int, later: Sequence[str], ends_at: datetime | None, now: datetime
) -> None:
    if not 1 <= repeats <= REPEATS_MAX:
        raise Refused(f"it is said 1 to {REPEATS_MAX} times in a row, not {repeats}", "repeats")
    if len(later) > LATER_MAX:
        raise Refused(f"at most {LATER_MAX} hours a day, not {len(later)}", "later")
    if later and ends_at is None:
        raise Refused("say until when it is heard again", "ends_at")
    if ends_at is not None and not now < ends_at <= now + AHEAD:
        raise Refused("what is said until a day must end in the next 30 days", "ends_at")
    if play_at is not None and not now - timedelta(minutes=1) <= play_at <= now + AHEAD:
        raise Refused("choose a moment in the next 30 days", "play_at")
    if play_at is not None and ends_at is not None and ends_at <= play_at:
        raise Refused("it ends before it begins", "ends_at")
    notice.play_at, notice.repeats, notice.ends_at = play_at, repeats, ends_at
    notice.later = [f"{read_time(each):%H:%M}" for each in later]


def moments(first: datetime, later: Sequence[str], ends_at: datetime | None, tz: str) -> list[datetime]:
    """The first time and all later ones: each of the hours of each day (local to ``tz``) that lies behind it and before the end."""
    found, zone = [first], ZoneInfo(tz)
    if ends_at is None:
        return found
    day = first.astimezone(zone).date()
    while day <= ends_at.astimezone(zone).date() and len(found) < MOMENTS_MAX:
        for hour in sorted(later):
            at = to_utc(zone, datetime.combine(day, read_time(hour))).starts_at
            if first + WINDOW < at < ends_at and at not in found:
                found.append(at)
        day += timedelta(days=1)
    return found[:MOMENTS_MAX]


# sending


def send(
    session: Session, person: Person, notice: Notice, now: datetime, *, play_at: datetime | None = None, repeats: int | None = None,
    later: Sequence[str] | None = None, ends_at: datetime | None = None,
) -> bool:  # fmt: skip
    """Say it: now, or at a moment. False when it was sent already: a second tap changes nothing. Raises Refused, NotAllowed.

    It goes to review where the place wants one, and is held for ten seconds in any case.
    """
    require(session, person, "schedule", notice.area, kind="notice")
    mine = update(Notice).where(Notice.id == notice.id, Notice.state == "draft").values(state="held", sent_at=now, undo_until=now + UNDO, error="")
    if session.execute(mine.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.refresh(notice)
    _set_times(
        notice, play_at, notice.repeats if repeats is None else repeats, notice.later if later is None else later, ends_at or notice.ends_at, now
    )
    for at in moments(play_at or now, notice.later, notice.ends_at, tz_of(session, notice.area)):
        require(session, person, "schedule", notice.area, kind="notice", at=at)
    if notice.article.state == "draft":
        review.submit(session, notice.article, person, now)
    elif notice.article.state not in ("submitted", "approved"):
        raise NotNow(f"“{notice.article.title}” was withdrawn: write it anew")
    if notice.only is not None:
        gather(session, notice, now)
    session.flush()
    audit.record(
        session, person=person, act="send", subject="notice", subject_id=notice.id, area=notice.area, now=now, article=notice.article_id,
        play_at=play_at.isoformat() if play_at else None, repeats=notice.repeats, later=list(notice.later), only=notice.only,
    )  # fmt: skip
    return True


def undo(session: Session, person: Person, notice: Notice, now: datetime) -> None:
    """Nobody hears it: as long as nothing has left the station. The text stays, as a draft. Raises NotNow, NotAllowed."""
    require(session, person, "schedule", notice.area)
    mine = update(Notice).where(Notice.id == notice.id, Notice.state == "held").values(state="undone")
    if session.execute(mine.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        raise NotNow("it has left the station already: stop it instead")
    session.refresh(notice)
    # what was approved before this notice is somebody's word on the text; what this sending brought about is taken back
    if notice.again_of_id is None and notice.article.state in ("submitted", "approved"):
        review.take_back(session, notice.article, person, now)
    scatter(session, notice)
    audit.record(session, person=person, act="undo", subject="notice", subject_id=notice.id, area=notice.area, now=now)


def _next_key(session: Session, person: Person, notice: Notice, what: str) -> str:
    """The key of what the person makes of this notice: the same until that was sent, so that two taps make one draft."""
    mine = (Notice.made_by_id == person.id, Notice.article_id == notice.article_id, Notice.sent_at.is_not(None))
    sent = session.scalar(select(func.count()).select_from(Notice).where(*mine)) or 0
    return hashlib.sha256(f"{what} {notice.id} {person.id} {sent}".encode()).hexdigest()


def reopen(session: Session, person: Person, notice: Notice, now: datetime) -> Notice:
    """The text of an undone notice as a new draft. Asked twice, it is the same draft."""
    require(session, person, "schedule", notice.area)
    key = _next_key(session, person, notice, "reopen")
    known = session.scalar(select(Notice).where(Notice.key == key))
    if known is not None:
        return _own(known, person)
    if notice.state not in ("undone", "expired"):
        raise NotNow("only what was taken back is opened anew")
    made = Notice(
        key=key, article_id=notice.article_id, area_id=notice.area_id, made_by_id=person.id, repeats=notice.repeats, later=list(notice.later),
        ends_at=notice.ends_at if notice.ends_at and notice.ends_at > now else None, only=notice.only, again_of_id=notice.again_of_id, created_at=now,
    )  # fmt: skip
    made.later = made.later if made.ends_at else []
    session.add(made)
    session.flush()
    return made


def again(session: Session, person: Person, notice: Notice, now: datetime, missed_only: bool = False) -> Notice:
    """The same words once more, as a draft that waits for one tap; with ``missed_only`` for the terminals alone that did not hear all of it.

    Asked twice, it is the same draft. Raises Refused, NotAllowed.
    """
    require(session, person, "schedule", notice.area)
    key = _next_key(session, person, notice, "again there" if missed_only else "again")
    known = session.scalar(select(Notice).where(Notice.key == key))
    if known is not None:
        return _own(known, person)
    if notice.state not in ("aired", "stopped"):
        raise NotNow("it was not on air yet")
    only = None
    if missed_only:
        heard = [cover for cover in covers(session, notice, now) if cover.over or cover.not_heard]
        missed = {each.terminal.id for cover in heard for each in cover.not_heard if each.terminal.state == "active"}
        only = sorted(missed - {each.terminal.id for cover in heard for each in cover.hearers if each.state == "heard"})
        if not only:
            raise NotNow("there is nobody who did not hear it")
    elif notice.only is not None:
        only = list(notice.only)
    made = Notice(
        key=key, article_id=notice.article_id, area_id=notice.area_id, made_by_id=person.id, repeats=notice.repeats, later=[], again_of_id=notice.id,
        only=only, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def stop_notice(session: Session, person: Person, notice: Notice, now: datetime) -> None:
    """Nothing of it is heard from now on: what sounds is broken off, what was to come is off the plan. Raises NotNow, NotAllowed."""
    require(session, person, "play", notice.area)
    if notice.state == "held":
        undo(session, person, notice, now)
        return
    if notice.state != "aired" or notice.schedule is None:
        raise NotNow("nothing of it is on air or to come")
    for occurrence in _begun(session, notice, now):
        stop_occurrence(session, person, occurrence, now)
    if notice.schedule.active:
        stop_schedule(session, person, notice.schedule, now)
    notice.state = "stopped"
    session.flush()


def _begun(session: Session, notice: Notice, now: datetime) -> list[Occurrence]:
    """Those times of it that may sound somewhere now."""
    begun = (Occurrence.schedule_id == notice.schedule_id, Occurrence.state == "planned", Occurrence.starts_at <= now)
    return list(session.scalars(select(Occurrence).where(*begun, Occurrence.starts_at > now - WINDOW - timedelta(hours=1))))


def stop_mine(session: Session, person: Person, now: datetime) -> Stopped:
    """Everything that the person started: what sounds is broken off (emergencies too), what waits for its ten seconds, its review or its voices
    is taken back; a notice counts as a programme."""
    count = 0
    held = select(Notice).where(Notice.made_by_id == person.id, Notice.state == "held")
    for notice in session.scalars(held).all():
        undo(session, person, notice, now)
        count += 1
    on = {each.occurrence.schedule_id for each in on_now(session, person, now, started_by=person)}
    for notice in session.scalars(select(Notice).where(Notice.schedule_id.in_(on), Notice.state == "aired")).all():
        stop_notice(session, person, notice, now)
        count += 1
    session.flush()
    count += live_talks.stop_mine(session, person, now)
    rest = stop_programmes(session, person, now)
    return replace(rest, programmes=count + rest.programmes)


def has_started(session: Session, person: Person, now: datetime) -> bool:
    """Whether there is anything of the person's to stop."""
    held = select(Notice.id).where(Notice.made_by_id == person.id, Notice.state == "held").limit(1)
    return session.scalar(held) is not None or bool(on_now(session, person, now, started_by=person)) or bool(live_talks.mine_on(session, person, now)) or has_ordered(session, person)


# the step


def air_one(db: Database, now: datetime, chime: ClipRef) -> bool:
    """One held notice whose ten seconds are over and whose review is there: its occurrences are written. Whether there was one.

    What is to be heard at once begins LEAD ahead of now, when all its dialects are spoken or PATIENCE is over.
    """
    with db.reading() as session:
        held = select(Notice.id).join(Article).where(Notice.state == "held", Notice.undo_until <= now, Article.state != "submitted")
        due = list(session.scalars(held.order_by(Notice.sent_at).limit(HELD_BATCH)))
        late = select(Notice.id).join(Article).where(Notice.state == "held", Article.state == "submitted", Notice.sent_at < now - NO_LONGER)
        due += list(session.scalars(late.limit(HELD_BATCH)))
        over = select(Notice.id).where(Notice.state.in_(("aired", "stopped")), Notice.group_id.is_not(None), Notice.aired_at < now - 2 * WINDOW)
        gone = list(session.scalars(over.limit(HELD_BATCH)))
    done = False
    for notice_id in due:
        done = _try(db, notice_id, now, chime) or done
    for notice_id in gone:
        with db.session() as session:
            scatter(session, session.get_one(Notice, notice_id))
    return done


def _try(db: Database, notice_id: int, now: datetime, chime: ClipRef) -> bool:
    """One notice in a transaction of its own: one that cannot be aired says why, and holds up no other."""
    try:
        with db.session() as session:
            notice = session.scalar(select(Notice).where(Notice.id == notice_id, Notice.state == "held").with_for_update())
            return notice is not None and _air(session, notice, now, chime)
    except (NotAllowed, PlaylistError, Refused) as error:
        with db.session() as session:
            return _give_up(session, session.get_one(Notice, notice_id), str(error)[:500])
    except OperationalError:  # the database is out of reach: nothing of ours is at fault
        raise
    except Exception:
        log.exception("notice %d cannot be aired; it is tried again", notice_id)
        return False


def _air(session: Session, notice: Notice, now: datetime, chime: ClipRef) -> bool:
    article = notice.article
    good_until = notice.ends_at or (max(notice.play_at, notice.sent_at or now) if notice.play_at else notice.sent_at or now) + NO_LONGER
    if now >= good_until:
        return _give_up(session, notice, "its time was over before anybody approved it" if article.state == "submitted" else "its time was over")
    if article.state == "submitted":
        return False
    if article.state != "approved":  # sent back, or changed on its own page: the words that were sent are not these
        return _give_up(session, notice, f"the text is {article.state} again: it was sent back or changed")
    first = max(notice.play_at, now + LEAD) if notice.play_at else now + LEAD
    voices = Voices(session, now, [article])
    waited = now - max(notice.undo_until or now, article.approved_at or now)
    if first <= now + LEAD and waited < PATIENCE and _being_made(session, notice, voices, now, chime):
        return False
    person = notice.made_by
    playlist = make_playlist(session, person, notice.area, article.title[:200], now)
    words = Item("article", article_id=article.id)
    said = [Item("chime"), words, *[each for _ in range(notice.repeats - 1) for each in (Item("pause", pause_ms=PAUSE_MS), words)]]
    set_items(session, person, playlist, said, playlist.version, now)
    first = first.replace(microsecond=0) + timedelta(seconds=1 if first.microsecond else 0)
    at = moments(first, notice.later, notice.ends_at, tz_of(session, notice.area))
    schedule = at_moments(session, person, playlist, notice.area, at, now, priority=PRIORITY, window_s=int(WINDOW.total_seconds()))
    archive(session, person, playlist, now)
    notice.schedule_id, notice.state, notice.aired_at = schedule.id, "aired", now
    session.flush()
    return True


def _give_up(session: Session, notice: Notice, why: str) -> bool:
    notice.state, notice.error = "expired", why
    scatter(session, notice)
    session.flush()
    return True


def dialects_of(session: Session, notice: Notice) -> set[str]:
    """The dialects in which it is heard."""
    if notice.only is None:
        return Hearing(session, [notice.area]).dialects(notice.area)
    rows = session.scalars(select(Terminal).where(Terminal.id.in_(notice.only)).options(selectinload(Terminal.area)))
    return {effective_dialect(session, each) for each in rows}


def _being_made(session: Session, notice: Notice, voices: Voices, now: datetime, chime: ClipRef) -> bool:
    """Whether a voice, or what the place puts around it, is still on its way. What was never asked for is, from now on."""
    spoken = {code: voices.speak(notice.article, code, notice.area) for code in sorted(dialects_of(session, notice))}
    mine = (Rendition.article_id == notice.article_id, Rendition.revision == notice.article.revision)
    if session.scalar(select(Rendition.id).where(*mine, Rendition.state.in_(("wanted", "rendering"))).limit(1)) is not None:
        return True
    dressing = Dressing(session, now)
    for clip, code, _why in spoken.values():
        if clip is not None:
            title, kind = notice.article.title, notice.article.kind
            said = [Heard(chime, "♪", 0.0, "", "chime"), *[Heard(clip, title, 0.0, code, kind, base=clip.sha)] * notice.repeats]
            if dressing.of(notice.area, said)[1]:
                return True
    return False


# afterwards


def covers(session: Session, notice: Notice, now: datetime) -> list[Coverage]:
    """Each time it was heard so far, the newest first."""
    if notice.schedule_id is None:
        return []
    query = select(Occurrence).where(Occurrence.schedule_id == notice.schedule_id, Occurrence.starts_at <= now).options(selectinload(Occurrence.area))
    return [coverage(session, each, now) for each in session.scalars(query.order_by(Occurrence.starts_at.desc()).limit(5))]


def to_come(session: Session, notice: Notice, now: datetime) -> list[Occurrence]:
    """The times at which it is still to be heard."""
    if notice.schedule_id is None:
        return []
    ahead = (Occurrence.schedule_id == notice.schedule_id, Occurrence.starts_at > now, Occurrence.state == "planned")
    return list(session.scalars(select(Occurrence).where(*ahead).order_by(Occurrence.starts_at).limit(MOMENTS_MAX)))


def recent(session: Session, person: Person, now: datetime, limit: int = 5) -> list[Notice]:
    """The latest notices of the person's branches that were sent."""
    query = (
        select(Notice).join(Area, Area.id == Notice.area_id).where(visible(session, person), Notice.sent_at > now - timedelta(days=2))
        .options(selectinload(Notice.article).selectinload(Article.texts), selectinload(Notice.area)).order_by(Notice.sent_at.desc()).limit(limit)
    )  # fmt: skip
    return list(session.scalars(query))


def text_of(notice: Notice) -> Text:
    """The words it was written in first."""
    return notice.article.texts[0]
