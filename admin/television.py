"""Television: how an article is shown, its films per dialect while they are being made, and the acts around them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from admin.desk import Refused, desk, find, now, person, session, text_of
from admin.tongue import _
from articles.models import Article
from station.audit import record
from tts import claim
from tts.dialects import DIALECTS
from tts.models import TvChoice
from tts.pictures import PictureRefused, screen_picture
from tts.television import choose, films
from tts.video import SignRefused, check_sign

pages = Blueprint("television", __name__)
SHOWN = {"auto": None, "yes": True, "no": False}


def part(session: Session, article: Article, may_write: bool) -> str:
    """The films of an article as they are now."""
    made = sorted(films(session, article), key=lambda film: list(DIALECTS).index(film.rendition.dialect))
    return render_template("_films.html", article=article, films=made, may_write=may_write, form_key=generate_csrf())


def chosen(session: Session, article: Article) -> dict[str, Any]:
    """How it is to look, for the form: ``tv_choice`` (None while nothing was chosen) and ``tv_shown``."""
    choice = session.scalar(select(TvChoice).where(TvChoice.article_id == article.id))
    shown = next(name for name, value in SHOWN.items() if value is (choice.shown if choice else None))
    return {"tv_choice": choice, "tv_shown": shown}


@pages.post("/articles/<row:article_id>/tv")
def look(article_id: int) -> Response:
    """How the article is shown: where, with which picture, with whose hands."""
    article = find(Article, article_id, "write")
    try:
        shown = text_of("shown", 8)
        if shown not in SHOWN:
            raise Refused(f"shown: take one of {', '.join(SHOWN)}", "shown")
        picture = "" if request.form.get("no_picture") else _picture(request.files.get("picture"))
        sign = ("", "", 0) if request.form.get("no_sign") else _sign(request.files.get("sign"))
        burnt = request.form.get("captions") != "beside"
        choose(session(), article, now(), shown=SHOWN[shown], burnt=burnt, picture=picture, sign=sign)
        record(
            session(), person=person(), act="television", subject="article", subject_id=article.id, area=article.area, now=now(), shown=shown,
            burnt=burnt, picture=picture, sign=sign[1] if sign else None,
        )  # fmt: skip
        flash(_("Saved."), "good")
    except (PictureRefused, SignRefused, Refused) as error:
        flash(str(error), "bad")
    return _back(article)


def _picture(sent: FileStorage | None) -> str | None:
    """The stored picture; None when none was sent."""
    if sent is None or not sent.filename:
        return None
    return desk().files.put(screen_picture(sent.read(), sent.filename))


def _sign(sent: FileStorage | None) -> tuple[str, str, int] | None:
    """The stored film, its name and its milliseconds; None when none was sent."""
    if sent is None or not sent.filename:
        return None
    with tempfile.TemporaryDirectory(prefix="xiangyin-upload-") as folder:
        path = Path(folder) / "film"
        sent.save(path)
        seconds = check_sign(path, sent.filename)
        return desk().files.put(path.read_bytes()), Path(sent.filename.replace("\\", "/")).name[:120], round(seconds * 1000)


@pages.post("/articles/<row:article_id>/tv/<dialect>/retry")
def retry(article_id: int, dialect: str) -> Response:
    """Make a film again, from the first attempt."""
    article = find(Article, article_id, "write")
    film = next((each for each in films(session(), article) if each.rendition.dialect == dialect and each.state == "failed"), None)
    if film is None:
        flash(_("There is nothing to try again."), "bad")
    else:
        claim.again(film, now())
        record(
            session(), person=person(), act="retry", subject="film", subject_id=film.id, area=article.area, now=now(), dialect=dialect
        )
    return _back(article)


def _back(article: Article) -> Response:
    return redirect(url_for("articles.one", article_id=article.id) + "#tv", 303)
