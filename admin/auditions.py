"""Which voice speaks an article or a programme: chosen per dialect, and heard in one of its own sentences before it is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.desk import Refused, find, now, one_act, person, session, text_of
from admin.refusals import told
from admin.tongue import _
from articles.models import Article
from playlists import playlist as playlist_room
from playlists.errors import PlaylistError
from playlists.models import Playlist
from station.areas import dialect_of
from station.audit import record
from station.models import Area, Person
from station.people import visible
from tts.choose import Choices, choose_voice
from tts.dialects import DIALECTS, UnknownDialect, pick_text
from tts.lexicon import words_for
from tts.models import Preview, VoiceChoice
from tts.preview import ask
from tts.recordings import text_of as text_for
from tts.spoken import sentences
from tts.voices import NAME_MAX, UnknownVoice, voice
from tts.want import want_renditions, wanted_dialects

pages = Blueprint("auditions", __name__)
WATCHED = timedelta(minutes=30)
"""A trial asked for longer ago is shown no more."""
SHORT, LONG = 8, 70
"""Characters of a sentence in which a voice is tried: long enough to tell, short enough to wait for."""


@dataclass(frozen=True)
class Audition:
    """One dialect: the voice that was chosen ("": none), the one that speaks otherwise, and the sound of the last trial."""

    code: str
    chosen: str
    otherwise: str
    heard: Markup


def sample(article: Article, code: str) -> str:
    """A sentence of the article in which a voice is tried; "" when the dialect is not spoken of it."""
    if code not in DIALECTS or not DIALECTS[code].speaks or pick_text(code, [text.lang for text in article.texts]) is None:
        return ""
    text = text_for(article, code)
    lines = [each.text for each in (*sentences(text.body), *sentences(text.title))]
    return next((line for line in lines if SHORT <= len(line) <= LONG), lines[0] if lines else "")


def _last(session: Session, article: Article) -> dict[str, Preview]:
    """Per dialect the trial that was asked for last."""
    query = select(Preview).where(Preview.kind == "speak", Preview.article_id == article.id, Preview.asked_at > now() - WATCHED)
    found: dict[str, Preview] = {}
    said: dict[str, str] = {}
    for row in session.scalars(query.order_by(Preview.asked_at.desc(), Preview.id.desc()).limit(200)):
        if row.dialect not in said:
            said[row.dialect] = sample(article, row.dialect)
        if list(row.sentences) == [said[row.dialect]]:
            found.setdefault(row.dialect, row)
    return found


def _heard(row: Preview | None) -> Markup:
    return Markup(render_template("_audition.html", row=row))


def of_article(session: Session, article: Article) -> list[Audition]:
    """Every dialect in which the article can be heard."""
    mine = select(VoiceChoice).where(VoiceChoice.article_id == article.id, VoiceChoice.voice != "")
    own = {row.dialect: row.voice for row in session.scalars(mine)}
    choices, last = Choices(session), _last(session, article)
    return [
        Audition(code, own.get(code, ""), own.get("", "") or choices.of_area(code, article.area), _heard(last.get(code)))
        for code in DIALECTS
        if sample(article, code)
    ]


def live_of_article(session: Session, article: Article) -> dict[str, str]:
    """The trials as they are now, by the part of the page in which they stand."""
    return {f"trial-{code}": str(_heard(row)) for code, row in _last(session, article).items()}


def chosen_for_article(session: Session, person: Person, article: Article, code: str, name: str) -> VoiceChoice:
    """The voice that speaks the article from now on; an approved one is spoken by it at once, and until then the former sound counts."""
    row = choose_voice(session, now(), name, article=article, code=code)
    record(
        session, person=person, act="voice", subject="article", subject_id=article.id, area=article.area, now=now(), voice=name, dialect=code,
    )  # fmt: skip
    if article.state == "approved":
        want_renditions(session, article, wanted_dialects(session, article.area), now())
    return row


def _back(article: Article) -> Response:
    return redirect(url_for("articles.one", article_id=article.id) + "#voices", 303)


@pages.post("/articles/<row:article_id>/voice")
def choose(article_id: int) -> Response:
    """The voice of an article in one dialect."""
    article = find(Article, article_id, "write")
    try:
        with one_act():
            chosen_for_article(session(), person(), article, text_of("dialect", 8), text_of("voice", NAME_MAX, False))
        flash(_("Saved. Until the new voice is ready, the former one is heard."), "good")
    except (UnknownDialect, UnknownVoice, Refused) as error:
        flash(told(error), "bad")
    return _back(article)


@pages.post("/articles/<row:article_id>/voice/hear")
def hear(article_id: int) -> Response:
    """One sentence of the article in a voice, before it is chosen."""
    article = find(Article, article_id)
    try:
        code, name = text_of("dialect", 8), text_of("voice", NAME_MAX, False)
        _try(article, code, name or Choices(session()).voice(code, article, article.area), article.area)
    except (UnknownDialect, UnknownVoice, Refused) as error:
        flash(told(error), "bad")
    return _back(article)


def _try(article: Article, code: str, name: str, area: Area) -> None:
    said = sample(article, code)
    if not said:
        raise Refused(_("Nothing of this text can be heard in that dialect."), "dialect")
    ask(session(), "speak", code, [said], words_for(session(), area, code, said, article.id), now(), article.id, voice(code, name).name)


# programmes


@dataclass(frozen=True)
class OfPlaylist:
    """A programme's voice: the dialect of its place, the voice that speaks otherwise, the article in whose sentence it is tried, the last trial."""

    code: str
    otherwise: str
    article: Article | None
    heard: Markup


def of_playlist(session: Session, found: Playlist) -> OfPlaylist:
    """What the programme's page shows of its voice."""
    code = dialect_of(session, found.area)
    article = next((item.article for item in found.items if item.article is not None and sample(item.article, code)), None)
    row = _last(session, article).get(code) if article is not None else None
    return OfPlaylist(code, Choices(session).of_area(code, found.area), article, _heard(row))


def live_of_playlist(session: Session, person: Person, row: int) -> dict[str, str]:
    """The trial on a programme's page; nothing when it is not the person's."""
    found = session.scalar(select(Playlist).join(Area, Playlist.area_id == Area.id).where(Playlist.id == row, visible(session, person)))
    return {"trial": str(of_playlist(session, found).heard)} if found is not None else {}


@pages.post("/playlists/<row:playlist_id>/voice")
def choose_for_playlist(playlist_id: int) -> Response:
    """The voice that speaks the articles of a programme."""
    found = find(Playlist, playlist_id, "schedule")
    try:
        with one_act():
            playlist_room.set_voice(session(), person(), found, text_of("voice", NAME_MAX, False), now())
        flash(_("Saved. Until the new voice is ready, the former one is heard."), "good")
    except (PlaylistError, Refused) as error:
        flash(told(error), "bad")
    return redirect(url_for("playlists.one", playlist_id=found.id) + "#voice", 303)


@pages.post("/playlists/<row:playlist_id>/voice/hear")
def hear_in_playlist(playlist_id: int) -> Response:
    """One sentence of its first article in a voice, before it is chosen."""
    found = find(Playlist, playlist_id)
    here = of_playlist(session(), found)
    if here.article is None:
        abort(404)
    try:
        _try(here.article, here.code, request.form.get("voice", "")[:NAME_MAX] or here.otherwise, found.area)
    except (UnknownVoice, Refused) as error:
        flash(told(error), "bad")
    return redirect(url_for("playlists.one", playlist_id=found.id) + "#voice", 303)
