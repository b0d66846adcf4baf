"""EBD packages of the Chinese emergency broadcast (GD/J 082-2018): an EBM becomes an alert, whichever way its writer named the fields.

MsgType 1 is real, 2 cancels, 3 to 5 are drills (of the platform, the front end, the terminals). Severity 1 red .. 4 blue, 0 unknown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from xml.etree.ElementTree import Element

from articles.alerts.markup import child, children, name_of, text_of
from articles.alerts.model import Alert, Info, Reference, Region, line, lines, moment

_SEVERITY = {"1": "Red", "2": "Orange", "3": "Yellow", "4": "Blue"}
_TYPES = {"1": ("Actual", "Alert"), "2": ("Actual", "Cancel"), "3": ("Exercise", "Alert"), "4": ("Exercise", "Alert"), "5": ("Exercise", "Alert")}
_LANGUAGES = {"zho": "zh", "chi": "zh", "cmn": "zh", "bod": "bo", "tib": "bo", "uig": "ug", "eng": "en"}
SOUND = "2"
"""The AuxiliaryType of an mp3."""


def is_package(root: Element) -> bool:
    """Whether this is an EBD."""
    return name_of(root) == "ebd"


def kind_of(root: Element) -> str:
    """EBM, EBDResponse, ConnectionCheck, ...; as written."""
    return text_of(root, "ebdtype") or ("EBM" if child(root, "ebm") is not None else "")


def read_ebm(root: Element, media: Mapping[str, bytes], zone: tzinfo | None) -> Alert:
    """The alert of an EBD whose kind is EBM. ``media`` are the other files of its package by name."""
    ebm = child(root, "ebm")
    ebm = root if ebm is None else ebm
    basic, source = _part(ebm, "msgbasicinfo", "msgbaseinfo"), _part(root, "src", "source")
    doubts: list[str] = []
    notes: list[str] = []
    sent_text = text_of(basic, "sendtime", "senttime") or text_of(root, "ebdtime")
    sent, begins, ends = (
        _moment(text, name, zone, doubts) for text, name in (
            (sent_text, "SendTime"), (text_of(basic, "starttime"), "StartTime"), (text_of(basic, "endtime"), "EndTime"),
        )
    )  # fmt: skip
    kind = text_of(basic, "msgtype")
    status, msg_type = _TYPES.get(kind, ("", ""))
    if not status:
        doubts.append(f"MsgType {kind[:20]!r} is none of 1 to 5")
    related = tuple(Reference("", line(text), None) for each in children(ebm, "relatedinfo") if (text := text_of(each, "ebmid")))
    identifier = line(text_of(ebm, "ebmid"))
    if msg_type == "Cancel" and not related and identifier:
        related = (Reference("", identifier, None),)  # some cancel under the number of the message itself
    elif msg_type == "Alert" and related:
        msg_type = "Update"
    sender = line(text_of(source, "ebrid", "ebeid") or text_of(basic, "sendercode"))
    doubts += [f"{name} is missing" for name, value in (("EBMID", identifier), ("SRC/EBRID", sender), ("SendTime", sent_text)) if not value]
    infos = tuple(
        _info(content, basic, media, begins=begins, ends=ends, doubts=doubts, notes=notes) for content in children(ebm, "msgcontent")
    )  # fmt: skip
    return Alert(
        form="EBM", identifier=identifier, sender=sender, sent=sent, sent_text=line(sent_text), status=status, msg_type=msg_type, scope="Public", references=related,
        infos=infos, doubts=tuple(doubts), notes=tuple(notes),
    )  # fmt: skip


def _part(element: Element, *names: str) -> Element:
    found = child(element, *names)
    return Element("nothing") if found is None else found


def _moment(text: str, name: str, zone: tzinfo | None, doubts: list[str]) -> datetime | None:
    at = moment(text, zone)
    if text and at is None:
        doubts.append(f"{name} {text[:40]!r} is no moment")
    return at


def _info(
    content: Element, basic: Element, media: Mapping[str, bytes], *, begins: datetime | None, ends: datetime | None, doubts: list[str], notes: list[str],
) -> Info:  # fmt: skip
    language = text_of(content, "languagecode").lower()
    codes = tuple(("AreaCode", code) for code in re.split(r"[,，;；、\s]+", text_of(content, "areacode")) if code)
    return Info(
        language=_LANGUAGES.get(language, language), event=line(text_of(basic, "eventtype")), severity=_SEVERITY.get(text_of(basic, "severity"), "Unknown"),
        onset=begins, expires=ends, sender_name=line(text_of(basic, "sendername")), headline=line(text_of(content, "msgtitle")),
        description=lines(text_of(content, "msgdesc")), regions=(Region(geocodes=codes),) if codes else (),
        sounds=tuple(_sounds(content, media, doubts, notes)),
    )  # fmt: skip


def _sounds(content: Element, media: Mapping[str, bytes], doubts: list[str], notes: list[str]) -> list[str]:
    """The names of the recordings that came along; one whose digest is not what the text says is a doubt."""
    found = []
    for each in children(content, "auxiliary"):
        name, digest = text_of(each, "auxiliarydesc"), text_of(each, "digest").lower()
        held = media.get(name) or media.get(name.rpartition("/")[2])
        if held is None:
            notes.append(f"the file {name[:80]!r} is named and not in the package")
            continue
        if digest and digest not in digests(held):
            doubts.append(f"the file {name[:80]!r} is not the one that the text describes: its digest differs")
        if text_of(each, "auxiliarytype") == SOUND:
            found.append(name)
    return found


def digests(data: bytes) -> set[str]:
    """The digests that packages give: SM3 where this Python's OpenSSL has it, SHA-256, MD5 of the first edition."""
    found = {hashlib.sha256(data).hexdigest(), hashlib.md5(data, usedforsecurity=False).hexdigest()}
    if "sm3" in hashlib.algorithms_available:
        found.add(hashlib.new("sm3", data).hexdigest())
    return found
