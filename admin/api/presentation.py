"""How articles are announced in places and programmes, and how an article is shown on television."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt
from sqlalchemy import select

from admin import presentation as pages
from admin import television
from admin.api.door import In, Out, Words, auth, doors, refusals, uploaded
from admin.desk import find, find_area, session
from articles.models import Article
from playlists.models import Playlist
from tts.models import Presentation, TvChoice
from tts.presentation import LONGEST_PHRASE, MOST_REPEATS, of_programme, programme_of
from tts.television import films

Phrase = Annotated[Words, Field(max_length=LONGEST_PHRASE)]
Phrases = Annotated[dict[Annotated[str, Field(max_length=8)], Phrase], Field(max_length=12)]
Sound = Annotated[str, Field(pattern=r"^(|own|[0-9]{1,9})$")]
"""None, the station's own, or the number of a clip."""


class PresentationIn(In):
    """``opening`` and ``closing`` are texts per dialect in which {place} is the place that hears them; ``chime`` and ``bed`` are "", "own" or
    the number of a clip of that place or of one above; ``active`` false takes all of it back."""

    active: StrictBool = True
    chime: Sound = ""
    bed: Sound = ""
    repeats: Annotated[StrictInt, Field(ge=1, le=MOST_REPEATS)] = 1
    opening: Phrases = {}
    closing: Phrases = {}


class AreaPresentationIn(PresentationIn):
    """``kind`` "" is every kind of article."""

    kind: Literal["", "notice", "programme"] = ""


class PresentationOut(Out):
    area_id: int
    kind: str
    playlist_id: int | None
    active: bool
    chime: str
    bed: str
    repeats: int
    opening: dict[str, str]
    closing: dict[str, str]


class PresentationsOut(Out):
    presentations: list[PresentationOut]


class TvIn(In):
    """``shown``: auto is wherever set-top boxes hang."""

    shown: Literal["auto", "yes", "no"] = "auto"
    captions: Literal["burnt", "beside"] = "burnt"


class FilmOut(Out):
    dialect: str
    state: str
    error: str
    video_sha256: str
    ms: int
    undrawn: str


class TvOut(Out):
    shown: str
    captions: str
    picture_sha256: str
    sign_sha256: str
    sign_name: str
    sign_ms: int
    films: list[FilmOut]


def _told(row: Presentation) -> dict[str, Any]:
    clips = {"chime": row.chime_clip_id, "bed": row.bed_clip_id}
    sounds = {name: str(clips[name]) if choice == "clip" else choice for name, choice in (("chime", row.chime), ("bed", row.bed))}
    number = programme_of(row.kind)
    return {
        "area_id": row.area_id, "kind": row.kind if number is None else "", "playlist_id": number, "active": row.active, "repeats": row.repeats,
        "opening": row.opening, "closing": row.closing, **sounds,
    }  # fmt: skip


@doors.get("/presentations")
@doors.auth_required(auth)
@doors.output(PresentationsOut)
def list_presentations() -> Any:
    """How it is announced in your places and programmes."""
    return {"presentations": [_told(row.told) for row in pages.listed()]}


@doors.put("/areas/<row:area_id>/presentation")
@doors.auth_required(auth)
@doors.input(AreaPresentationIn)
@doors.output(PresentationOut)
@refusals
def present_in_area(area_id: int, json_data: AreaPresentationIn) -> Any:
    """How articles are announced in this area and below it."""
    said = json_data.model_dump()
    return _told(pages.present(find_area(area_id, "write"), said.pop("kind"), **said))


@doors.put("/playlists/<row:playlist_id>/presentation")
@doors.auth_required(auth)
@doors.input(PresentationIn)
@doors.output(PresentationOut)
@refusals
def present_programme(playlist_id: int, json_data: PresentationIn) -> Any:
    """How the articles of this programme are announced wherever it is heard, in the place of what the areas say."""
    found = find(Playlist, playlist_id, "schedule")
    return _told(pages.present(found.area, of_programme(found.id), **json_data.model_dump()))


def _tv(article: Article) -> dict[str, Any]:
    row = session().scalar(select(TvChoice).where(TvChoice.article_id == article.id))
    made = [{"dialect": film.rendition.dialect, **{name: getattr(film, name) for name in ("state", "error", "video_sha256", "ms", "undrawn")}} for film in films(session(), article)]
    return {
        "shown": television.chosen(session(), article)["tv_shown"], "captions": "beside" if row and not row.burnt else "burnt",
        **{name: getattr(row, name) if row else "" for name in ("picture_sha256", "sign_sha256", "sign_name")}, "sign_ms": row.sign_ms if row else 0, "films": made,
    }  # fmt: skip


@doors.get("/articles/<row:article_id>/tv")
@doors.auth_required(auth)
@doors.output(TvOut)
def show_tv(article_id: int) -> Any:
    """How an article is shown on television, and its films of the present revision."""
    return _tv(find(Article, article_id))


@doors.put("/articles/<row:article_id>/tv")
@doors.auth_required(auth)
@doors.input(TvIn)
@doors.output(TvOut)
@refusals
def choose_tv(article_id: int, json_data: TvIn) -> Any:
    """How an article is shown on television; films that exist are made anew."""
    article = find(Article, article_id, "write")
    television.shown_so(article, shown=json_data.shown, burnt=json_data.captions == "burnt")
    return _tv(article)


@doors.post("/articles/<row:article_id>/tv/picture")
@doors.auth_required(auth)
@doors.output(TvOut)
@refusals
def bring_picture(article_id: int) -> Any:
    """A picture (multipart ``file``) that is shown while the article is heard."""
    find(Article, article_id, "write")
    name, data = uploaded()
    picture = television.kept_picture(data, name)
    article = find(Article, article_id, "write")
    television.shown_so(article, picture=picture)
    return _tv(article)


@doors.delete("/articles/<row:article_id>/tv/picture")
@doors.auth_required(auth)
@doors.output(TvOut)
@refusals
def drop_picture(article_id: int) -> Any:
    """The text stands on the screen again, page by page."""
    article = find(Article, article_id, "write")
    television.shown_so(article, picture="")
    return _tv(article)


@doors.post("/articles/<row:article_id>/tv/sign")
@doors.auth_required(auth)
@doors.output(TvOut)
@refusals
def bring_sign(article_id: int) -> Any:
    """A film in sign language (multipart ``file``, mp4 or webm) for the lower right corner."""
    find(Article, article_id, "write")
    name, data = uploaded()
    sign = television.kept_sign(data, name)
    article = find(Article, article_id, "write")
    television.shown_so(article, sign=sign)
    return _tv(article)


@doors.delete("/articles/<row:article_id>/tv/sign")
@doors.auth_required(auth)
@doors.output(TvOut)
@refusals
def drop_sign(article_id: int) -> Any:
    """No film in sign language any more."""
    article = find(Article, article_id, "write")
    television.shown_so(article, sign=("", "", 0))
    return _tv(article)
