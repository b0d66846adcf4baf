"""The first page: is everything alive, what is on now, what comes next, what waits for me, what went wrong and how to go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from admin.desk import now, person, session, tops
from articles.desk import to_do
from articles.models import Article, Feed
from articles.review import unseen
from broadcast import notices
from broadcast.live_talks import open_talks
from broadcast.missed import sayings
from broadcast.models import Dispatch, Notice
from broadcast.on_air import on_now
from devices.models import PRESENCES, Terminal
from devices.presence import in_service
from playlists.models import Occurrence
from station.areas import branch
from station.models import Area, Person
from station.people import sees_all, visible
from tts.models import Rendition

pages = Blueprint("home", __name__)
# So many speakers that are not ready are named on the page, with the reason; the others are a tap away.
NAMED = 12
# Who heard the latest notices is worked out on this page for places of at most so many speakers.
SMALL = 500


def speakers(session: Session, person: Person) -> tuple[int, int]:
    """How many speakers are ready (online and without a fault), of how many in service, in the person's branches."""
    every = sees_all(session, person)
    query = select(Terminal.presence, func.count()).group_by(Terminal.presence)
    if every:  # the index alone answers
        query = query.where(Terminal.state == "active")
    else:
        query = query.join(Area, Terminal.area_id == Area.id).where(visible(session, person), in_service())
    counts = {presence: count for presence, count in session.execute(query)}
    faulty = select(func.count()).select_from(Terminal).where(*_faulty())
    if not every:
        faulty = faulty.join(Area, Terminal.area_id == Area.id).where(visible(session, person))
    return counts.get("online", 0) - (session.scalar(faulty) or 0), sum(counts.values())


def _faulty() -> tuple[ColumnElement[bool], ...]:
    """Online, in service and with a fault: found by the faults, which are few."""
    return Terminal.fault > "", in_service(), Terminal.presence.concat("") == "online"


def not_ready(session: Session, person: Person) -> list[Terminal]:
    """The speakers behind the difference, those first that were last alive longest ago: of each way not to be ready the first ones, which an
    index tells in their order; all that are not ready in a country are never sorted."""
    found: list[Terminal] = []
    ways = [(Terminal.presence == presence, in_service()) for presence in PRESENCES if presence != "online"]
    for way in (*ways, _faulty()):
        query = select(Terminal).where(*way).options(selectinload(Terminal.area)).order_by(Terminal.last_seen_at, Terminal.id).limit(NAMED + 1)
        if not sees_all(session, person):
            query = query.join(Area, Terminal.area_id == Area.id).where(visible(session, person))
        found += session.scalars(query)
    long_ago = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda each: (each.last_seen_at or long_ago, each.id))[: NAMED + 1]


def waiting_for_me(session: Session, person: Person) -> list[Article]:
    """Articles that this person may review: submitted, in the branch, not one's own; notices first, for somebody waits."""
    query = (
        select(Article)
        .join(Area, Article.area_id == Area.id)
        .where(
            visible(session, person, "review"), Article.state == "submitted",
            or_(Article.author_id.is_(None), Article.author_id != person.id),
            or_(Article.submitted_by_id.is_(None), Article.submitted_by_id != person.id),
        )
        .order_by(Article.kind != "notice", Article.submitted_at)
        .limit(20)
    )  # fmt: skip
    return list(session.scalars(query))


def letters(session: Session, person: Person) -> list[Article]:
    """What came in through a link and nobody has looked after yet."""
    query = (
        select(Article).join(Area, Article.area_id == Area.id)
        .where(visible(session, person, "write"), Article.source == "link", Article.state == "draft", Article.assignee_id.is_(None), Article.revision == 1)
        .order_by(Article.id).limit(10)
    )  # fmt: skip
    return list(session.scalars(query))


def coming(session: Session, person: Person, limit: int = 5) -> list[Occurrence]:
    """What is heard next in the person's branches."""
    query = (
        select(Occurrence)
        .join(Area, Occurrence.area_id == Area.id)
        .where(visible(session, person), Occurrence.state == "planned", Occurrence.starts_at > now())
        .order_by(Occurrence.starts_at)
        .limit(limit)
    )
    return list(session.scalars(query))


def on_air_part(session: Session, person: Person) -> str:
    """What is on now, as a part of the page that moves."""
    return render_template("_on_now.html", on=on_now(session, person, now()), talks=open_talks(session, person, now()))


def said_lately(session: Session, person: Person) -> list[tuple[Notice, int]]:
    """The latest notices, each with how many speakers did not hear all of it (-1 where that is asked for on its own page)."""
    found = []
    for notice in notices.recent(session, person, now(), limit=3):
        small = (session.scalar(select(func.count()).select_from(Terminal).join(Area).where(branch(notice.area))) or 0) <= SMALL
        covers = notices.covers(session, notice, now()) if small else []
        missed = [each for each in covers[0].not_heard if each.terminal.state == "active"] if covers else []
        found.append((notice, len(missed) if small else -1))
    return found


def failures(session: Session, person: Person) -> dict[str, list[Any]]:
    """What needs a hand: texts no voice could speak, programmes with nothing to play, feeds that cannot be read."""
    seen = visible(session, person)
    spoken = (
        select(Rendition).join(Article).join(Area, Article.area_id == Area.id)
        .where(seen, Rendition.state == "failed", Rendition.revision == Article.revision).order_by(Rendition.id.desc()).limit(10)
    )  # fmt: skip
    silent = (
        select(Dispatch).join(Area, Dispatch.area_id == Area.id)
        .where(seen, Dispatch.state == "empty", Dispatch.ends_at > now()).order_by(Dispatch.starts_at).limit(10)
    )  # fmt: skip
    feeds = select(Feed).join(Area, Feed.area_id == Area.id).where(seen, Feed.active, Feed.error != "").limit(10)
    return {"renditions": list(session.scalars(spoken)), "dispatches": list(session.scalars(silent)), "feeds": list(session.scalars(feeds))}


@pages.get("/")
def first() -> str:
    """The day at a glance."""
    ready, total = speakers(session(), person())
    return render_template(
        "home.html", ready=ready, total=total, coming=coming(session(), person()), waiting=waiting_for_me(session(), person()),
        wrong=failures(session(), person()), places=tops(), on=on_now(session(), person(), now()), talks=open_talks(session(), person(), now()), unready=not_ready(session(), person()), named=NAMED,
        lately=said_lately(session(), person()), unseen=unseen(session(), person(), now()),
        sayings=sayings(session(), person(), now()), mine=to_do(session(), person()), letters=letters(session(), person()),
    )  # fmt: skip
