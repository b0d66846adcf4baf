"""EBD packages between platforms (GD/J 082-2018, GD/J 083-2018): what is asked is read, what answers is written. No database, no clock, no line.

An EBDID is the kind of package (01 a sign of life, 10 anything else), the resource number of its sender and 16 digits that count up (all 0 in
a sign of life). Times are local, ``YYYY-MM-DD hh:mm:ss``.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from articles.alerts import ebm, markup, package
from articles.alerts.errors import BadAlert
from articles.alerts.markup import child, name_of, text_of, texts_of
from articles.alerts.model import line, moment

RESOURCE = re.compile(r"\d{18}(?:\d{5})?")
"""The number of a platform: 18 digits, or 23 as since 2018."""
OK, UNREADABLE, INCOMPLETE, UNSEALED, OTHER = 1, 2, 3, 4, 5
"""Results of an EBDResponse: taken; not to be read; something missing; signature not good; anything else."""
RESULTS = {OK: "接收解析及数据校验成功", UNREADABLE: "接收解析失败", INCOMPLETE: "数据内容缺失", UNSEALED: "签名验证失败", OTHER: "其它错误"}
UNDECIDED, WAITING, PLAYING, DONE, FAILED, CANCELLED = 0, 1, 2, 3, 4, 5
"""Broadcast states of an EBM."""
STATES = {UNDECIDED: "未处理", WAITING: "等待播发", PLAYING: "播发中", DONE: "播发成功", FAILED: "播发失败", CANCELLED: "播发取消"}
FINAL = (DONE, FAILED, CANCELLED)
RUNNING, OFF, FAULT = 1, 2, 3
"""States of a platform or terminal: works, is off, has a fault."""
CONDITIONS = {RUNNING: "开机/运行正常", OFF: "关机/停止运行", FAULT: "故障"}
WANTED = ("EBRPSInfo", "EBRDTInfo", "EBRPSState", "EBRDTState", "EBMBrdLog")
"""What of ours may be asked for by an OMDRequest."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Asked:
    """The head of a package that came. ``ebm_ids`` are the messages it asks about, ``wanted`` the data; ``full``: all of it, not what is new."""

    kind: str
    ebd_id: str
    sender: str
    ebm_ids: tuple[str, ...] = ()
    wanted: str = ""
    since: datetime | None = None
    until: datetime | None = None
    full: bool = True


def read_head(data: bytes, zone: tzinfo | None) -> Asked:
    """What a package is and asks. Raises BadAlert where it is no EBD or cannot be read."""
    if package.is_tar(data):
        parts = [content for name, content in package.members(data).items() if name.lower().endswith(".xml")]
    else:
        parts = [data]
    roots = [markup.parse(each) for each in parts]
    root = next((each for each in roots if ebm.is_package(each)), None)
    if root is None:
        raise BadAlert("the package holds no EBD")
    kind = ebm.kind_of(root)
    source = child(root, "src", "source")
    request = child(root, kind.lower()) if kind else None
    told = Element("nothing") if request is None else request
    bounds = child(told, "params")
    bounds = told if bounds is None else bounds
    return Asked(
        kind, line(text_of(root, "ebdid")), line(text_of(source, "ebrid", "ebeid")) if source is not None else "",
        tuple(line(text) for each in told.iter() if name_of(each) == "ebm" for text in texts_of(each, "ebmid")), line(text_of(told, "omdtype")),
        moment(text_of(bounds, "rptstarttime"), zone), moment(text_of(bounds, "rptendtime"), zone), text_of(bounds, "rpttype").lower() != "incremental",
    )  # fmt: skip


def response_of(data: bytes) -> tuple[int, str]:
    """The result and the words of an EBDResponse, as a TAR or bare. Raises BadAlert where it is none."""
    parts = package.members(data).values() if package.is_tar(data) else (data,)
    for each in parts:
        try:
            root = markup.parse(each)
        except BadAlert:
            continue
        told = child(root, "ebdresponse") if ebm.is_package(root) else None
        if told is not None and text_of(told, "resultcode").isdecimal():
            return int(text_of(told, "resultcode")[:4]), line(text_of(told, "resultdesc"))[:300]
    raise BadAlert("the answer is no EBDResponse")


# what is written


