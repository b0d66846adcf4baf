"""CAP 1.0, 1.1 and 1.2 as real feeds write it: any order, any namespace, Chinese profiles too. Nothing is rejected for its shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from xml.etree.ElementTree import Element

from articles.alerts.markup import children, name_of, space_of, text_of, texts_of
from articles.alerts.model import Alert, Info, Reference, Region, line, lines, moment

_VERSION = re.compile(r"cap[:/](1\.\d)")
MAX_INFOS, MAX_REGIONS = 200, 500
_TRIPLE = re.compile(r"(?P<sender>[^,\s][^,]*),(?P<id>[^,]+),(?P<sent>\d{4}-\d\d?-\d\d?(?:T|\s)\S+)")


class Doubt(list[str]):
    """Collects what keeps an alert from playing by itself."""

    def moment(self, element: Element, name: str, zone: tzinfo | None) -> datetime | None:
        """A moment; one that is written and cannot be read is a doubt."""
        text = text_of(element, name)
        at = moment(text, zone)
        if text and at is None:
            self.append(f"{name} {text[:40]!r} is no moment with a time zone")
        return at


def read_alert(element: Element, zone: tzinfo | None) -> Alert:
    """An ``alert`` element. ``zone`` is for times written without one (None: such a time is a doubt)."""
    found = _VERSION.search(space_of(element))
    form = f"CAP {found[1]}" if found else "CAP"
    doubts = Doubt()
    sent = doubts.moment(element, "sent", zone)
    identifier, sender = line(text_of(element, "identifier")), line(text_of(element, "sender"))
    doubts += [f"{name} is missing" for name, value in (("identifier", identifier), ("sender", sender), ("sent", text_of(element, "sent"))) if not value]
    notes = [f"{name} has characters that CAP forbids" for name, value in (("identifier", identifier), ("sender", sender)) if re.search(r"[\s,<&]", value)]
    found_infos = list(children(element, "info"))
    if len(found_infos) > MAX_INFOS:
        doubts.append(f"more than {MAX_INFOS} info blocks: the rest is left out")
    scope = line(text_of(element, "scope"))
    if not scope and form == "CAP 1.0":
        scope = "Public"  # not yet demanded then
    infos = tuple(_info(each, doubts, zone) for each in found_infos[:MAX_INFOS])
    msg_type, named = line(text_of(element, "msgtype", "message_type")), references(text_of(element, "references"), zone)
    notes += irregular(scope, msg_type, named, infos)
    return Alert(
        form=form, identifier=identifier, sender=sender, sent=sent, sent_text=line(text_of(element, "sent")),
        status=line(text_of(element, "status")), msg_type=msg_type, scope=scope, references=named, infos=infos, doubts=tuple(doubts), notes=tuple(notes),
    )  # fmt: skip


def irregular(scope: str, msg_type: str, named: Sequence[Reference], infos: Sequence[Info]) -> list[str]:
    """What CAP demands and this alert lacks, in words: it is read all the same."""
    found = [] if scope else ["scope is missing"]
    if msg_type.lower() in ("update", "cancel") and not named:
        found.append(f"an {msg_type} names no earlier message")
    if not infos and msg_type.lower() in ("alert", "update"):
        found.append("there is no info block")
    for name in ("event", "urgency", "severity", "certainty"):
        if any(not getattr(info, name) for info in infos):
            found.append(f"{name} is missing")
    if any(not info.regions for info in infos):
        found.append("an info block names no area")
    return found


def references(text: str, zone: tzinfo | None) -> tuple[Reference, ...]:
    """The messages a text names, "sender,identifier,sent" each; what is no triple is taken as an identifier."""
    text = " ".join(text.split())
    triples = [Reference(found["sender"].strip(), found["id"].strip(), moment(found["sent"], zone)) for found in _TRIPLE.finditer(text)]
    left = _TRIPLE.sub(" ", text).split()
    odd = [Reference("", part.strip(","), None) for part in left if part.strip(",")]
    return (*triples, *odd)


def _info(element: Element, doubts: Doubt, zone: tzinfo | None) -> Info:
    regions = [_region(each) for each in children(element, "area")]
    if len(regions) > MAX_REGIONS:
        doubts.append(f"more than {MAX_REGIONS} areas in one info block: the rest is left out")
    parameters = tuple(pair for name in ("parameter", "eventcode") for each in children(element, name) for pair in _pairs(each))
    return Info(
        language=line(text_of(element, "language")), event=line(text_of(element, "event")),
        responses=tuple(line(each) for each in texts_of(element, "responsetype")), urgency=line(text_of(element, "urgency")),
        severity=line(text_of(element, "severity")), certainty=line(text_of(element, "certainty")),
        effective=doubts.moment(element, "effective", zone), onset=doubts.moment(element, "onset", zone),
        expires=doubts.moment(element, "expires", zone), sender_name=line(text_of(element, "sendername")),
        headline=line(text_of(element, "headline")), description=lines(text_of(element, "description")),
        instruction=lines(text_of(element, "instruction")), parameters=parameters, regions=tuple(regions[:MAX_REGIONS]),
        sounds=tuple(text_of(each, "uri") for each in children(element, "resource") if text_of(each, "mimetype").startswith("audio/")),
    )  # fmt: skip


def _region(element: Element) -> Region:
    geocodes = tuple(pair for each in children(element, "geocode") for pair in _pairs(each))
    return Region(line(text_of(element, "areadesc")), texts_of(element, "polygon"), texts_of(element, "circle"), geocodes)


def _pairs(element: Element) -> list[tuple[str, str]]:
    """Names and values: CAP 1.1 has one of each, the Weather Service's index several, CAP 1.0 and the Chinese profile only a text."""
    found: list[tuple[str, str]] = []
    scheme = ""
    for each in element:
        if name_of(each) == "valuename":
            scheme = line("".join(each.itertext()))
        elif name_of(each) == "value":
            found.append((scheme, line("".join(each.itertext()))))
    if not found and (text := line(element.text or "")):
        name, equals, value = text.partition("=")
        found.append((name, value) if equals else ("", text))
    return [(name, value) for name, value in found if value]


