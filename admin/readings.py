"""How an article will be read: every sentence as it is spoken, its readings above, one tap to hear it and one to correct it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, defer
from werkzeug.wrappers import Response

from admin import ruby
from admin.desk import Refused, desk, find, find_area, id_of, now, number_of, one_act, person, session, text_of, tops
from admin.refusals import told
from admin.tongue import _
from articles.models import Article, Text
from station.areas import ancestors, dialect_of, is_below
from station.models import Area, Person
from station.people import visible
from tts.choose import Choices
from tts.dialects import DIALECTS, pick_text
from tts.engines import EngineError
from tts.lexicon import LexiconConflict, entries_for, last_change, remove_reading, set_reading, undo, words_for
from tts.models import LexiconEntry, Preview, Rendition
from tts.preview import ask, preview_key
from tts.reading.marks import without_marks
from tts.sought import occurs
from tts.spelling import EXAMPLES, WRITTEN_AS, LexiconRefused
from tts.spoken import sentences

pages = Blueprint("readings", __name__)
PER_PART = 40
"""Sentences on one page."""
WATCHED = timedelta(minutes=30)
"""A trial asked for longer ago does not move any more."""
LIGHT = (defer(Preview.result), defer(Preview.sentences), defer(Preview.words))
"""What a look at the state of a trial leaves in the database."""
REFUSALS = (LexiconRefused, EngineError, Refused)


@dataclass
class Line:
    """One sentence of the page. ``key`` names its sound; ``tokens`` are empty until it was read."""

    index: int
    text: str
    key: str
    tokens: list[ruby.Token]
    unknown: list[str]
    spoken: str = ""
    hear: str = ""


@dataclass(frozen=True)
class Script:
    """The sentences of an article in one dialect: the title's first, then the body's."""

    article: Article
    code: str
    text: Text
    sentences: list[str]
    voice: str

    @property
    def whole(self) -> str:
        return f"{self.text.title}\n{self.text.body}"


def script_of(article: Article, code: str) -> Script | None:
    """What is spoken of the article in the dialect; None when no text of it fits."""
    lang = pick_text(code, [text.lang for text in article.texts])
    text = next((each for each in article.texts if each.lang == lang), None)
    if text is None:
        return None
    spoken = [each.text for each in (*sentences(text.title), *sentences(text.body))]
    return Script(article, code, text, spoken, Choices(session()).voice(code, article, article.area))


def _asked(article_id: int, dialect: str) -> Script:
    """The script that the address names; 404 when it is not the person's, or nothing speaks it."""
    if dialect not in DIALECTS or not DIALECTS[dialect].speaks:
        abort(404)
    script = script_of(find(Article, article_id), dialect)
    if script is None:
        abort(404)
    return script


def _read(script: Script, part: int) -> tuple[Preview, list[Line]]:
    """One part of the script, as the speaking processes read it; asked of them when nobody has."""
    first = part * PER_PART
    chunk = script.sentences[first : first + PER_PART]
    words = _words(script, chunk)
    key = preview_key("read", script.code, chunk, words)
    row = session().scalar(select(Preview).where(Preview.key == key))
    if row is None or row.asked_at < now() - timedelta(days=1):
        # a request that looks has a session that only reads: what it asks of the speaking processes is written down beside it
        with nullcontext(session()) if request.method == "POST" else desk().db.session() as writing:
            row = ask(writing, "read", script.code, chunk, words, now(), script.article.id)
    told = row.result if row.state == "ready" else [None] * len(chunk)
    return row, [_line(script, words, first + i, text, said) for i, (text, said) in enumerate(zip(chunk, told, strict=True))]


def _words(script: Script, chunk: list[str]) -> dict[str, str]:
    return words_for(session(), script.article.area, script.code, "\n".join(chunk), script.article.id)


def _line(script: Script, words: dict[str, str], index: int, text: str, told: dict[str, Any] | None) -> Line:
    here = {word: reading for word, reading in words.items() if occurs(word, text)}
    line = Line(index, text, preview_key("speak", script.code, [text], here, script.voice), [], [])
    if told is not None:
        unread = [characters for _at, characters in told["unread"]]
        line.tokens, line.spoken = ruby.tokens(told), told["spoken"]
        line.unknown = [characters for _at, characters in told["unknown"] if characters not in unread]
    return line


def _sounds(session: Session, article: Article, code: str, keys: list[str] | None = None) -> dict[str, Preview]:
    """Sounds of sentences by key: those of the keys, or all that were asked for lately."""
    query = select(Preview).options(*LIGHT).where(Preview.kind == "speak", Preview.dialect == code)
    if keys is None:
        query = query.where(Preview.article_id == article.id, Preview.asked_at > now() - WATCHED)
    else:
        query = query.where(Preview.key.in_(keys))
    return {row.key: row for row in session.scalars(query)}


def _hear(key: str, row: Preview | None) -> Markup:
    return Markup(render_template("_hear.html", key=key[:16], row=row))