@dataclass(frozen=True)
class Us:
    """Who sends: our resource number at the other platform, and our address."""

    resource: str
    url: str
    zone: tzinfo

    def number(self, serial: int) -> str:
        """The EBDID of our package number ``serial``."""
        return f"10{self.resource}{serial:016d}"

    @property
    def beat(self) -> str:
        """The EBDID of a sign of life."""
        return f"01{self.resource}{0:016d}"

    def local(self, at: datetime) -> str:
        """A moment as packages tell it."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")


def document(us: Us, ebd_id: str, kind: str, body: Element | None, now: datetime, related: str = "") -> bytes:
    """An EBD. ``related``: the EBDID that it answers."""
    root = Element("EBD", {"xmlns:xs": "http://www.w3.org/2001/XMLSchema"})
    _texts(root, EBDVersion="1.0", EBDID=ebd_id, EBDType=kind)
    _texts(SubElement(root, "SRC"), EBRID=us.resource, **({"URL": us.url} if us.url else {}))
    _texts(root, EBDTime=us.local(now))
    if related:
        _texts(SubElement(root, "RelatedEBD"), EBDID=related)
    if body is not None:
        root.append(body)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def response(us: Us, ebd_id: str, code: int, words: str, now: datetime, related: str = "") -> bytes:
    """That a package was taken, or why not."""
    body = Element("EBDResponse")
    _texts(body, ResultCode=str(code), ResultDesc=(words or RESULTS[code])[:300])
    return document(us, ebd_id, "EBDResponse", body, now, related)


def sign_of_life(us: Us, now: datetime) -> bytes:
    body = Element("ConnectionCheck")
    _texts(body, RptTime=us.local(now))
    return document(us, us.beat, "ConnectionCheck", body, now)


@dataclass(frozen=True)
class Played:
    """What became of an EBM. ``share`` is of the terminals meant, 0..1; ``areas`` the codes where it was heard."""

    ebm_id: str
    code: int
    words: str
    areas: Sequence[str]
    share: float
    began: datetime | None = None
    ended: datetime | None = None
    basics: Mapping[str, str] | None = None  # MsgType, SenderName, SendTime, ... as they came
    content: Mapping[str, str] | None = None  # LanguageCode, MsgTitle, MsgDesc, AreaCode


def state(us: Us, played: Played, now: datetime) -> Element:
    """An EBMStateResponse."""
    body = Element("EBMStateResponse")
    _texts(body, RptTime=us.local(now))
    _texts(SubElement(body, "EBM"), EBMID=played.ebm_id)
    _outcome(us, body, played, now)
    return body


def record(us: Us, plays: Iterable[Played], since: datetime | None, until: datetime | None, full: bool, now: datetime) -> Element:
    """An EBMBrdLog: what was played in a time."""
    body = Element("EBMBrdLog")
    _bounds(us, body, since, until, full)
    for each in plays:
        item = SubElement(body, "EBMBrdItem")
        message = SubElement(item, "EBM")
        _texts(message, EBMVersion="1.0", EBMID=each.ebm_id)
        _texts(SubElement(message, "MsgBasicInfo"), **(each.basics or {}))
        _texts(SubElement(message, "MsgContent"), **(each.content or {}))
        _outcome(us, item, each, now)
    return body


def _outcome(us: Us, body: Element, played: Played, now: datetime) -> None:
    _texts(body, BrdStateCode=str(played.code), BrdStateDesc=(played.words or STATES[played.code])[:300])
    _texts(SubElement(body, "Coverage"), CoverageRate=f"{played.share:.2f}", AreaCode=",".join(played.areas))
    item = SubElement(SubElement(body, "ResBrdInfo"), "ResBrdItem")
    _texts(SubElement(item, "EBRPS"), EBRID=us.resource)
    times = {"StartTime": us.local(played.began)} if played.began else {}
    times |= {"EndTime": us.local(played.ended)} if played.ended else {}
    _texts(
        SubElement(item, "EBRBS"), RptTime=us.local(now), BrdSysInfo=us.resource, **times, BrdStateCode=str(played.code), BrdStateDesc=STATES[played.code]
    )


@dataclass(frozen=True)
class Device:
    """A platform or terminal as another platform sees it. ``condition``: RUNNING, OFF or FAULT; ``where`` (longitude, latitude) in degrees."""

    resource: str
    name: str
    condition: int = RUNNING
    kind: str = ""
    area: str = ""
    where: tuple[float, float] | None = None
    words: str = ""
    at: datetime | None = None


def inventory(us: Us, kind: str, devices: Iterable[Device], now: datetime, since: datetime | None = None, until: datetime | None = None, full: bool = True) -> Element:
    """An EBRPSInfo, EBRDTInfo, EBRPSState or EBRDTState: who is there, or how it stands with them."""
    body = Element(kind)
    _bounds(us, body, since, until, full)
    one = kind.removesuffix("Info").removesuffix("State")
    for each in devices:
        row = SubElement(body, one)
        _texts(row, RptTime=us.local(each.at or now))
        if kind.endswith("State"):
            _texts(row, EBRID=each.resource, StateCode=str(each.condition), StateDesc=each.words or CONDITIONS[each.condition])
            continue
        _texts(row, RptType="Sync")
        if one == "EBRDT":
            _texts(SubElement(row, "RelatedEBRPS"), EBRID=us.resource)
        _texts(row, EBRID=each.resource, EBRName=each.name)
        where = {"Longitude": f"{each.where[0]:.6f}", "Latitude": f"{each.where[1]:.6f}"} if each.where else {}
        _texts(row, **({"Address": each.area} if each.area else {}), **where)
        if one == "EBRPS":
            _texts(row, URL=us.url)
    return body


def _bounds(us: Us, body: Element, since: datetime | None, until: datetime | None, full: bool) -> None:
    times = {"RptStartTime": us.local(since)} if since else {}
    times |= {"RptEndTime": us.local(until)} if until else {}
    _texts(SubElement(body, "Params"), **times, RptType="Full" if full else "Incremental")


def xml_text(text: str) -> str:
    """A text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)


def _texts(element: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(element, name).text = xml_text(text)


def packed(ebd_id: str, xml: bytes, now: datetime, media: Mapping[str, bytes] | None = None, seal: bytes | None = None) -> bytes:
    """A TAR with the EBD, what comes along and (``seal``) the file of its signature."""
    files = {f"EBDB_{ebd_id}.xml": xml, **(media or {})} | ({f"EBDS_EBDB_{ebd_id}.xml": seal} if seal else {})
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as opened:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), int(now.timestamp())
            opened.addfile(entry, io.BytesIO(content))
    return made.getvalue()
