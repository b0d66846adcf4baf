"""Missed it? A village's public page behind the code on its pole: hear and read the last day again, say that it was too loud; a podcast of it."""

from __future__ import annotations

import io
from email.utils import format_datetime
from typing import cast
from xml.etree import ElementTree

import segno
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin.desk import desk, find_area, now, person, session
from admin.tongue import _
from admin.web import limiter
from broadcast import missed
from station.areas import dialect_of
from station.models import Area
from tts.dialects import DIALECTS

pages = Blueprint("missed", __name__)


def _village(zid: str) -> Area:
    """The place of the address; its name on the wire is told to nobody but by its code."""
    found = session().scalar(select(Area).where(Area.zid == zid[:24]))
    if found is None:
        abort(404)
    return found


def address(area: Area) -> str:
    """What the code on the pole says."""
    base = next((each for each in desk().settings.base if each.startswith("http")), "") or request.host_url.rstrip("/")
    return base + url_for("missed.village", zid=area.zid)


@pages.get("/v/<zid>")
@limiter.limit("120 per minute")
def village(zid: str) -> str:
    """The last day of a village, in the dialect one wants."""
    area = _village(zid)
    heard = missed.dialects_heard(session(), area, now())
    own = dialect_of(session(), area)
    asked = request.args.get("dialect", "")
    chosen = asked if asked in heard else own if own in heard or not heard else heard[0]
    return render_template(
        "missed.html", area=area, rows=missed.said_lately(session(), area, chosen, now()), heard=heard, chosen=chosen, thanks="said" in request.args
    )


@pages.post("/v/<zid>/say")
@limiter.limit("3 per minute; 10 per hour")
def say(zid: str) -> ResponseReturnValue:
    """Too loud, or could not hear it: one tap, without a name."""
    area = _village(zid)
    kind = request.form.get("kind", "")
    if kind not in missed.KINDS:
        abort(422)
    missed.say(session(), area, kind, now())
    return redirect(url_for("missed.village", zid=area.zid, dialect=request.form.get("dialect") or None, said=1), 303)


@pages.get("/v/<zid>/<dialect>.xml")
@limiter.limit("60 per minute")
def podcast(zid: str, dialect: str) -> Response:
    """RSS 2.0 with the sounds as enclosures, for every podcast program."""
    area = _village(zid)
    if dialect not in DIALECTS:
        abort(404)
    root = ElementTree.Element("rss", {"version": "2.0"})
    channel = ElementTree.SubElement(root, "channel")
    here = request.host_url.rstrip("/")
    title = f"{area.name} · {DIALECTS[dialect].own_name}"
    for name, text in (("title", title), ("link", here + url_for("missed.village", zid=area.zid)), ("description", title), ("language", dialect)):
        ElementTree.SubElement(channel, name).text = text
    for each in missed.said_lately(session(), area, dialect, now()):
        item = ElementTree.SubElement(channel, "item")
        ElementTree.SubElement(item, "title").text = each.title
        ElementTree.SubElement(item, "description").text = each.text
        ElementTree.SubElement(item, "guid", {"isPermaLink": "false"}).text = f"{area.zid}-{each.sha}"
        ElementTree.SubElement(item, "pubDate").text = format_datetime(each.at)
        ElementTree.SubElement(item, "enclosure", {"url": here + url_for("doors.audio", sha=each.sha), "length": str(each.bytes), "type": "audio/mpeg"})
    body = cast(bytes, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
    return Response(body, mimetype="application/rss+xml", headers={"Cache-Control": "public, max-age=300"})


@pages.get("/areas/<row:area_id>/code.svg")
def code(area_id: int) -> Response:
    """The code for the pole, to be printed."""
    drawn = io.BytesIO()
    segno.make(address(find_area(area_id)), error="m").save(drawn, kind="svg", scale=8, border=4, xmldecl=True)
    return Response(drawn.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@pages.post("/areas/<row:area_id>/dealt-with")
def dealt_with(area_id: int) -> ResponseReturnValue:
    """What people said is dealt with."""
    area = find_area(area_id, "devices")
    missed.dealt_with(session(), person(), area, request.form.get("kind", "")[:8], now())
    flash(_("Noted: dealt with."), "good")
    return redirect(url_for("home.first"), 303)
