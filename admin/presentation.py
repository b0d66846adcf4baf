"""Opening and closing: how the articles of a place are announced, with which chime and music, and how that sounds."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from admin.desk import Refused, areas_for, find_area, id_of, now, number_of, one_act, person, session, text_of
from admin.tongue import _
from articles.models import KINDS, Article
from station.areas import ancestors
from station.audit import record
from station.models import Area
from station.people import visible
from tts.dialects import DIALECTS
from tts.models import Clip, Edition, Presentation, Rendition
from tts.presentation import PresentationRefused, set_presentation

pages = Blueprint("presentation", __name__)


@pages.get("/presentation")
@pages.post("/presentation")
def all() -> ResponseReturnValue:
    """How it is announced in the person's places, a form for one of them, and the editions that were joined last."""
    wrong = ""
    if request.method == "POST":
        try:
            _write()
            flash(_("Saved. Programmes that begin later than in a minute are announced so."), "good")
            return redirect(url_for("presentation.all"), 303)
        except (PresentationRefused, Refused) as error:
            wrong = str(error)
    rows = session().scalars(
        select(Presentation).join(Area, Area.id == Presentation.area_id).where(visible(session(), person()), Presentation.active).order_by(Area.path)
    ).all()  # fmt: skip
    editing = next((row for row in rows if row.id == id_of("edit")), None)
    page = render_template(
        "presentation.html", rows=rows, areas=areas_for("write"), kinds=KINDS, clips=_clips(), wrong=wrong, editing=editing, editions=_editions(),
        form=request.form if wrong else _filled(editing),
    )  # fmt: skip
    return page, 422 if wrong else 200


def _write() -> None:
    area = find_area(id_of("area"), "write")
    active = not request.form.get("remove")
    (chime, chime_clip), (bed, bed_clip) = _sound("chime", area), _sound("bed", area)
    with one_act():
        row = set_presentation(
            session(), area, text_of("kind", 16, False), now(), active=active, repeats=number_of("repeats", 1, 5, 1),
            opening=_phrases("opening"), closing=_phrases("closing"), chime=chime, chime_clip=chime_clip, bed=bed, bed_clip=bed_clip,
        )  # fmt: skip
        record(
            session(), person=person(), act="present" if active else "take_back", subject="presentation", subject_id=row.id, area=area, now=now(),
            kind=row.kind, opening=row.opening, closing=row.closing, chime=row.chime, bed=row.bed, repeats=row.repeats,
        )  # fmt: skip


def _phrases(name: str) -> dict[str, str]:
    return {code: text_of(f"{name}-{code}", 1000, False) for code in DIALECTS}


def _sound(name: str, area: Area) -> tuple[str, Clip | None]:
    """The choice of a form's ``name``: "", own, or the number of a clip that the area may use (its own or one of a place above)."""
    given = text_of(name, 12, False)
    if given in ("", "own"):
        return given, None
    above = {each.id for each in ancestors(session(), area)}
    clip = session().get(Clip, int(given)) if given.isascii() and given.isdecimal() and len(given) < 10 else None
    if clip is None or clip.area_id not in above:
        raise Refused(f"{name}: choose a sound of this place or of one above it", name)
    return "clip", clip


def _filled(row: Presentation | None) -> MultiDict[str, str]:
    """The form as it was saved."""
    if row is None:
        return MultiDict({"chime": "own", "repeats": "1"})
    clips = {"chime": row.chime_clip_id, "bed": row.bed_clip_id}
    sounds = {name: str(clips[name]) if choice == "clip" else choice for name, choice in (("chime", row.chime), ("bed", row.bed))}
    phrases = {f"{name}-{code}": text for name, given in (("opening", row.opening), ("closing", row.closing)) for code, text in given.items()}
    return MultiDict({"area": str(row.area_id), "kind": row.kind, "repeats": str(row.repeats), **sounds, **phrases})


def _clips() -> list[Clip]:
    query = select(Clip).join(Area, Clip.area_id == Area.id).where(visible(session(), person()))
    return list(session().scalars(query.order_by(Clip.id.desc()).limit(300)))


def _editions() -> list[Edition]:
    """The last ones of the person's articles."""
    query = (
        select(Edition).join(Rendition, Rendition.id == Edition.rendition_id).join(Article, Article.id == Rendition.article_id)
        .join(Area, Area.id == Article.area_id).where(visible(session(), person())).order_by(Edition.id.desc()).limit(12)
    )  # fmt: skip
    return list(session().scalars(query))