def live(code: str) -> Callable[[Session, Person, int], dict[str, str]]:
    """The moving parts of the page in one dialect."""

    def parts(session: Session, person: Person, row: int) -> dict[str, str]:
        article = session.scalar(select(Article).join(Area, Article.area_id == Area.id).where(Article.id == row, visible(session, person)))
        if article is None:
            return {}
        found = {f"hear-{key[:16]}": str(_hear(key, each)) for key, each in _sounds(session, article, code).items()}
        reading = select(Preview).options(*LIGHT).where(
            Preview.kind == "read", Preview.dialect == code, Preview.article_id == article.id, Preview.asked_at > now() - WATCHED
        )
        for each in session.scalars(reading):
            done = each.state in ("ready", "failed")
            found[f"read-{each.key[:16]}"] = "done" if done else str(Markup(render_template("_reading.html", row=each)))
        return found

    return parts


# a reviewer's page: what will be heard, with its readings, and a button to hear it whole


@dataclass(frozen=True)
class ForReview:
    """A text as one dialect says it: its first sentences with their readings (``row`` says how far they are), ``key`` names the sound of the whole."""

    code: str
    text: Text
    row: Preview
    lines: list[Line]
    more: bool
    key: str
    hear: Markup


def _whole_key(script: Script) -> tuple[str, dict[str, str]]:
    words = words_for(session(), script.article.area, script.code, script.whole, script.article.id)
    return preview_key("speak", script.code, script.sentences, words, script.voice), words


def for_review(article: Article) -> list[ForReview]:
    """One dialect for each text: the place's own where it fits, else the first that speaks it."""
    own = dialect_of(session(), article.area)
    langs = [text.lang for text in article.texts]
    found: dict[str, ForReview] = {}
    for code in sorted(DIALECTS, key=lambda each: each != own):
        lang = pick_text(code, langs) if DIALECTS[code].speaks else None
        script = script_of(article, code) if lang is not None and lang not in found else None
        if lang is None or script is None:
            continue
        row, lines = _read(script, 0)
        key, _words = _whole_key(script)
        sound = session().scalar(select(Preview).options(*LIGHT).where(Preview.key == key))
        found[lang] = ForReview(code, script.text, row, lines, len(script.sentences) > PER_PART, key, _hear(key, sound))
    return list(found.values())


def speak_whole(article: Article, code: str) -> None:
    """Ask for the sound of all of it; 404 when nothing speaks it."""
    script = script_of(article, code) if code in DIALECTS and DIALECTS[code].speaks else None
    if script is None:
        abort(404)
    _key, words = _whole_key(script)
    ask(session(), "speak", code, script.sentences, words, now(), article.id, script.voice)


def live_of_review(session: Session, article: Article) -> dict[str, str]:
    """The moving parts: readings that are there now, sounds that were asked for."""
    found: dict[str, str] = {}
    query = select(Preview).options(*LIGHT).where(Preview.article_id == article.id, Preview.asked_at > now() - WATCHED)
    for each in session.scalars(query):
        if each.kind == "speak":
            found[f"hear-{each.key[:16]}"] = str(_hear(each.key, each))
        elif each.kind == "read":
            found[f"read-{each.key[:16]}"] = "done" if each.state in ("ready", "failed") else str(Markup(render_template("_reading.html", row=each)))
    return found


WATCHES = {f"readings-{code}": live(code) for code in DIALECTS}


def _places(article: Article) -> list[Area]:
    """Where the person may give readings that the article follows: its own place first, the whole tree last."""
    mine = tops("write")
    return [area for area in reversed(ancestors(session(), article.area)) if any(is_below(area, top) for top in mine)]


@dataclass
class Fix:
    """The correction that is being written."""

    index: int
    start: int
    end: int
    word: str
    reading: str
    where: str
    steps: dict[str, tuple[int, int]]
    wrong: str = ""
    field: str = ""


def _chosen(lines: list[Line]) -> Fix | None:
    """The words that were tapped, from the address; None when they are no words of this page."""
    index, start, end = (id_of(name) for name in ("s", "a", "b"))
    line = next((each for each in lines if each.index == index), None)
    if line is None or start is None or end is None:
        return None
    found = ruby.word_at(line.tokens, start, end)
    if found is None:
        return None
    return Fix(line.index, start, end, found[0], found[1], "text", ruby.steps(line.tokens, start, end))


def _typed(lines: list[Line], error: LexiconRefused | EngineError | Refused) -> Fix | None:
    """What was typed, with what is wrong about it."""
    fix = _chosen(lines)
    if fix is None:
        return None
    fix.word, fix.reading, fix.where = (request.form.get(name, "") for name in ("word", "reading", "where"))
    fix.wrong, fix.field = told(error), getattr(error, "field", "")
    return fix


