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

from admin.desk import Refused, desk, find, let_go, now, person, session, text_of
from admin.refusals import told
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
REFUSALS = (PictureRefused, SignRefused, Refused)
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
    find(Article, article_id, "write")
    try:
        shown = text_of("shown", 8)
        if shown not in SHOWN:
            raise Refused(f"shown: take one of {', '.join(SHOWN)}", "shown")
        picture = "" if request.form.get("no_picture") else _picture(request.files.get("picture"))
        sign = ("", "", 0) if request.form.get("no_sign") else _sign(request.files.get("sign"))
        shown_so(find(Article, article_id, "write"), shown=shown, burnt=request.form.get("captions") != "beside", picture=picture, sign=sign)
        flash(_("Saved."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return _back(find(Article, article_id))


def shown_so(
    article: Article, *, shown: str | None = None, burnt: bool | None = None, picture: str | None = None, sign: tuple[str, str, int] | None = None
) -> None:
    """Choose and write it down; what is None stays as it was."""
    former = session().scalar(select(TvChoice).where(TvChoice.article_id == article.id))
    said = SHOWN[shown] if shown is not None else former.shown if former else None
    inside = burnt if burnt is not None else former.burnt if former else True
    choose(session(), article, now(), shown=said, burnt=inside, picture=picture, sign=sign)
    record(
        session(), person=person(), act="television", subject="article", subject_id=article.id, area=article.area, now=now(),
        shown=next(name for name, value in SHOWN.items() if value is said), burnt=inside, picture=picture, sign=sign[1] if sign else None,
    )  # fmt: skip


def kept_picture(data: bytes, name: str) -> str:
    """The stored picture, as large as a screen. Raises PictureRefused. The database is let go of: decoding takes its time."""
    let_go()
    return desk().files.put(screen_picture(data, name))


def kept_sign(data: bytes, name: str) -> tuple[str, str, int]:
    """The stored film, its name and its milliseconds. Raises SignRefused. The database is let go of meanwhile."""
    let_go()
    with tempfile.TemporaryDirectory(prefix="xiangyin-upload-") as folder:
        path = Path(folder) / "film"
        path.write_bytes(data)
        seconds = check_sign(path, name)
    return desk().files.put(data), Path(name.replace("\\", "/")).name[:120], round(seconds * 1000)


def _picture(sent: FileStorage | None) -> str | None:
    """The stored picture; None when none was sent."""
    return kept_picture(sent.read(), sent.filename) if sent is not None and sent.filename else None


def _sign(sent: FileStorage | None) -> tuple[str, str, int] | None:
    """The stored film; None when none was sent."""
    return kept_sign(sent.read(), sent.filename) if sent is not None and sent.filename else None


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
