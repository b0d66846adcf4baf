"""Our own warnings for others: CAP 1.2 as the standard demands it, and EBM; each with what the format could not carry.

CAP 1.2 is OASIS CAP-v1.2-os (order of elements, one language an ``info``); severities go by our levels as the decision table reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from articles.alerts.ebd import xml_text

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SCHEME = "行政区划"
"""What our geocodes of 12 digits are called; ``articles.alerts`` reads it back."""
SEVERITY = {"red": "Extreme", "orange": "Severe", "yellow": "Moderate", "blue": "Minor"}
_EBM_SEVERITY = {"red": "1", "orange": "2", "yellow": "3", "blue": "4"}
_ISO_639_2 = {"zh": "zho", "bo": "bod", "ug": "uig", "en": "eng"}


@dataclass(frozen=True)
class Place:
    """Where: its name, its code of 12 digits (or ""), its outline as "lat,lon lat,lon ..." (closed) each."""

    name: str
    code: str = ""
    polygons: Sequence[str] = ()


@dataclass(frozen=True)
class Outgoing:
    """One message of ours. ``kind``: Alert, Update, Cancel. ``earlier``: (identifier, sent) of the messages it replaces or ends."""

    identifier: str
    sender: str
    sent: datetime
    kind: str
    level: str
    title: str
    texts: Mapping[str, str]
    places: Sequence[Place]
    starts: datetime
    ends: datetime
    drill: bool = False
    over: bool = False
    speaker: str = ""
    source: str = ""
    earlier: Sequence[tuple[str, datetime]] = ()
    # what no format carries, by name: the siren, the number of repetitions
    siren: bool = True
    repeats: int = 1
    recorded: bool = False
    sounds: Mapping[str, str] = field(default_factory=dict)


def moment(at: datetime, zone: tzinfo) -> str:
    """As CAP writes it: seconds and a numeric offset, never Z (section 3.2.2)."""
    text = at.astimezone(zone).replace(microsecond=0).isoformat()
    return text[:-6] + "-00:00" if text.endswith("+00:00") else text


def to_cap(out: Outgoing, zone: tzinfo) -> tuple[bytes, list[str]]:
    """The alert, and what it could not carry, in words."""
    root = Element("alert", {"xmlns": NAMESPACE})
    _add(root, identifier=out.identifier, sender=out.sender, sent=moment(out.sent, zone), status="Exercise" if out.drill else "Actual", msgType=out.kind, scope="Public")
    if out.drill:
        _add(root, note="演练 Drill")
    if out.earlier:
        _add(root, references=" ".join(f"{out.sender},{name},{moment(sent, zone)}" for name, sent in out.earlier))
    for lang, text in out.texts.items() or (("zh-Hans", out.title),):
        _info(root, out, lang, text, zone)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}'
    return text.encode(), _lost_in_cap(out)


def _info(root: Element, out: Outgoing, lang: str, text: str, zone: tzinfo) -> None:
    info = SubElement(root, "info")
    _add(info, language=lang, category="Safety", event=(out.title or text)[:200], responseType="AllClear" if out.over else "Execute")
    _add(info, urgency="Past" if out.over else "Immediate", severity=SEVERITY[out.level], certainty="Observed")
    _add(info, effective=moment(out.sent, zone), onset=moment(out.starts, zone), expires=moment(out.ends, zone))
    if out.speaker:
        _add(info, senderName=out.speaker)
    _add(info, headline=(out.title or text)[:160], description=text)
    for name, value in (("level", out.level), ("source_level", out.source)):
        if value:
            _add(SubElement(info, "parameter"), valueName=f"xiangyin:{name}", value=value)
    if lang in out.sounds:
        _add(SubElement(info, "resource"), resourceDesc="audio", mimeType="audio/mpeg", uri=out.sounds[lang])
    for place in out.places:
        area = SubElement(info, "area")
        _add(area, areaDesc=place.name)
        for polygon in place.polygons:
            _add(area, polygon=polygon)
        if place.code:
            _add(SubElement(area, "geocode"), valueName=SCHEME, value=place.code)


def _lost_in_cap(out: Outgoing) -> list[str]:
    lost = [f"it is said {out.repeats} times: CAP has no repetitions"] if out.repeats > 1 else []
    lost += [] if out.siren else ["it is said without a siren: CAP tells nobody so"]
    lost += ["a recording of the library is heard that has no address others can reach"] if out.recorded else []
    lost += [f"{place.name} has neither a code nor an outline: others know it by its name only" for place in out.places if not (place.code or place.polygons)]
    return lost


def to_ebm(out: Outgoing, zone: tzinfo, number: Mapping[str, str], sender: str) -> tuple[Element, list[str]]:
    """The EBM of an EBD package, and what it could not carry. ``number`` gives the EBMID of each of our identifiers."""

    def local(at: datetime) -> str:
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    root = Element("EBM")
    _add(root, EBMVersion="1.0", EBMID=number[out.identifier])
    ends = out.over or out.kind == "Cancel"
    for name, _sent in out.earlier:
        _add(SubElement(root, "RelatedInfo"), EBMID=number[name])
    _add(
        SubElement(root, "MsgBasicInfo"), MsgType="2" if ends else "3" if out.drill else "1", SenderName=out.speaker, SenderCode=sender, SendTime=local(out.sent),
        EventType="00000", Severity=_EBM_SEVERITY[out.level], StartTime=local(out.starts), EndTime=local(out.ends),
    )  # fmt: skip
    codes = ",".join(place.code for place in out.places if place.code)
    for lang, text in out.texts.items() or (("zh-Hans", out.title),):
        _add(SubElement(root, "MsgContent"), LanguageCode=_ISO_639_2.get(lang.partition("-")[0], lang), MsgTitle=out.title, MsgDesc=text, AreaCode=codes, ProgramNum="1")
    return root, _lost_in_ebm(out)


def _lost_in_ebm(out: Outgoing) -> list[str]:
    lost = [f"{place.name} has no code of 12 digits: EBM names no other places" for place in out.places if not place.code]
    lost += ["that the danger is over: EBM can only cancel, and has no words for it"] if out.over else []
    lost += [f"it is said {out.repeats} times: EBM has no repetitions"] if out.repeats > 1 else []
    lost += [] if out.siren else ["it is said without a siren: EBM tells nobody so"]
    lost += ["a recording of the library is heard"] if out.recorded else []
    lost += ["what kind of event it is: ours have no such number, 00000 is sent"]
    lost += [f"the script of {lang}: EBM's languages have three letters" for lang in out.texts if lang in ("zh-Hans", "zh-Hant")]
    return lost


def _add(element: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(element, name).text = xml_text(text)