def _page(script: Script, part: int, error: LexiconRefused | EngineError | Refused | None = None) -> tuple[str, int]:
    article, code = script.article, script.code
    row, lines = _read(script, part)
    sounds = _sounds(session(), article, code, [line.key for line in lines])
    for line in lines:
        line.hear = _hear(line.key, sounds.get(line.key))
    places = _places(article)
    entries = entries_for(session(), article.area, code, script.whole, article.id)
    made = last_change(session(), person(), id_of("undo") or 0) if error is None else None
    mine = (Rendition.article_id == article.id, Rendition.revision == article.revision, Rendition.dialect == code)
    waits = or_(Rendition.again, and_(Rendition.state == "ready", Rendition.lease_until.is_not(None)))
    # put together once: an address a character would be half of the time this page takes
    taps = url_for("readings.one", article_id=article.id, dialect=code) + "?" + (f"part={part}&" if part else "")
    langs = [text.lang for text in article.texts]
    waiting = session().scalar(select(Rendition.id).where(*mine, waits).limit(1)) is not None
    page = render_template(
        "readings.html", taps=taps, article=article, code=code, text=script.text, row=row, lines=lines, part=part, places=places, entries=entries,
        parts=-(-len(script.sentences) // PER_PART), fix=_typed(lines, error) if error else _chosen(lines), made=made, error=error,
        mine=[area.id for area in places], written_as=WRITTEN_AS[code], example=EXAMPLES[code], waiting=waiting, shown=ruby.shown,
        plain=without_marks, dialects=[each for each in DIALECTS if DIALECTS[each].speaks and pick_text(each, langs) is not None],
    )  # fmt: skip
    return page, 422 if error else 200


@pages.get("/articles/<row:article_id>/readings/<dialect>")
def one(article_id: int, dialect: str) -> ResponseReturnValue:
    """Every sentence as it will be spoken."""
    script = _asked(article_id, dialect)
    part = id_of("part") or 0
    if part and part * PER_PART >= len(script.sentences):
        abort(404)
    return _page(script, part)


def _back(article_id: int, dialect: str, index: int | None = None, **more: Any) -> Response:
    part = (index or 0) // PER_PART
    return redirect(
        url_for(
            "readings.one", article_id=article_id, dialect=dialect, part=part or None, _anchor=f"s{index}" if index is not None else None, **more
        ),
        303,
    )


@pages.post("/articles/<row:article_id>/readings/<dialect>/fix")
def fix(article_id: int, dialect: str) -> ResponseReturnValue:
    """Give a word its reading: in this text, in this place and below, or further up."""
    script = _asked(article_id, dialect)
    index = number_of("s", 0, len(script.sentences) - 1)
    where = text_of("where", 12)
    area = script.article.area if where == "text" else find_area(int(where) if where.isascii() and where.isdecimal() and len(where) < 10 else 0)
    if not is_below(script.article.area, area):
        abort(404)
    try:
        with one_act():
            change = set_reading(
                session(), person(), area, code=dialect, word=request.form.get("word", ""), reading=request.form.get("reading", ""), now=now(),
                article=script.article if where == "text" else None,
            )  # fmt: skip
    except REFUSALS as error:
        return _page(script, index // PER_PART, error)
    if change is None:
        flash(_("It is read like this already."), "good")
        return _back(article_id, dialect, index)
    return _back(article_id, dialect, index, undo=change.audit_id)


@pages.post("/articles/<row:article_id>/readings/<dialect>/undo")
def take_back(article_id: int, dialect: str) -> ResponseReturnValue:
    """One's own last correction is taken back."""
    _asked(article_id, dialect)
    try:
        with one_act():
            change = undo(session(), person(), number_of("change", 1, 2**31 - 1), now())
        flash(_("Taken back: %(word)s is read as before.", word=change.word), "good")
    except (LexiconRefused, LexiconConflict) as error:
        flash(told(error), "bad")
    return _back(article_id, dialect, number_of("s", 0, 10**6, 0) if request.form.get("s") else None)


@pages.post("/articles/<row:article_id>/readings/<dialect>/remove")
def remove(article_id: int, dialect: str) -> ResponseReturnValue:
    """A reading that was given is given no more."""
    _asked(article_id, dialect)
    entry = find(LexiconEntry, id_of("entry") or 0, "write")
    with one_act():
        change = remove_reading(session(), person(), entry, now())
    return _back(article_id, dialect, undo=change.audit_id)


@pages.post("/articles/<row:article_id>/readings/<dialect>/hear")
def hear(article_id: int, dialect: str) -> ResponseReturnValue:
    """One sentence is spoken, to listen before anything airs."""
    script = _asked(article_id, dialect)
    index = number_of("s", 0, len(script.sentences) - 1)
    text = script.sentences[index]
    ask(session(), "speak", dialect, [text], _words(script, [text]), now(), article_id, script.voice)
    return _back(article_id, dialect, index)


@pages.post("/articles/<row:article_id>/readings/<dialect>/again")
def again(article_id: int, dialect: str) -> ResponseReturnValue:
    """What could not be read is tried again."""
    script = _asked(article_id, dialect)
    part = number_of("part", 0, len(script.sentences) // PER_PART)
    chunk = script.sentences[part * PER_PART : (part + 1) * PER_PART]
    if chunk:
        ask(session(), "read", dialect, chunk, _words(script, chunk), now(), article_id)
    return _back(article_id, dialect, part * PER_PART)
