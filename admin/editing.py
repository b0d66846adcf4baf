"""The desk on its levels: letters from people without an account, feeds to pick from, versions, remarks, who does what until when, adapting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin.desk import (
    Refused,
    areas_for,
    arrived,
    demand_anywhere,
    find,
    find_area,
    id_of,
    moment_of,
    now,
    number_of,
    one_act,
    person,
    session,
    text_of,
)
from admin.refusals import told
from admin.tongue import _
from admin.web import limiter
from articles import adapt, collect, desk, links, review
from articles.errors import Refused as NotTaken
from articles.models import AUDIENCES, Article, ContributionLink, Feed
from broadcast.models import Notice
from playlists.models import Occurrence, Playlist, PlaylistItem
from station.models import Area, Person
from station.people import visible

pages = Blueprint("editing", __name__)
REFUSALS = (NotTaken, Refused)
PICKED_FROM = 100
"""So many entries of feeds are offered on one page."""


@dataclass(frozen=True)
class Use:
    """Where an article is heard: a programme, and when it comes next there (None: it is on no calendar)."""

    playlist: Playlist
    next_at: datetime | None


def uses(session: Session, article: Article, now: datetime) -> list[Use]:
    """The programmes that hold the article."""
    query = select(Playlist).where(Playlist.id.in_(select(PlaylistItem.playlist_id).where(PlaylistItem.article_id == article.id)), ~Playlist.archived)
    found = []
    for each in session.scalars(query.order_by(Playlist.id).limit(50)):
        ahead = select(Occurrence.starts_at).where(Occurrence.playlist_id == each.id, Occurrence.state == "planned", Occurrence.starts_at > now)
        found.append(Use(each, session.scalar(ahead.order_by(Occurrence.starts_at).limit(1))))
    return found


def of_article(session: Session, article: Article, now: datetime) -> dict[str, Any]:
    """What the page of an article shows of the desk's work."""
    return {
        "uses": uses(session, article, now), "notice": session.scalar(select(Notice).where(Notice.article_id == article.id).order_by(Notice.id.desc()).limit(1)),
        "remarks": desk.remarks(session, article), "candidates": desk.candidates(session, article), "adapted": desk.adapted(session, article),
        "adapted_from": session.get(Article, article.adapted_from_id) if article.adapted_from_id else None, "audiences": AUDIENCES,
        "targets": [code for code in adapt.TO if any(each.lang.startswith("zh") for each in article.texts)],
    }  # fmt: skip


def _back(article: Article) -> Response:
    return redirect(url_for("articles.one", article_id=article.id), 303)


def _act(article: Article, act: Any, done: str, draft: str = "") -> Response:
    try:
        with one_act():
            act()
        flash(done, "good")
        if draft:
            arrived(draft)
    except REFUSALS as error:
        session().refresh(article)
        flash(told(error), "bad")
    return _back(article)


# versions, remarks, who and until when


@pages.get("/articles/<row:article_id>/versions/<lang>")
def versions(article_id: int, lang: str) -> ResponseReturnValue:
    """What changed between two versions of a text: the last two, or the two that were chosen."""
    article = find(Article, article_id)
    rows = collect.versions(session(), article, lang)
    if not rows:
        abort(404)
    by_number = {each.revision: each for each in rows}
    after = by_number.get(id_of("b") or 0, rows[-1])
    earlier = [each for each in rows if each.revision < after.revision]
    before = by_number.get(id_of("a") or 0, earlier[-1] if earlier else rows[0])
    changes = [(name, desk.compare(getattr(before, name), getattr(after, name))) for name in ("title", "body")]
    return render_template("versions.html", article=article, lang=lang, rows=rows, before=before, after=after, changes=dict(changes))


@pages.post("/articles/<row:article_id>/remark")
def remark(article_id: int) -> ResponseReturnValue:
    """A word to the others."""
    article = find(Article, article_id)
    return _act(article, lambda: desk.remark(session(), person(), article, request.form.get("remark", ""), now()), _("Said."), f"remark-{article.id}")


@pages.post("/articles/<row:article_id>/assign")
def assign(article_id: int) -> ResponseReturnValue:
    """Who looks after it, until when."""
    article = find(Article, article_id, "write")
    number = id_of("assignee")
    to = next((each for each in desk.candidates(session(), article) if each.id == number), None)

    def act() -> None:
        if number is not None and to is None:
            raise Refused(_("Choose somebody who has a role there."), "assignee")
        desk.assign(session(), person(), article, to, moment_of("due_at", article.area), now())

    return _act(article, act, _("Noted."))


@pages.post("/articles/<row:article_id>/ends")
def ends(article_id: int) -> ResponseReturnValue:
    """From when on nobody hears it."""
    article = find(Article, article_id, "write")
    return _act(article, lambda: desk.ends(session(), person(), article, moment_of("expires_at", article.area), now()), _("Noted."))


# adapting


@pages.get("/articles/<row:article_id>/adapt")
def suggested(article_id: int) -> ResponseReturnValue:
    """Another way to write it, as a suggestion that a person checks before it is kept."""
    article = find(Article, article_id, "write")
    to = request.args.get("to", "")
    chinese = sorted((each for each in article.texts if each.lang.startswith("zh")), key=lambda each: each.lang)
    if to not in adapt.TO or not chinese:
        abort(404)
    source = next((each for each in chinese if each.lang != to), chinese[0])
    found = adapt.suggest(source.title, source.body, to)
    there = next((each for each in article.texts if each.lang == found.lang), None)
    return render_template("adapt.html", article=article, source=source, found=found, to=to, there=there)