def from_entry(entry: Element, feed: Element, zone: tzinfo | None) -> Alert | None:
    """The alert that an entry of an index summarises; None when the entry tells nothing of one. It never plays by itself."""
    if not any("cap" in space_of(each) or name_of(each) in ("urgency", "severity", "certainty") for each in entry):
        return None
    doubts = Doubt()
    times = {name: doubts.moment(entry, name, zone) for name in ("effective", "onset", "expires")}
    info = Info(
        event=line(text_of(entry, "event")), responses=tuple(line(each) for each in texts_of(entry, "responsetype")),
        urgency=line(text_of(entry, "urgency")), severity=line(text_of(entry, "severity")), certainty=line(text_of(entry, "certainty")),
        effective=times["effective"], onset=times["onset"], expires=times["expires"],
        headline=line(text_of(entry, "title")), description=lines(text_of(entry, "summary", "description")), regions=(_region(entry),),
    )  # fmt: skip
    author = next(iter(children(entry, "author")), None)
    if author is None:
        author = next(iter(children(feed, "author")), None)
    sender = line(text_of(entry, "sender") or (text_of(author, "email", "uri", "name") if author is not None else ""))
    told = text_of(entry, "sent") or text_of(entry, "updated", "published")
    return Alert(
        form="CAP index", identifier=line(text_of(entry, "identifier") or text_of(entry, "id", "guid")), sender=sender, sent=moment(told, zone),
        sent_text=line(told), status=line(text_of(entry, "status")), msg_type=line(text_of(entry, "msgtype", "message_type")), scope=line(text_of(entry, "scope")) or "Public",
        infos=(info,), doubts=tuple(doubts), whole=False, link=link_of(entry),
    )  # fmt: skip


def link_of(entry: Element) -> str:
    """Where the whole alert is: the link that calls itself CAP, or the first one."""
    found = [(each.get("type", ""), (each.get("href") or each.text or "").strip()) for each in children(entry, "link")]
    typed = [href for kind, href in found if "cap" in kind]
    return next((href for href in (*typed, *(href for _kind, href in found)) if href), "")
