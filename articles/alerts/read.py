"""A file becomes alerts: CAP bare, in Atom, RSS or EDXL-DE, or an EBD package. What cannot be read is said in words."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from xml.etree.ElementTree import Element

from articles.alerts import cap, ebm, markup, package
from articles.alerts.errors import BadAlert
from articles.alerts.markup import children, name_of, text_of
from articles.alerts.model import Alert

MAX_ALERTS = 1000
MAX_LINKS = 1000
_FEEDS = ("feed", "rss", "channel", "rdf")
_PACKED = {b"PK\x03\x04": "a ZIP", b"\x1f\x8b": "packed with gzip", b"BZh": "packed with bzip2", b"\xfd7zXZ": "packed with xz", b"Rar!": "a RAR", b"7z\xbc\xaf": "a 7z"}


@dataclass(frozen=True)
class Source:
    """An alert with what its signature needs: the XML it stood in, alone or among others, and the seal of an EBD package."""

    alert: Alert
    xml: bytes = b""
    alone: bool = True
    seal: Element | None = None


@dataclass
class Found:
    """What was in a file. ``links`` lead to whole alerts elsewhere (an index); ``problems`` are words for a person; ``media`` came along."""

    sources: list[Source] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)

    @property
    def alerts(self) -> list[Alert]:
        return [each.alert for each in self.sources]


def read(data: bytes, zone: tzinfo | None = None) -> Found:
    """Everything in a file. ``zone`` is for times that name none. Never raises for bytes of any kind: a refusal is a problem in words."""
    found = Found()
    try:
        _read(data, zone, found)
    except BadAlert as error:
        found.problems.append(str(error))
    except RecursionError:
        found.problems.append("the file is nested too deeply: this is no warning")
    digest = hashlib.sha256(data).hexdigest()
    found.sources = [replace(each, alert=replace(each.alert, digest=digest)) for each in found.sources[:MAX_ALERTS]]
    found.links = list(dict.fromkeys(found.links))[:MAX_LINKS]
    if not found.sources and not found.problems:
        found.problems.append("there is no alert in the file" if not found.links else f"an index of {len(found.links)} alerts that stand elsewhere: each has to be fetched")
    return found


def _read(data: bytes, zone: tzinfo | None, found: Found) -> None:
    if not data.strip(b"\0 \t\r\n"):
        raise BadAlert("the file is empty")
    for mark, what in _PACKED.items():
        if data.startswith(mark):
            raise BadAlert(f"the file is {what}: unpack it first (CAP is XML, an EBD package a plain TAR)")
    if package.is_tar(data):
        _read_package(data, zone, found)
        return
    root = markup.parse(data)
    if ebm.is_package(root):
        _take_ebd(root, data, {}, None, zone, found)
        return
    if not _walk(root, data, zone, found) and name_of(root) not in _FEEDS:
        raise BadAlert(f"the XML is a {name_of(root)[:40]!r}: neither an alert nor a feed of alerts")


def _read_package(data: bytes, zone: tzinfo | None, found: Found) -> None:
    files = package.members(data)
    roots: dict[str, Element] = {}
    for name, content in files.items():
        if name.lower().endswith(".xml"):
            try:
                roots[name] = markup.parse(content)
            except BadAlert as error:
                found.problems.append(f"{name[:80]}: {error}")
    found.media = {name: content for name, content in files.items() if name not in roots}
    seals = {text_of(part, "ebdid"): root for root in roots.values() if name_of(root) == "signature" for part in children(root, "relatedebd")}
    lone = next((root for root in roots.values() if name_of(root) == "signature"), None)
    taken = False
    for name, root in roots.items():
        if ebm.is_package(root):
            _take_ebd(root, files[name], found.media, seals.get(text_of(root, "ebdid"), lone), zone, found)
            taken = True
        elif name_of(root) != "signature":
            taken = _walk(root, files[name], zone, found) or taken
    if not taken and not found.problems:
        found.problems.append("the package holds neither an EBD nor a CAP alert")


def _take_ebd(root: Element, raw: bytes, media: dict[str, bytes], seal: Element | None, zone: tzinfo | None, found: Found) -> None:
    kind = ebm.kind_of(root)
    if kind.upper() != "EBM":
        found.problems.append(f"an EBD of the kind {kind[:40]!r}: it carries no warning")
        return
    found.sources.append(Source(ebm.read_ebm(root, media, zone), raw, True, seal))


def _walk(root: Element, data: bytes, zone: tzinfo | None, found: Found) -> bool:
    """All alerts at and below an element. Whether there was anything of a warning in it."""
    before = len(found.sources), len(found.links)
    name = name_of(root)
    if name == "alert":
        found.sources.append(Source(cap.read_alert(root, zone), data))
    elif name in ("edxldistribution", "edxlde"):
        _envelope(root, data, zone, found)
    elif name in _FEEDS:
        _feed(root, data, zone, found)
    else:
        for each in _alerts(root):
            found.sources.append(Source(cap.read_alert(each, zone), data, alone=False))
    return (len(found.sources), len(found.links)) != before


def _alerts(element: Element) -> list[Element]:
    """The outermost alerts below an element."""
    found: list[Element] = []
    waiting = list(element)[::-1]
    while waiting:
        each = waiting.pop()
        if name_of(each) == "alert":
            found.append(each)
        else:
            waiting += list(each)[::-1]
    return found


def _envelope(root: Element, data: bytes, zone: tzinfo | None, found: Found) -> None:
    """EDXL-DE: its status binds all it carries; an alert may stand inside as XML or in base 64."""
    status = text_of(root, "distributionstatus")
    held = [Source(cap.read_alert(each, zone), data, alone=False) for each in _alerts(root)]
    for each in root.iter():
        if name_of(each) == "contentdata" and (inner := _base64(each.text or "")):
            inside = Found()
            try:
                _walk(markup.parse(inner), inner, zone, inside)
            except BadAlert as error:
                found.problems.append(f"a part of the envelope: {error}")
            held += inside.sources
    found.sources += [replace(each, alert=replace(each.alert, envelope=status or each.alert.envelope)) for each in held]


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _feed(root: Element, data: bytes, zone: tzinfo | None, found: Found) -> None:
    """Atom and RSS: whole alerts inside entries, else what the index tells of each, else the links."""
    indexed: dict[str, Source] = {}
    entries = [each for each in root.iter() if name_of(each) in ("entry", "item")]
    inside = {alert for each in entries for alert in _alerts(each)}
    found.sources += [Source(cap.read_alert(each, zone), data, alone=False) for each in _alerts(root) if each not in inside]
    for entry in entries:
        whole = [Source(cap.read_alert(each, zone), data, alone=False) for each in _alerts(entry)] or _escaped(entry, zone)
        if whole:
            found.sources += whole
            continue
        link = cap.link_of(entry)
        told = cap.from_entry(entry, root, zone)
        if told is not None:
            _join(indexed, told, data)
        if link:
            found.links.append(link)
        elif told is None:
            found.problems.append("an entry of the feed holds neither an alert nor a link to one")
    found.sources += indexed.values()


def _escaped(entry: Element, zone: tzinfo | None) -> list[Source]:
    """Alerts that were put into an entry as text."""
    held: list[Source] = []
    for each in children(entry, "content", "description", "encoded"):
        text = (each.text or "").strip()
        if text.startswith("<") and "alert" in text[:600]:
            inside = Found()
            try:
                _walk(markup.parse(text.encode()), text.encode(), zone, inside)
            except BadAlert:
                continue  # the text of a page, not an alert
            held += inside.sources
    return held


def _join(indexed: dict[str, Source], told: Alert, data: bytes) -> None:
    """MeteoAlarm lists an alert once for each area: the same alert with more areas."""
    known = indexed.get(told.key)
    if known is None:
        indexed[told.key] = Source(told, data, alone=False)
        return
    more = told.infos[0]
    infos = list(known.alert.infos)
    for at, info in enumerate(infos):
        if replace(info, regions=()) == replace(more, regions=()):
            infos[at] = replace(info, regions=info.regions + more.regions)
            break
    else:
        infos.append(more)
    indexed[told.key] = replace(known, alert=replace(known.alert, infos=tuple(infos)))
