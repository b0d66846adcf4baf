"""Warnings and places made for tests, one line each."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from datetime import UTC, datetime

from articles.alerts.decide import Decision, Known, Speakers, decide
from articles.alerts.model import Alert
from articles.alerts.places import Map, Place
from articles.alerts.read import read
from articles.alerts.trust import Trust
from tts.dialects import DIALECTS, normalise_writing

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""Twelve o'clock in the village."""
SQUARE = "30.0,120.0 30.0,121.0 31.0,121.0 31.0,120.0 30.0,120.0"
SPEAKERS = Speakers(normalise_writing, lambda lang: tuple(each.code for each in DIALECTS.values() if lang in each.writings), lambda text: "zh-Hans")
PLACES = (
    Place("county", "云岭县", (("code", "330102000000"),)), Place("town", "石桥镇", (("code", "330102001000"),)),
    Place("a", "上坪村", (("code", "330102001201"),), point=(30.5, 120.5)), Place("b", "下涌村", (("code", "330102001202"),), point=(30.6, 121.5)),
    Place("far", "邻县", (("code", "330109000000"),), point=(29.0, 120.5)),
)  # fmt: skip


def area(*, desc: str = "somewhere", polygon: str = "", circle: str = "", code: str = "", scheme: str = "行政区划") -> str:
    parts = [f"<areaDesc>{desc}</areaDesc>"]
    parts += [f"<polygon>{polygon}</polygon>"] if polygon else []
    parts += [f"<circle>{circle}</circle>"] if circle else []
    parts += [f"<geocode><valueName>{scheme}</valueName><value>{code}</value></geocode>"] if code else []
    return f"<area>{''.join(parts)}</area>"


def info(
    *, lang: str = "zh-CN", event: str = "暴雨", urgency: str = "Immediate", severity: str = "Severe", certainty: str = "Observed", response: str = "",
    onset: str = "", expires: str = "2026-11-24T20:00:00+08:00", headline: str = "河水正在上涨", text: str = "请沿河住户立即到高处去。", where: str | None = None, more: str = "",
) -> str:  # fmt: skip
    return (
        f"<info><language>{lang}</language><category>Met</category><event>{event}</event>"
        + (f"<responseType>{response}</responseType>" if response else "")
        + f"<urgency>{urgency}</urgency><severity>{severity}</severity><certainty>{certainty}</certainty>"
        + (f"<onset>{onset}</onset>" if onset else "") + (f"<expires>{expires}</expires>" if expires else "")
        + f"<headline>{headline}</headline><description>{text}</description>{more}"
        + (area(code="330102001201") if where is None else where) + "</info>"
    )  # fmt: skip


def cap(
    *infos: str, name: str = "A1", sender: str = "weather@example.org", sent: str = "2026-11-24T11:50:00+08:00", status: str = "Actual", kind: str = "Alert",
    scope: str = "Public", refs: str = "", space: str = 'xmlns="urn:oasis:names:tc:emergency:cap:1.2"',
) -> str:  # fmt: skip
    return (
        f"<alert {space}><identifier>{name}</identifier><sender>{sender}</sender><sent>{sent}</sent><status>{status}</status>"
        f"<msgType>{kind}</msgType>" + (f"<scope>{scope}</scope>" if scope else "") + (f"<references>{refs}</references>" if refs else "")
        + "".join(infos) + "</alert>"
    )  # fmt: skip


def ref(name: str = "A1", sender: str = "weather@example.org", sent: str = "2026-11-24T11:50:00+08:00") -> str:
    return f"{sender},{name},{sent}"


def alerts(*texts: str) -> list[Alert]:
    return [each for text in texts for each in read(text.encode(), Trust().zone).alerts]


def decided(*texts: str, now: datetime = NOON, trust: Trust | None = None, places: Sequence[Place] | None = PLACES, known: Sequence[Known] = ()) -> list[Decision]:
    return decide(
        alerts(*texts), now=now, trust=trust or Trust(), places=None if places is None else Map(places), speakers=SPEAKERS, known=known
    )  # fmt: skip


def actions(*texts: str, now: datetime = NOON) -> list[str]:
    return [each.action for each in decided(*texts, now=now)]


EBD = """<?xml version="1.0" encoding="UTF-8"?><EBD xmlns:xs="http://www.w3.org/2001/XMLSchema"><EBDVersion>1.0</EBDVersion>
<EBDID>10433010200000001010101010000000000000001</EBDID><EBDType>{ebd_type}</EBDType><SRC><EBRID>43301020000000101010101</EBRID></SRC>
<EBDTime>2026-11-24 11:50:00</EBDTime><EBM><EBMVersion>1.0</EBMVersion><EBMID>{name}</EBMID>{related}<MsgBasicInfo><MsgType>{kind}</MsgType>
<SenderName>云岭县应急广播平台</SenderName><SenderCode>43301020000000101010101</SenderCode><SendTime>2026-11-24 11:50:00</SendTime>
<EventType>11B03</EventType><Severity>{severity}</Severity><StartTime>2026-11-24 11:50:00</StartTime><EndTime>2026-11-24 23:59:59</EndTime></MsgBasicInfo>
<MsgContent><LanguageCode>zho</LanguageCode><MsgTitle>水库泄洪</MsgTitle><MsgDesc>水库今晚泄洪，请远离河道。</MsgDesc><AreaCode>{areas}</AreaCode>
<ProgramNum>1</ProgramNum>{auxiliary}</MsgContent></EBM></EBD>"""


def ebd(
    *, name: str = "E1", kind: str = "1", severity: str = "1", areas: str = "330102001000", related: str = "", auxiliary: str = "", ebd_type: str = "EBM",
) -> str:  # fmt: skip
    related = f"<RelatedInfo><EBMID>{related}</EBMID></RelatedInfo>" if related else ""
    return EBD.format(name=name, kind=kind, severity=severity, areas=areas, related=related, auxiliary=auxiliary, ebd_type=ebd_type)


def tar(**files: bytes) -> bytes:
    """A package; underscores of the last part of a name become its dot (``a_xml``)."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as opened:
        for name, content in files.items():
            entry = tarfile.TarInfo(".".join(name.rsplit("_", 1)))
            entry.size = len(content)
            opened.addfile(entry, io.BytesIO(content))
    return made.getvalue()
