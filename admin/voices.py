"""The library of sounds, checked by decoding them before anybody hears them; and which voice speaks in which place."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.desk import Refused, areas_for, desk, find_area, id_of, now, one_act, person, session, text_of
from admin.refusals import told
from admin.tongue import _
from station.audit import record
from station.files import Files
from station.models import Area, Person
from station.people import visible
from tts.choose import choose_voice
from tts.dialects import DIALECTS, UnknownDialect
from tts.library import keep
from tts.models import Clip, VoiceChoice
from tts.uploads import AudioRefused, Imported, import_upload
from tts.voices import NAME_MAX, UnknownVoice

pages = Blueprint("voices", __name__)
KINDS = ("music", "jingle", "recording", "chime")


def clips() -> list[Clip]:
    """The library of the person's branches, newest first."""
    query = select(Clip).join(Area, Clip.area_id == Area.id).where(visible(session(), person())).order_by(Clip.id.desc())
    return list(session().scalars(query.limit(300)))


def keep_clip(session: Session, files: Files, sound: Imported, *, by: Person, area: Area, kind: str, title: str) -> Clip:
    """Put decoded sound into the area's library; the same sound twice is the same clip."""
    if kind not in KINDS:
        raise Refused(f"kind: take one of {', '.join(KINDS)}", "kind")
    return keep(session, files, sound, by=by, area=area, kind=kind, title=title, now=now())


@pages.get("/library")
@pages.post("/library")
def library() -> ResponseReturnValue:
    """Listen, and add sound."""
    wrong = ""
    if request.method == "POST":
        try:
            sent = request.files.get("file")
            if sent is None or not sent.filename:
                raise Refused(_("Choose a file first."), "file")
            # decoded before the database is touched: minutes of music must not hold up anybody's work
            sound = import_upload(sent.read(), sent.filename)
            area = find_area(id_of("area"), "write")
            clip = keep_clip(
                session(), desk().files, sound, by=person(), area=area, kind=text_of("kind", 16), title=text_of("title", 300, False)
            )
            flash(_("%(title)s is in the library.", title=clip.title), "good")
            return redirect(url_for("voices.library"), 303)
        except (AudioRefused, Refused) as error:
            wrong = told(error)
    page = render_template("library.html", rows=clips(), areas=areas_for("write"), kinds=KINDS, wrong=wrong)
    return page, 422 if wrong else 200


@pages.get("/voices")
@pages.post("/voices")
def speakers() -> ResponseReturnValue:
    """Which voice speaks in which place, and a form for one of them."""
    wrong = ""
    if request.method == "POST":
        try:
            area = find_area(id_of("area"), "write")
            code, name = text_of("dialect", 8, False), text_of("voice", NAME_MAX, False)
            with one_act():
                choose_voice(session(), now(), name, area=area, code=code)
                record(session(), person=person(), act="voice", subject="area", subject_id=area.id, area=area, now=now(), voice=name, dialect=code)
            flash(_("Saved. Programmes are spoken so as soon as the voice is ready."), "good")
            return redirect(url_for("voices.speakers"), 303)
        except (Refused, UnknownDialect, UnknownVoice) as error:
            wrong = told(error)
    mine = select(VoiceChoice).join(Area, VoiceChoice.area_id == Area.id).where(visible(session(), person()), VoiceChoice.voice != "")
    page = render_template(
        "speakers.html", rows=session().scalars(mine.order_by(Area.path, VoiceChoice.dialect)).all(), areas=areas_for("write"), dialects=DIALECTS, wrong=wrong,
    )  # fmt: skip
    return page, 422 if wrong else 200
