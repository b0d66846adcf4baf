"""A place goes: only when nothing names it any more; else what is there is named, with the next step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from sqlalchemy import and_, delete
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from admin.desk import demand, find_area, now, one_act, person, session
from admin.refusals import told
from admin.tongue import _, _l
from playlists.models import AreaFill
from station.areas import AreaInUse, BadArea, remove_area, used_by
from station.audit import record
from station.models import Area
from tts.models import Presentation, VoiceChoice

pages = Blueprint("places", __name__)

# what may stand in the way, in words, and where it is taken away; "" is kept for the record and never taken away
_THERE: dict[str, tuple[Any, Any]] = {
    "area": (_l("places below it"), _l("remove those first")),
    "terminal": (_l("speakers, revoked ones too"), _l("move them to another place (Speakers)")),
    "group_": (_l("groups of speakers"), _l("take the groups apart (Speakers)")),
    "lexicon_entry": (_l("readings"), _l("remove them (Readings; “Bring them out” keeps a copy)")),
    "presentation": (_l("openings and closings"), _l("take them away (Opening and closing)")),
    "voice_choice": (_l("chosen voices"), _l("choose “as above it” (Who speaks)")),
    "area_fill": (_l("default and fallback programmes"), _l("set them to none (Hours)")),
    "quiet_hours": (_l("quiet hours"), _l("let them be as above it (Hours)")),
    "webhook": (_l("webhooks"), _l("take them off (Webhooks)")),
    "grant_": (_l("roles of people"), _l("take the roles back (People)")),
    "reading_change": (_l("readings that are being compared with its articles"), _l("wait a minute")),
    "duty_entry": (_l("lines of the duty book"), ""), "article": (_l("articles"), ""), "feed": (_l("feeds"), ""), "clip": (_l("sounds of the library"), ""), "playlist": (_l("programmes"), ""),
    "schedule": (_l("rules of the calendar"), ""), "occurrence": (_l("times on air"), ""), "dispatch": (_l("sent programmes"), ""),
    "heard_day": (_l("days of what was heard"), ""), "heard_month": (_l("months of what was heard"), ""),
    "zone_plan": (_l("plans that speakers were given"), ""), "zone_fill": (_l("plans for pauses that speakers were given"), ""),
}  # fmt: skip


def why_not(area: Area, there: dict[str, int]) -> str:
    """What is still there, and what to do about it."""
    listed = [f"{_THERE[table][0] if table in _THERE else table} ({count})" for table, count in there.items()]
    steps = [str(_THERE[table][1]) for table in there if table in _THERE and _THERE[table][1]]
    said = _("%(name)s cannot be removed; there still are: %(what)s.", name=area.name, what=_(", ").join(listed))
    if len(steps) < len(there):
        return said + " " + _("What was written, planned or sent for a place is kept for the record, and so is the place: give it another name if it is no longer wanted.")
    return said + " " + _("First: %(steps)s.", steps=_("; ").join(steps))


def take_away(area: Area) -> str:
    """The place is removed and "" is given, or why it cannot be. Rows that only say “as above it” again stand in no way."""
    demand("people", area)
    name, number = area.name, area.id
    try:
        with one_act():
            session().execute(delete(VoiceChoice).where(VoiceChoice.area_id == area.id, VoiceChoice.voice == ""))
            session().execute(delete(Presentation).where(and_(Presentation.area_id == area.id, Presentation.active.is_(False))))
            session().execute(delete(AreaFill).where(AreaFill.area_id == area.id, AreaFill.playlist_id.is_(None)))
            above = area.parent
            remove_area(session(), area)
            record(session(), person=person(), act="remove", subject="area", subject_id=number, area=above, now=now(), name=name)
    except AreaInUse as refused:
        return why_not(area, dict(refused.there))
    except IntegrityError:  # something came there in this moment
        return why_not(area, used_by(session(), area))
    except BadArea as refused:
        return told(refused)
    return ""


@pages.post("/areas/<row:area_id>/remove")
def remove(area_id: int) -> Response:
    """A place that nobody needs any more."""
    area = find_area(area_id)
    name, why = area.name, take_away(area)
    flash(why or _("%(name)s was removed.", name=name), "bad" if why else "good")
    return redirect(url_for("people.areas"), 303)
