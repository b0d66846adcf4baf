"""Articles: write, bring, review, and hear how they sound in every dialect while they are being spoken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin import auditions, editing, readings, television
from admin.desk import Refused, areas_for, arrived, find, find_area, id_of, now, number_of, one_act, person, session, text_of
from admin.refusals import told
from admin.tongue import _
from admin.words import LANG_NAMES, STATE_NAMES, state_chip
from articles import collect, review
from articles import feeds as feeding
from articles.desk import Change, compare
from articles.errors import Conflict
from articles.errors import Refused as NotTaken
from articles.models import Article, Feed, Review, Text
from station.audit import record
from station.models import Area, Person
from station.people import may, visible
from tts.choose import Choices
from tts.dialects import DIALECTS
from tts.models import Rendition
from tts.recordings import why_silent
from tts.render import retry as retry_speaking

pages = Blueprint("articles", __name__)
PER_PAGE = 50
FILTERS = ("", "draft", "submitted", "approved", "withdrawn")
REFUSALS = (NotTaken, Refused)


def listed(state: str, before: int | None = None, limit: int = PER_PAGE) -> list[Article]:
    """Articles of the person's branches, newest first."""
    query = select(Article).join(Area, Article.area_id == Area.id).where(visible(session(), person()))
    if state:
        query = query.where(Article.state == state)
    if before is not None:
        query = query.where(Article.id < before)
    return list(session().scalars(query.order_by(Article.id.desc()).limit(limit)))


@pages.get("/articles")
def all() -> str:
    """The articles, filtered by what state they are in."""
    chosen = request.args.get("state", "")
    chosen = chosen if chosen in FILTERS else ""
    rows = listed(chosen, id_of("before"), PER_PAGE + 1)
    choices = [(code, STATE_NAMES[code][0] if code else _("All")) for code in FILTERS]
    more = rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None
    return render_template("articles.html", rows=rows[:PER_PAGE], more=more, chosen=chosen, choices=choices)


def _form(upload: bool, wrong: str = "", status: int = 200) -> tuple[str, int]:
    page = render_template(
        "article_new.html", upload=upload, areas=areas_for("write"), form=request.form if wrong else MultiDict(), wrong=wrong
    )
    return page, status


def _kind() -> str:
    return text_of("kind", 16)


@pages.get("/articles/new")
@pages.post("/articles/new")
def new() -> ResponseReturnValue:
    """Write or paste; what was typed is never lost when it is refused."""
    if request.method == "GET":
        return _form(upload=False)
    area = find_area(id_of("area"), "write")
    try:
        with one_act():
            made = collect.collect_paste(
                session(), person(), area, kind=_kind(), lang=text_of("lang", 16), title=text_of("title"),
                body=request.form.get("body", ""), now=now(),
            )  # fmt: skip
    except REFUSALS as error:
        return _form(False, told(error), 422)
    flash(_("Saved as a draft."), "good")
    arrived(f"write-{person().id}")
    return redirect(url_for("articles.one", article_id=made.id), 303)


@pages.get("/articles/file")
@pages.post("/articles/file")
def bring() -> ResponseReturnValue:
    """A file becomes a draft: txt, md, docx, html."""
    if request.method == "GET":
        return _form(upload=True)
    area = find_area(id_of("area"), "write")
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Refused(_("Choose a file first."), "file")
        with one_act():
            made = collect.collect_file(
                session(), person(), area, kind=_kind(), lang=text_of("lang", 16), name=sent.filename, data=sent.read(), now=now()
            )
    except REFUSALS as error:
        return _form(True, told(error), 422)
    flash(_("The file was read and saved as a draft."), "good")
    return redirect(url_for("articles.one", article_id=made.id), 303)


def renditions_of(session: Session, article: Article) -> dict[str, Rendition]:
    """The renditions of the present revision by dialect, each in the voice of the article and its area."""
    rows = session.scalars(
        select(Rendition)
        .where(Rendition.article_id == article.id, Rendition.revision == article.revision)
        .order_by(Rendition.id.desc())
    ).all()
    choices = Choices(session)
    found = {row.dialect: row for row in rows}
    found.update((row.dialect, row) for row in rows if row.voice == choices.voice(row.dialect, article, article.area))
    return found


