"""Hours: when a place is quiet and what fills its pauses, when a speaker is less loud, which groups begin later."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin.desk import Refused, find, find_area, id_of, now, number_of, one_act, person, session, text_of, zone_name
from admin.refusals import told
from admin.tongue import _
from articles import review
from articles.errors import Refused as NotTaken
from articles.models import KINDS, ReviewRule
from broadcast.models import ZoneFill
from devices import enrol, hours
from devices.enrol import EnrolError
from devices.models import Group, QuietHours, Terminal
from playlists.errors import PlaylistError
from playlists.fill import fills_of, set_fill
from playlists.models import FILL_KINDS, Playlist
from station.areas import ancestors, is_below
from station.hours import HoursRefused, split
from station.models import Area
from station.people import visible

pages = Blueprint("hours", __name__)
REFUSALS = (HoursRefused, EnrolError, PlaylistError, NotTaken, Refused)
# What the buttons of a speaker's page offer: early, at noon, in the evening, at night.
OFFERED = ("06:00-08:00", "12:00-14:00", "20:00-22:00", "22:00-06:00")


def quieter(terminal: Terminal) -> int:
    """The cap that “quieter” sets: half as loud as it is set, in steps of five, never silent."""
    return max(10, terminal.volume // 2 // 5 * 5)


def new_caps(terminal: Terminal, span: str, cap: int | None) -> list[str]:
    """Its caps with this one set anew, or (None) taken away."""
    kept = [each for each in terminal.caps if each.partition("=")[0] != span]
    return kept if cap is None else [*kept, f"{span}={cap}"]


@pages.post("/devices/<row:terminal_id>/caps")
def caps(terminal_id: int) -> ResponseReturnValue:
    """One more cap, or one less: ``hours`` with ``cap``; without it half as loud; ``away`` takes it away."""
    found = find(Terminal, terminal_id, "devices")
    try:
        span, away = text_of("hours", 20), request.form.get("away") == "1"
        cap = None if away else number_of("cap", 0, 100, quieter(found))
        hours.set_caps(session(), person=person(), terminal=found, caps=new_caps(found, span, cap), now=now())
        flash(_("The speaker is told."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("devices.one", terminal_id=found.id), 303)


@pages.post("/groups/<row:group_id>/stagger")
def stagger(group_id: int) -> ResponseReturnValue:
    """How much later than planned the speakers of a group begin; 0 for one common start."""
    found = find(Group, group_id, "devices")
    try:
        enrol.set_stagger(session(), person=person(), group=found, stagger_ms=number_of("stagger_ms", 0, enrol.STAGGER_MAX_MS), now=now())
        flash(_("The speakers of the group are told."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("devices.all"), 303)


def playlists_for(area: Area) -> list[Playlist]:
    """The programmes of the place, above it or below it that I may see."""
    query = select(Playlist).join(Area, Playlist.area_id == Area.id).where(visible(session(), person()), Playlist.archived.is_(False))
    return [each for each in session().scalars(query.order_by(Playlist.id.desc()).limit(300)) if is_below(area, each.area) or is_below(each.area, area)]


@pages.get("/areas/<row:area_id>/hours")
def place(area_id: int) -> ResponseReturnValue:
    """The hours of one place."""
    area = find_area(area_id)
    above = ancestors(session(), area)[:-1]
    written = session().scalars(select(ZoneFill).where(ZoneFill.area_id == area.id).order_by(ZoneFill.dialect))
    return render_template(
        "hours.html", area=area, own=session().get(QuietHours, area.id), counts=hours.quiet_of(session(), [*above, area]),
        source=hours.quiet_source(session(), area), fills=fills_of(session(), area), playlists=playlists_for(area), written=list(written),
        zone=zone_name(area), reviews={kind: review.reviews_needed(session(), area, kind) for kind in KINDS}, least=review.REVIEWS_LEAST, most=review.REVIEWS_MOST,
        own_reviews={row.kind: row.needed for row in session().scalars(select(ReviewRule).where(ReviewRule.area_id == area.id))},
    )  # fmt: skip


@pages.post("/areas/<row:area_id>/reviews")
def reviews(area_id: int) -> ResponseReturnValue:
    """How many people approve a text of this place before it is heard."""
    area = find_area(area_id, "people")
    try:
        raw = text_of("needed", 2)
        if raw != "up" and not raw.isdecimal():
            raise Refused(_("Choose one of the list."), "needed")
        with one_act():
            review.set_reviews(session(), person(), area, text_of("kind", 16), None if raw == "up" else int(raw), now())
        flash(_("Saved."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("hours.place", area_id=area.id), 303)


@pages.post("/areas/<row:area_id>/quiet")
def quiet(area_id: int) -> ResponseReturnValue:
    """The quiet hours of a place and everywhere below: as above it, none, or these."""
    area = find_area(area_id, "devices")
    try:
        how = request.form.get("how", "own")
        wanted = None if how == "above" else [] if how == "none" else split(text_of("hours", 300))
        hours.set_quiet(session(), person=person(), area=area, hours=wanted, now=now())
        flash(_("Every speaker below is told."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("hours.place", area_id=area.id), 303)


@pages.post("/areas/<row:area_id>/line")
def line(area_id: int) -> ResponseReturnValue:
    """Whether every byte of the lines of a place and everywhere below is paid for."""
    area = find_area(area_id, "devices")
    enrol.set_metered(session(), person=person(), area=area, metered="metered" in request.form, now=now())
    flash(_("Every speaker below is told."), "good")
    return redirect(url_for("hours.place", area_id=area.id), 303)


@pages.post("/areas/<row:area_id>/fill")
def fill(area_id: int) -> ResponseReturnValue:
    """The default playlist or the fallback media of a place."""
    area = find_area(area_id, "schedule")
    number = id_of("playlist")
    try:
        kind = text_of("kind", 8)
        if kind not in FILL_KINDS:
            raise Refused(_("Choose what it is for."), "kind")
        chosen = find(Playlist, number) if number else None
        with one_act():
            set_fill(session(), person(), area, kind, chosen, split(text_of("hours", 300, required=False)), now())
        flash(_("Saved."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("hours.place", area_id=area.id), 303)
