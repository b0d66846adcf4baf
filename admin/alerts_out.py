"""Our own warnings for others: an Atom feed of signed CAP 1.2, open to everybody as the loudspeaker is; each as CAP or EBM with what it could not carry."""

from __future__ import annotations

import hashlib
from typing import Any, cast
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy import select

from admin.desk import desk, now, session
from admin.web import limiter
from articles.alerts.outgoing import moment
from broadcast import alerts_out
from broadcast.alerts_out import Press
from station.models import Area

pages = Blueprint("alerts_out", __name__)
ATOM = "http://www.w3.org/2005/Atom"


def press() -> Press:
    """What writes them, known by the address others reach us at."""
    base = next((each for each in desk().settings.base if each.startswith("http")), "") or request.host_url.rstrip("/")
    folder = desk().settings.data_dir
    return Press(session(), base, folder / "keys" if folder else None)


@pages.get("/cap/feed.atom")
@limiter.limit("120 per minute")
def feed() -> Response:
    """What is in force, and what ended within a day; ``?area=CODE`` for one branch."""
    code = request.args.get("area", "")
    area = session().scalar(select(Area).where(Area.code == code[:12])) if code else None
    if code and area is None:
        abort(404)
    found, ours = alerts_out.shown(session(), now(), area), press()
    last = [ours.last(row) for row in found]
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    here = ours.base + url_for("alerts_out.feed", area=code or None)
    newest = max((each.sent for each in last), default=None)
    for name, text in (("id", here), ("title", f"CAP · {area.name}" if area else "CAP"), ("updated", moment(newest or now().replace(hour=0, minute=0, second=0), ZoneInfo("UTC")))):
        ElementTree.SubElement(root, name).text = text
    ElementTree.SubElement(root, "link", {"rel": "self", "href": here})
    ElementTree.SubElement(ElementTree.SubElement(root, "author"), "name").text = ours.sender
    for row, each in zip(found, last, strict=True):
        entry = ElementTree.SubElement(root, "entry")
        there = ours.base + url_for("alerts_out.one", identifier=each.identifier)
        for name, text in (("id", there), ("title", each.title), ("updated", moment(each.sent, ours.zone(row))), ("summary", next(iter(each.texts.values()), each.title))):
            ElementTree.SubElement(entry, name).text = text
        ElementTree.SubElement(entry, "link", {"type": "application/cap+xml", "href": there})
    body = cast(bytes, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
    return _unchanged(Response(body, mimetype="application/atom+xml"), [(each.identifier, each.sent) for each in last])


@pages.get("/cap/<identifier>.xml")
@limiter.limit("240 per minute")
def one(identifier: str) -> Response:
    """A message as signed CAP 1.2. An older one of the same emergency leads to the last: nobody reads a warning that was replaced."""
    row = alerts_out.find(session(), identifier[:64])
    if row is None:
        abort(404)
    out = press().last(row)
    if identifier != out.identifier:
        return Response(status=303, headers={"Location": url_for("alerts_out.one", identifier=out.identifier)})
    return _unchanged(Response(press().cap(row, now())[0], mimetype="application/cap+xml"), [(out.identifier, out.sent)])


def _unchanged(response: Response, what: list[Any]) -> Response:
    """304 for whoever has it already; signatures differ each time, so the tag is made of what is said."""
    response.set_etag(hashlib.sha256(repr(what).encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "public, max-age=10"
    return cast(Response, response.make_conditional(request))