def _voices(session: Session, article: Article, may_write: bool) -> dict[str, str]:
    found = renditions_of(session, article)
    return {
        code: render_template(
            "_renditions.html", article=article, code=code, each=found.get(code), may_write=may_write, form_key=generate_csrf()
        )
        for code in DIALECTS
    }


def live_renditions(session: Session, person: Person, row: int) -> dict[str, str]:
    """The state of an article and of each voice, as they are now; nothing when it is not the person's."""
    article = session.scalar(
        select(Article).join(Area, Article.area_id == Area.id).where(Article.id == row, visible(session, person))
    )
    if article is None:
        return {}
    may_write = may(session, person, "write", article.area)
    parts = {f"voice-{code}": html for code, html in _voices(session, article, may_write).items()}
    if article.state == "submitted":
        parts |= readings.live_of_review(session, article)
    return {"state": str(state_chip(article.state)), "tv": television.part(session, article, may_write), **parts, **auditions.live_of_article(session, article)}


def _reads(article: Article) -> list[readings.ForReview]:
    """What a reviewer reads and hears before he decides: a dialect of each text, with its readings."""
    if article.state != "submitted" or not may(session(), person(), "review", article.area):
        return []
    return readings.for_review(article)


@dataclass(frozen=True)
class Theirs:
    """What somebody else saved meanwhile, beside what was typed."""

    text: Text
    changes: list[Change]
    by: str


def _theirs(article: Article, lang: str) -> Theirs | None:
    text = next((each for each in article.texts if each.lang == lang), None)
    if text is None:
        return None
    last = collect.versions(session(), article, lang)
    by = last[-1].person.name if last and last[-1].person is not None else ""
    return Theirs(text, compare(text.body, collect.clean(request.form.get("body", ""))), by)


def _page(article: Article, wrong: str = "", status: int = 200, theirs: Theirs | None = None) -> tuple[str, int]:
    from markupsafe import Markup

    reviews = list(session().scalars(select(Review).where(Review.article_id == article.id).order_by(Review.id.desc())))
    backs = [each for each in reviews if each.verdict == "back"]
    has = {text.lang for text in article.texts}
    may_write = may(session(), person(), "write", article.area)
    voices = _voices(session(), article, may_write)
    page = render_template(
        "article.html", article=article, reviews=reviews, last_back=backs[0] if backs else None, wrong=wrong,
        form=request.form if wrong else MultiDict(), own=person().id in (article.author_id, article.submitted_by_id),
        missing=[code for code in LANG_NAMES if code not in has],
        voices={code: Markup(html) for code, html in voices.items()}, auditions=auditions.of_article(session(), article),
        tv=Markup(television.part(session(), article, may_write)), **television.chosen(session(), article), **editing.of_article(session(), article, now()),
        theirs=theirs, areas=areas_for("write"), reads=_reads(article),  needed=review.reviews_needed(session(), article.area, article.kind), approvals=len(review.approvals(session(), article)),
    )  # fmt: skip
    return page, status


@pages.get("/articles/<row:article_id>")
def one(article_id: int) -> ResponseReturnValue:
    """An article: texts, reviews, voices."""
    return _page(find(Article, article_id))


@pages.post("/articles/<row:article_id>/texts")
def write_text(article_id: int) -> ResponseReturnValue:
    """Change a text, or add one in another language. Two people editing are told apart by the revision."""
    article = find(Article, article_id, "write")
    lang = request.form.get("lang", "")
    values: dict[str, Any] = {}
    try:
        values = {"title": text_of("title"), "body": request.form.get("body", ""), "revision": number_of("revision", 1, 10**6)}
        known = lang in {text.lang for text in article.texts}
        with one_act():
            act = collect.edit if known else collect.add_text
            act(session(), person(), article, lang=text_of("lang", 16), now=now(), **values)
    except REFUSALS as error:
        session().refresh(article)
        beaten = isinstance(error, Conflict)
        return _page(article, told(error), 409 if beaten else 422, _theirs(article, lang) if beaten else None)
    flash(_("Saved."), "good")
    arrived(f"article-{article.id}-{lang if known else 'new'}", f"adapt-{article.id}-")
    return redirect(url_for("articles.one", article_id=article.id), 303)


