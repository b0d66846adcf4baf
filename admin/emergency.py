"""The red button: choose what and where, slide to confirm; what is live and how far it came; stop what I started, or an area."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.desk import (
    Refused,
    areas_for,
    desk,
    find_area,
    id_of,
    now,
    number_of,
    one_act,
    person,
    ring_bell,
    session,
    text_of,
)  # fmt: skip
from admin.refusals import told
from admin.tongue import _
from broadcast import emergency, notices, stopping
from broadcast.emergency import BadEmergency
from broadcast.emergency_report import report
from broadcast.models import Emergency, EmergencyArea, EmergencyPhrase, ZonePhrases
from station.models import Area, Person
from station.people import may, visible
from wire.messages import SEVERITIES

pages = Blueprint("emergency", __name__)
REFUSALS = (BadEmergency, Refused)
LANGS = ("zh-Hans", "en", "bo", "ug")
# How many that are over are still listed.
PAST = 10


def seen(session: Session, person: Person, *conditions: object) -> list[Emergency]:
    """Emergencies heard in a place that the person may see, the newest first."""
    mine = select(EmergencyArea.emergency_id).join(Area, Area.id == EmergencyArea.area_id).where(visible(session, person))
    query = select(Emergency).where(Emergency.id.in_(mine), *conditions)  # type: ignore[arg-type]
    return list(session.scalars(query.order_by(Emergency.id.desc()).limit(50)))


def find_emergency(number: int) -> Emergency:
    """The emergency, when one of its places is mine to see; 404 otherwise."""
    found = session().get(Emergency, number)
    if found is None or not any(may(session(), person(), "see", area) for area in found.areas):
        abort(404)
    return found


@pages.get("/emergency")
def start() -> str:
    """What is live; for whoever may order one: phrases, words, places, the slide."""
    areas = areas_for("emergency")
    named = id_of("area")
    area = next((each for each in areas if each.id == named), areas[0] if areas else None)
    return render_template(
        "emergency.html", areas=areas, area=area, phrases=emergency.phrases_for(session(), area) if area else [], levels=SEVERITIES, langs=LANGS,
        two=area is not None and emergency.needs_two(area, desk().settings.two_persons), on_air=stopping.on_the_air(session(), person(), now()),
        mine=_mine(session(), person()), past=seen(session(), person(), Emergency.state == "ended")[:PAST], live="what=emergencies",
    )  # fmt: skip


def _mine(session: Session, person: Person) -> list[Emergency]:
    return seen(session, person, or_(Emergency.state == "live", Emergency.state == "proposed"))


def live_all(session: Session, person: Person, row: int) -> dict[str, str]:
    """What is live or waits for a second person, as it is now."""
    return {"emergencies": render_template("_emergencies.html", mine=_mine(session, person))}


def live_report(session: Session, person: Person, row: int) -> dict[str, str]:
    """State and report of one emergency, as they are now."""
    found = session.get(Emergency, row)
    if found is None or not any(may(session, person, "see", area) for area in found.areas):
        return {}
    return {"report": render_template("_emergency_report.html", one=found, told=report(session, found))}


@pages.post("/emergency")
def order() -> ResponseReturnValue:
    """The two gestures were made: order it."""
    area = find_area(id_of("area"), "emergency")
    try:
        if request.form.get("sure") != "yes":
            raise Refused(_("Slide to the end to confirm: nothing was sent."), "sure")
        chosen = session().get(EmergencyPhrase, id_of("phrase") or 0)
        words = {lang: text_of(f"text-{lang}", emergency.TEXT_MOST, required=False) for lang in LANGS}
        what = emergency.Order(
            level=request.form.get("level") or (chosen.level if chosen else "red"), texts=words, phrase=chosen, drill=request.form.get("drill") == "1",
            siren=request.form.get("siren", "1") == "1", repeats=number_of("repeats", 1, 50, emergency.REPEATS),
            lasts=timedelta(minutes=number_of("minutes", 1, 24 * 60, 30)),
        )  # fmt: skip
        with one_act():
            row = emergency.order(session(), [area], what, now(), person=person(), two_persons=desk().settings.two_persons)
    except REFUSALS as error:
        flash(told(error), "bad")
        return redirect(url_for("emergency.start", area=area.id), 303)
    ring_bell()
    flash(_("It waits for a second person.") if row.state == "proposed" else _("It is on its way."), "good")
    return redirect(url_for("emergency.one", number=row.id), 303)


@pages.get("/emergency/<row:number>")
def one(number: int) -> str:
    """One emergency: state, who ordered and released it, and how far it came at each speaker."""
    found = find_emergency(number)
    return render_template("emergency_one.html", one=found, told=report(session(), found), live=f"what=emergency&id={found.id}")


@pages.post("/emergency/<row:number>/release", defaults={"act": "release"})
@pages.post("/emergency/<row:number>/clear", defaults={"act": "clear"})
@pages.post("/emergency/<row:number>/cancel", defaults={"act": "cancel"})
def act(number: int, act: str) -> ResponseReturnValue:
    """The second person agrees; or it is over, with a word or without one."""
    found = find_emergency(number)
    try:
        with one_act():
            if act == "release":
                emergency.release(session(), found, person(), now())
            elif act == "clear":
                emergency.all_clear(session(), found, person(), now())
            else:
                emergency.cancel(session(), found, person(), now())
        ring_bell()
        said = {"release": _("Released: it is on its way."), "clear": _("All clear: it ends at once, and that is said."), "cancel": _("It ends at once.")}
        flash(said[act], "good")
    except BadEmergency as error:
        flash(told(error), "bad")
    return redirect(url_for("emergency.one", number=found.id), 303)


@pages.post("/stop")
def stop_mine() -> ResponseReturnValue:
    """Everything I started ends: programmes, emergencies, and notices that wait."""
    done = notices.stop_mine(session(), person(), now())
    ring_bell()
    flash(_("Stopped: %(programmes)d programmes and %(emergencies)d emergencies.", programmes=done.programmes, emergencies=done.emergencies), "good")
    return redirect(url_for("emergency.start"), 303)


@pages.post("/stop/area")
def stop_area() -> ResponseReturnValue:
    """Everything that sounds in a place and below it ends, except emergencies."""
    area = find_area(id_of("area"), "play")
    stopping.stop_area(session(), person(), area, now())
    ring_bell()
    flash(_("%(place)s falls silent.", place=area.name), "good")
    return redirect(url_for("emergency.start", area=area.id), 303)


@pages.get("/areas/<row:area_id>/phrases")
def phrases(area_id: int) -> str:
    """The six phrases of a place, and whether they are spoken and placed."""
    area = find_area(area_id, "emergency")
    rows = session().scalars(select(EmergencyPhrase).where(EmergencyPhrase.area_id == area.id, ~EmergencyPhrase.removed)).all()
    zones = session().scalars(select(ZonePhrases).where(ZonePhrases.area_id == area.id).order_by(ZonePhrases.dialect)).all()
    return render_template("phrases.html", area=area, by_place={row.place: row for row in rows}, zones=zones, levels=SEVERITIES, langs=LANGS)


@pages.post("/areas/<row:area_id>/phrases")
def save_phrase(area_id: int) -> ResponseReturnValue:
    """One phrase, new or changed; or taken away."""
    area = find_area(area_id, "emergency")
    try:
        place = number_of("place", 1, emergency.PHRASES_MOST)
        with one_act():
            if request.form.get("away") == "1":
                row = session().scalar(select(EmergencyPhrase).where(EmergencyPhrase.area_id == area.id, EmergencyPhrase.place == place))
                if row is not None:
                    emergency.remove_phrase(session(), row, person(), now())
            else:
                words = {lang: text_of(f"text-{lang}", emergency.TEXT_MOST, required=False) for lang in LANGS}
                emergency.save_phrase(session(), area, place, person(), now(), title=text_of("title", 60), texts=words, level=request.form.get("level", "red"))
        flash(_("Saved. It is spoken and placed on the speakers now."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("emergency.phrases", area_id=area.id), 303)