@pages.post("/articles/<row:article_id>/adapt-for")
def adapt_for(article_id: int) -> ResponseReturnValue:
    """The same for another place or audience: a draft of its own."""
    article = find(Article, article_id)
    area = find_area(id_of("area"), "write")
    try:
        with one_act():
            made = desk.adapt_for(session(), person(), article, area, request.form.get("audience", "")[:16], now())
    except REFUSALS as error:
        flash(told(error), "bad")
        return _back(article)
    flash(_("Saved as a draft."), "good")
    return _back(made)


# what comes from feeds: picked by a person, or not


def offered(session: Session, person: Person) -> list[Article]:
    """Entries of feeds that nobody has taken or turned down, the newest first."""
    query = (
        select(Article).join(Area, Article.area_id == Area.id)
        .where(visible(session, person, "write"), Article.source == "feed", Article.state == "draft", Article.assignee_id.is_(None), Article.revision == 1)
        .order_by(Article.id.desc()).limit(PICKED_FROM)
    )  # fmt: skip
    return list(session.scalars(query))


@pages.get("/feeds/desk")
def feed_desk() -> str:
    """What the feeds brought: take it, or turn it down."""
    demand_anywhere("write")
    names = {each.id: each.title or each.url for each in session().scalars(select(Feed).join(Area, Feed.area_id == Area.id).where(visible(session(), person())))}
    return render_template("feed_desk.html", rows=offered(session(), person()), names=names)


@pages.post("/articles/<row:article_id>/pick")
def pick(article_id: int) -> ResponseReturnValue:
    """Taken: from now on it is mine to edit. Whoever is second is told."""
    article = find(Article, article_id, "write")
    if article.assignee_id not in (None, person().id):
        flash(_("%(name)s has taken it already.", name=article.assignee.name if article.assignee else ""), "bad")
        return redirect(url_for("editing.feed_desk"), 303)
    return _act(article, lambda: desk.assign(session(), person(), article, session().get(Person, person().id), None, now()), _("It is yours now: edit it and send it to review."))


@pages.post("/articles/<row:article_id>/drop")
def drop(article_id: int) -> ResponseReturnValue:
    """Not for us: it does not come again."""
    article = find(Article, article_id, "write")
    try:
        with one_act():
            review.withdraw(session(), article, person(), now())
        flash(_("Turned down: it does not come again."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("editing.feed_desk"), 303)


# letters from outside


@pages.get("/contributions")
@pages.post("/contributions")
def contributions() -> ResponseReturnValue:
    """The links through which people without an account write to the desk; a new one is shown once."""
    demand_anywhere("write")
    wrong, address = "", ""
    if request.method == "POST":
        area = find_area(id_of("area"), "write")
        try:
            with one_act():
                _row, token = links.make(session(), person(), area, text_of("name", links.NAME_MAX), number_of("days", 1, 365, 30), now())
            address = url_for("editing.letter", token=token, _external=True)
        except REFUSALS as error:
            wrong = told(error)
    query = select(ContributionLink).join(Area, ContributionLink.area_id == Area.id).where(visible(session(), person(), "write")).order_by(ContributionLink.id.desc())
    page = render_template(
        "contributions.html", rows=list(session().scalars(query.limit(100))), areas=areas_for("write"), wrong=wrong, address=address, days=links.DAYS,
        form=request.form if wrong else MultiDict(),
    )  # fmt: skip
    return page, 422 if wrong else 200


@pages.post("/contributions/<row:link_id>/close")
def close(link_id: int) -> ResponseReturnValue:
    """Nothing comes in through it any more."""
    links.close(session(), person(), find(ContributionLink, link_id, "write"), now())
    flash(_("Closed: nothing comes in through it any more."), "good")
    return redirect(url_for("editing.contributions"), 303)


@pages.get("/write/<token>")
@pages.post("/write/<token>")
@limiter.limit("60 per minute")
@limiter.limit("5 per minute; 20 per hour", methods=["POST"])
def letter(token: str) -> ResponseReturnValue:
    """Like a letter: who, about what, the words. It becomes a draft; nothing is heard before the desk has read it."""
    link = links.find(session(), token[:100], now())
    if link is None:
        return render_template("letter.html", link=None, form=MultiDict(), wrong="", field="", thanks=False), 404
    wrong, field = "", ""
    if request.method == "POST":
        try:
            with one_act():
                links.contribute(
                    session(), link, sender=text_of("sender", 1000), title=text_of("title", 300, required=False), body=request.form.get("body", ""), now=now()
                )
            arrived(f"letter-{link.id}")
            return redirect(url_for("editing.letter", token=token, sent=1), 303)
        except REFUSALS as error:
            wrong, field = told(error), getattr(error, "field", "")
    page = render_template("letter.html", link=link, form=request.form if wrong else MultiDict(), wrong=wrong, field=field, thanks="sent" in request.args)
    return page, 422 if wrong else 200