@pages.post("/articles/<row:article_id>/hear/<dialect>")
def hear(article_id: int, dialect: str) -> ResponseReturnValue:
    """The whole article as it will sound, before it is approved."""
    readings.speak_whole(find(Article, article_id), dialect)
    return redirect(url_for("articles.one", article_id=article_id), 303)


def _back(article: Article) -> Response:
    return redirect(url_for("articles.one", article_id=article.id), 303)


@pages.post("/articles/<row:article_id>/submit")
def submit(article_id: int) -> ResponseReturnValue:
    """Send to review."""
    article = find(Article, article_id, "write")
    return _decide(article, lambda: review.submit(session(), article, person(), now()), _("Sent to review."))


@pages.post("/articles/<row:article_id>/approve")
def approve(article_id: int) -> ResponseReturnValue:
    """Approve the version that was read."""
    article = find(Article, article_id, "review")
    revision = number_of("revision", 1, 10**6)
    return _decide(article, lambda: review.approve(session(), article, person(), now(), revision=revision), _("Approved."))


@pages.post("/articles/<row:article_id>/send-back")
def send_back(article_id: int) -> ResponseReturnValue:
    """Back to the author, with the reason."""
    article = find(Article, article_id, "review")

    def act() -> None:
        review.send_back(
            session(), article, person(), request.form.get("reason", ""), now(), revision=number_of("revision", 1, 10**6)
        )

    return _decide(article, act, _("Sent back."))


@pages.post("/articles/<row:article_id>/withdraw")
def withdraw(article_id: int) -> ResponseReturnValue:
    """Nobody hears it any more."""
    article = find(Article, article_id, "write")
    return _decide(article, lambda: review.withdraw(session(), article, person(), now()), _("Withdrawn."))


def _decide(article: Article, act: Any, done: str) -> Response:
    try:
        with one_act():
            act()
        flash(done, "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return _back(article)


@pages.post("/articles/<row:article_id>/voices/<dialect>/retry")
def retry(article_id: int, dialect: str) -> ResponseReturnValue:
    """Speak it again in one dialect, from the beginning."""
    article = find(Article, article_id, "write")
    if not retry_rendition(session(), person(), article, dialect):
        flash(_("There is nothing to try again."), "bad")
    return _back(article)


def retry_rendition(session: Session, person: Person, article: Article, dialect: str) -> bool:
    """A failed rendition of the present revision waits its turn again; False when there is none."""
    row = renditions_of(session, article).get(dialect)
    if row is None or row.state not in ("failed", "no_voice"):
        return False
    why = why_silent(session, article, dialect)
    if why:  # as it is, the village hears another dialect; a failed one would leave it without
        row.state, row.error = "no_voice", why[:500]
        return False
    retry_speaking(row, now())
    record(
        session, person=person, act="retry", subject="rendition", subject_id=row.id, area=article.area, now=now(), dialect=dialect
    )
    return True


@pages.get("/feeds")
@pages.post("/feeds")
def feeds() -> ResponseReturnValue:
    """The feeds that are read, and a new one."""
    wrong = ""
    if request.method == "POST":
        area = find_area(id_of("area"), "write")
        try:
            with one_act():
                feeding.add_feed(session(), person(), area, url=text_of("url", 1000), lang=text_of("lang", 16), now=now())
            flash(_("The feed was added; its entries come in as drafts."), "good")
            return redirect(url_for("articles.feeds"), 303)
        except REFUSALS as error:
            wrong = told(error)
    rows = session().scalars(
        select(Feed).join(Area, Feed.area_id == Area.id).where(visible(session(), person())).order_by(Feed.id)
    )
    page = render_template(
        "feeds.html", rows=list(rows), areas=areas_for("write"), wrong=wrong, form=request.form if wrong else MultiDict()
    )
    return page, 422 if wrong else 200


@pages.post("/feeds/<row:feed_id>/active")
def switch_feed(feed_id: int) -> ResponseReturnValue:
    """Read a feed no more, or again."""
    feed = find(Feed, feed_id, "write")
    wanted = request.form.get("active")
    if wanted not in ("0", "1"):
        abort(422)
    feed.active = wanted == "1"
    feed.not_before, feed.attempts = None, 0
    record(
        session(), person=person(), act="switch_on" if feed.active else "switch_off", subject="feed", subject_id=feed.id,
        area=feed.area, now=now(),
    )  # fmt: skip
    return redirect(url_for("articles.feeds"), 303)
