"""A person reads: recordings of an article sentence by sentence or at a stretch, brought as files or made with the browser's microphone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.desk import Refused, desk, find, id_of, let_go, now, one_act, person, session
from admin.refusals import told
from admin.tongue import _
from articles.errors import Refused as NotTaken
from articles.models import Article
from broadcast.models import Notice
from tts.dialects import DIALECTS, pick_text
from tts.models import Recording
from tts.reading.marks import without_marks
from tts.recordings import (
    RecordingRefused,
    keep_recording,
    lines_of,
    read_of,
    remove_recording,
    sounds_short,
    text_of,
    whole_of,
    words_hash,
)  # fmt: skip
from tts.uploads import AudioRefused, import_upload

pages = Blueprint("recordings", __name__)
Answer = TypeVar("Answer", bound=Response)
PER_PART = 40
"""Sentences on one page."""
REFUSALS = (AudioRefused, RecordingRefused, NotTaken, Refused)


@dataclass(frozen=True)
class Passage:
    """What one recording may be of: a sentence, or (``index`` -1) the whole text. ``key`` is the hash of its words."""

    index: int
    words: str
    key: str
    row: Recording | None

    @property
    def short(self) -> bool:
        """Whether the recording is much shorter than anybody could read these words."""
        return self.row is not None and sounds_short(self.words, self.row.ms)


def _asked(article_id: int, dialect: str, act: str = "see") -> Article:
    """The article, when a person can read it in the dialect, which needs a text and no voice; 404 otherwise."""
    if dialect not in DIALECTS:
        abort(404)
    article = find(Article, article_id, act)
    if pick_text(dialect, [text.lang for text in article.texts]) is None:
        abort(404)
    return article


def _rows(article: Article, code: str) -> dict[str, Recording]:
    query = select(Recording).where(Recording.article_id == article.id, Recording.dialect == code).order_by(Recording.id)
    return {row.words_sha256: row for row in session().scalars(query)}


def _page(article: Article, code: str, part: int, wrong: str = "", at: str = "") -> ResponseReturnValue:
    text, rows = text_of(article, code), _rows(article, code)
    lines = lines_of(text)
    if part and part * PER_PART >= len(lines):
        abort(404)
    words = [whole_of(text), *lines]
    passages = [Passage(index - 1, each, words_hash(each), rows.get(words_hash(each))) for index, each in enumerate(words)]
    held = {each.key for each in passages}
    first = part * PER_PART
    shown = passages[1 + first : 1 + first + PER_PART]
    html = render_template(
        "recordings.html", article=article, code=code, text=text, whole=passages[0], lines=shown, part=part,
        parts=-(-len(lines) // PER_PART), former=[row for key, row in rows.items() if key not in held], wrong=wrong, wrong_at=at if at in {each.key for each in (passages[0], *shown)} else "", plain=without_marks,
        done=sum(each.row is not None for each in passages[1:]), total=len(lines), largest=desk().settings.max_upload,
        dialects=[each for each in DIALECTS if pick_text(each, [one.lang for one in article.texts]) is not None],
        voiceless=not DIALECTS[code].speaks, instead=DIALECTS[code].fallback, read=read_of(session(), article, code, text),
        notice=session().scalar(select(Notice).where(Notice.article_id == article.id, Notice.state == "draft").order_by(Notice.id.desc()).limit(1)),
    )  # fmt: skip
    answer = make_response(html, 422 if wrong else 200)
    return may_listen(answer)


def may_listen(answer: Answer) -> Answer:
    """The few pages that may ask for the microphone, and play what was just recorded before it is sent."""
    answer.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return answer


@pages.get("/articles/<row:article_id>/recordings/<dialect>")
def one(article_id: int, dialect: str) -> ResponseReturnValue:
    """What a person has read of the article, and what is still to be read."""
    return _page(_asked(article_id, dialect), dialect, min(id_of("part") or 0, 10_000))


@pages.post("/articles/<row:article_id>/recordings/<dialect>")
def keep(article_id: int, dialect: str) -> ResponseReturnValue:
    """A recording is kept with the words that were read; one of the same words gives way to it."""
    article = _asked(article_id, dialect, "write")
    key, part = request.form.get("words", "")[:64], min(id_of("part") or 0, 10_000)
    try:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Refused(_("Choose a file first."), "file")
        _sentence(article, dialect, key)
        let_go()  # a long recording is decoded and levelled for seconds: nobody waits for the database meanwhile
        sound = import_upload(sent.read(), sent.filename)
        article = _asked(article_id, dialect, "write")
        with one_act():
            row = keep_recording(
                session(), desk().files, sound, by=person(), article=article, code=dialect, sentence=_sentence(article, dialect, key), now=now()
            )
    except REFUSALS as error:
        return _page(_asked(article_id, dialect), dialect, part, told(error), key)
    flash(_("Kept. It is heard once the article is approved again."), "good")
    return _back(article, dialect, part, row.words_sha256)


def _sentence(article: Article, code: str, key: str) -> str:
    """The sentence whose words have this hash, "" for the whole text. Raises RecordingRefused when the text changed meanwhile."""
    text = text_of(article, code)
    if key == words_hash(whole_of(text)):
        return ""
    for line in lines_of(text):
        if words_hash(line) == key:
            return line
    raise RecordingRefused(_("The text was changed meanwhile: look which words are to be read now."), "words")


@pages.post("/articles/<row:article_id>/recordings/<dialect>/remove")
def remove(article_id: int, dialect: str) -> ResponseReturnValue:
    """The voice speaks these words again."""
    article = _asked(article_id, dialect, "write")
    row = session().scalar(select(Recording).where(Recording.id == id_of("recording"), Recording.article_id == article.id, Recording.dialect == dialect))
    key = row.words_sha256 if row is not None else ""
    try:
        if row is not None:
            with one_act():
                remove_recording(session(), row, person(), now())
            flash(
                _("Removed. The voice reads it once the article is approved again.") if DIALECTS[dialect].speaks else _("Removed. Nothing else speaks it here."),
                "good",
            )
        else:
            flash(_("It was removed already."), "good")
    except NotTaken as error:
        flash(told(error), "bad")
    return _back(article, dialect, min(id_of("part") or 0, 10_000), key)


def _back(article: Article, code: str, part: int, key: str) -> Response:
    where: dict[str, Any] = {"article_id": article.id, "dialect": code, "part": part or None, "_anchor": f"w{key[:12]}"}
    return redirect(url_for("recordings.one", **where), 303)
