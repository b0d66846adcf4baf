"""A spoken article that is to be seen gets its film: which ones are wanted, how each is to look, and the making."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from articles.models import Article
from station.clock import Clock
from station.clock import now as clock_now
from station.database import Database
from station.files import Files, NoSuchFile
from station.models import Area
from tts import claim
from tts.captions import Cue, seen
from tts.models import Rendition, TvChoice, TvRendition
from tts.reading.marks import without_marks
from tts.screen import Script, script_of
from tts.video import VideoError, telecast
from tts.want import LOOK_BACK

Boxes = Callable[["InstrumentedAttribute[str]"], ColumnElement[bool]]
"""Given the column of an area's path: whether set-top boxes hang at or below it. The rooms of terminals are none of ours."""

LEASE = timedelta(minutes=20)
STALE = "the article was edited or withdrawn, or its sound is gone; this version is not shown any more"


def choose(
    session: Session, article: Article, now: datetime, *, shown: bool | None, burnt: bool, picture: str | None = None,
    sign: tuple[str, str, int] | None = None,
) -> TvChoice:  # fmt: skip
    """How the article is shown from now on; films that exist are made anew. ``picture``/``sign`` (sha256, name, ms): None leaves the
    former one, "" takes it away."""
    row = session.scalar(select(TvChoice).where(TvChoice.article_id == article.id))
    if row is None:
        row = TvChoice(article_id=article.id, picture_sha256="", sign_sha256="", sign_name="", sign_ms=0, changed_at=now)
        session.add(row)
    row.shown, row.burnt, row.changed_at = shown, burnt, now
    if picture is not None:
        row.picture_sha256 = picture
    if sign is not None:
        row.sign_sha256, row.sign_name, row.sign_ms = sign
    for film in films(session, article) if shown is not False else ():
        claim.again(film, now)
    session.flush()
    return row


def films(session: Session, article: Article) -> list[TvRendition]:
    """The films of the present revision."""
    query = select(TvRendition).join(Rendition).where(Rendition.article_id == article.id, Rendition.revision == article.revision)
    return list(session.scalars(query.order_by(TvRendition.id)))


def want_tv_one(db: Database, now: datetime, boxes: Boxes) -> bool:
    """One ready rendition that should be seen and has no film, or one of another sound, gets its row; False when there is none."""
    with db.reading() as session:
        found = session.execute(_lacking(now, boxes)).first()
    if found is None:
        return False
    try:
        with db.session() as session:
            film = session.scalar(select(TvRendition).where(TvRendition.rendition_id == found.id))
            if film is None:
                session.add(TvRendition(rendition_id=found.id, audio_sha256=found.audio_sha256, created_at=now))
            elif film.audio_sha256 != found.audio_sha256:
                claim.again(film, now)
                film.audio_sha256 = found.audio_sha256
    except IntegrityError:  # another process was quicker by a moment: the row is there
        return True
    return True


def _lacking(now: datetime, boxes: Boxes) -> Select[int, str]:
    asked = or_(TvChoice.shown.is_(True), and_(or_(TvChoice.id.is_(None), TvChoice.shown.is_(None)), boxes(Area.path)))
    return (
        select(Rendition.id, Rendition.audio_sha256)
        .join(Article, Article.id == Rendition.article_id)
        .join(Area, Area.id == Article.area_id)
        .outerjoin(TvChoice, TvChoice.article_id == Article.id)
        .outerjoin(TvRendition, TvRendition.rendition_id == Rendition.id)
        .where(
            Rendition.state == "ready", Rendition.revision == Article.revision, Article.state == "approved",
            Article.approved_at > now - LOOK_BACK, asked,
            or_(TvRendition.id.is_(None), and_(TvRendition.state != "making", TvRendition.audio_sha256 != Rendition.audio_sha256)),
        )
        .order_by(Rendition.ready_at)
        .limit(1)
    )  # fmt: skip


def no_boxes(path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """For stations without television: only what was asked for."""
    return false()


@dataclass(frozen=True)
class _Work:
    """What one film needs to know, read in one transaction."""

    script: Script
    audio_sha256: str
    skip: int
    burnt: bool
    picture_sha256: str
    sign_sha256: str


def render_tv_one(db: Database, now: datetime, files: Files, clock: Clock = clock_now) -> bool:
    """One wanted film is made and stored; False when none is due. No transaction is open while ffmpeg draws."""
    found = claim.take(db, TvRendition, now, LEASE)
    if not isinstance(found, claim.Claim):
        return found
    work = _work(db, found.id)
    if work is None:
        claim.failed(db, found, VideoError(STALE, permanent=True), clock(), permanent=True)
        return True
    try:
        picture = files.get(work.picture_sha256) if work.picture_sha256 else None
        sign = _held(files, work.sign_sha256) if work.sign_sha256 else None
        made = telecast(files.get(work.audio_sha256), work.script, skip=work.skip, picture=picture, sign=sign, burnt=work.burnt)
    except NoSuchFile as problem:
        claim.failed(db, found, VideoError(f"a file it is made of is gone: {problem}", permanent=True), clock(), permanent=True)
        return True
    except VideoError as problem:
        claim.failed(db, found, problem, clock(), permanent=problem.permanent)
        return True
    claim.ready(
        db, found, clock, audio_sha256=work.audio_sha256, video_sha256=files.put(made.mp4), video_bytes=len(made.mp4), ms=made.ms,
        undrawn="".join(made.undrawn)[:200],
    )  # fmt: skip
    return True


def _held(files: Files, sha: str) -> Path:
    if not files.has(sha):
        raise NoSuchFile(sha)
    return files.path(sha)


def _shown(text: str) -> str:
    """A title or body as people read it, as its cues have it."""
    return seen(without_marks(text))


def _work(db: Database, film_id: int) -> _Work | None:
    """None when the article was edited or withdrawn meanwhile."""
    with db.reading() as session:
        film = session.get_one(TvRendition, film_id)
        rendition, article = film.rendition, film.rendition.article
        text = next((each for each in article.texts if each.lang == rendition.lang), None)
        if rendition.state != "ready" or article.state != "approved" or rendition.revision != article.revision or text is None:
            return None
        choice = session.scalar(select(TvChoice).where(TvChoice.article_id == article.id))
        cues = tuple(Cue(start, end, said) for start, end, said in rendition.cues)
        length = max(rendition.ms, choice.sign_ms if choice else 0)  # who follows the hands sees all of them
        return _Work(
            script_of(article.area.name, _shown(text.title), _shown(text.body), cues, length), rendition.audio_sha256, rendition.skip,
            choice.burnt if choice else True, choice.picture_sha256 if choice else "", choice.sign_sha256 if choice else "",
        )  # fmt: skip
