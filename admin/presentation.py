"""Opening and closing: how the articles of a place are announced, with which chime and music, and how that sounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from admin.desk import Refused, areas_for, find, find_area, id_of, now, number_of, one_act, person, session, text_of
from admin.refusals import told
from admin.tongue import _
from admin.words import KIND_NAMES
from articles.models import KINDS, Article
from playlists.models import Playlist
from station.areas import ancestors
from station.audit import record
from station.models import Area
from station.people import visible
from tts.dialects import DIALECTS, UnknownDialect
from tts.models import Clip, Edition, Presentation, Rendition
from tts.presentation import PresentationRefused, of_programme, programme_of, set_presentation

pages = Blueprint("presentation", __name__)
REFUSALS = (PresentationRefused, UnknownDialect, Refused)


@dataclass(frozen=True)
class Row:
    """How it is announced in a place, or in one programme."""

    told: Presentation
    programme: Playlist | None

    @property
    def what(self) -> str:
        """For which articles, in words."""
        if self.programme is not None:
            return _("Programme: %(title)s", title=self.programme.title)
        return str(KIND_NAMES[self.told.kind]) if self.told.kind else _("Every kind")


def listed() -> list[Row]:
    """What holds in the person's places, and in their programmes."""
    told = session().scalars(
        select(Presentation).join(Area, Area.id == Presentation.area_id).where(visible(session(), person()), Presentation.active).order_by(Area.path, Presentation.kind)
    ).all()  # fmt: skip
    numbers = {number for row in told if (number := programme_of(row.kind)) is not None}
    programmes = {row.id: row for row in session().scalars(select(Playlist).where(Playlist.id.in_(numbers)))}
    return [Row(row, programmes.get(programme_of(row.kind) or 0)) for row in told]


@pages.get("/presentation")
@pages.post("/presentation")
def all() -> ResponseReturnValue:
    """How it is announced in the person's places, a form for one of them or for a programme, and the editions that were joined last."""
    wrong, number = "", id_of("playlist")
    programme = find(Playlist, number, "schedule") if number is not None else None
    if request.method == "POST":
        try:
            _write(programme)
            flash(_("Saved. Programmes that begin later than in a minute are announced so."), "good")
            return redirect(url_for("presentation.all"), 303)
        except REFUSALS as error:
            wrong = told(error)
    rows = listed()
    editing = next((row for row in rows if row.told.id == id_of("edit") or (programme is not None and row.programme is programme)), None)
    page = render_template(
        "presentation.html", rows=rows, areas=areas_for("write"), kinds=KINDS, clips=_clips(), wrong=wrong, editing=editing, editions=_editions(),
        programme=programme or (editing.programme if editing else None), form=request.form if wrong else _filled(editing.told if editing else None),
    )  # fmt: skip
    return page, 422 if wrong else 200


def _write(programme: Playlist | None) -> None:
    area = programme.area if programme is not None else find_area(id_of("area"), "write")
    kind = of_programme(programme.id) if programme is not None else text_of("kind", 16, False)
    if programme is None and programme_of(kind) is not None:
        raise Refused("kind: take one of the list", "kind")
    present(
        area, kind, active=not request.form.get("remove"), repeats=number_of("repeats", 1, 5, 1), opening=_phrases("opening"), closing=_phrases("closing"),
        chime=text_of("chime", 12, False), bed=text_of("bed", 12, False),
    )  # fmt: skip


def present(
    area: Area, kind: str, *, active: bool, repeats: int, opening: Mapping[str, str], closing: Mapping[str, str], chime: str, bed: str
) -> Presentation:
    """Write it down; ``chime`` and ``bed`` are "" (none), "own" or the number of a clip. Raises PresentationRefused, Refused, UnknownDialect."""
    (chime, chime_clip), (bed, bed_clip) = _sound("chime", chime, area), _sound("bed", bed, area)
    with one_act():
        row = set_presentation(
            session(), area, kind, now(), active=active, repeats=repeats, opening=opening, closing=closing, chime=chime, chime_clip=chime_clip,
            bed=bed, bed_clip=bed_clip,
        )  # fmt: skip
        record(
            session(), person=person(), act="present" if active else "take_back", subject="presentation", subject_id=row.id, area=area, now=now(),
            kind=row.kind, opening=row.opening, closing=row.closing, chime=row.chime, bed=row.bed, repeats=row.repeats,
        )  # fmt: skip
    return row


def _phrases(name: str) -> dict[str, str]:
    return {code: text_of(f"{name}-{code}", 1000, False) for code in DIALECTS}


def _sound(name: str, given: str, area: Area) -> tuple[str, Clip | None]:
    """A choice: "", own, or the number of a clip that the area may use (its own or one of a place above)."""
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
