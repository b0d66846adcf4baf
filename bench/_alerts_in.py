"""Warnings from outside in the emergency bench: a CAP file pushed through the real door, and EBD packages of a platform above that hears our answers."""

from __future__ import annotations

import http.server
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import select

from admin.fleet import LoopbackStation, wait_for
from articles import feeds
from articles.alerts import ebd, package
from articles.alerts.receive import add_source
from broadcast.exchange import set_exchange, tell_one
from broadcast.exchange_line import ExchangeLine
from station import clock
from station.loop import Loop, Step
from station.models import Area, Person

ROUNDS = 20
OURS, THEIRS = "43301020010000101010101", "43301020000000101010101"
CODE = "330102000000"
ZONE = ZoneInfo("Asia/Shanghai")
"""In which packages tell their times."""


class Above(http.server.BaseHTTPRequestHandler):
    """The platform above: notes when which package came, and takes it."""

    protocol_version = "HTTP/1.1"
    came: list[tuple[float, bytes]]

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((time.monotonic() * 1000, data))
        answer = ebd.packed("1", ebd.response(ebd.Us(THEIRS, "", ZONE), "1", ebd.OK, "", clock.now()), clock.now())
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Quiet: it is measured."""


@dataclass
class Gateway:
    """A source of warnings for the bench's city, the platform behind it, and the loops that answer it."""

    station: LoopbackStation
    client: FlaskClient
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        handler = type("Here", (Above,), {"came": []})
        self.came: list[tuple[float, bytes]] = handler.came  # type: ignore[attr-defined]
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        with self.station.db.session() as session:
            person = session.scalars(select(Person).where(Person.login == "fleet")).one()
            city = session.scalars(select(Area).where(Area.level == "city")).one()
            city.code = CODE
            trust = {"level": "city", "lowest": "blue", "rate": 100_000}
            source, self.token = add_source(session, person, city, name="bench", url="", trust=trust, now=clock.now())
            url = f"http://127.0.0.1:{self.server.server_address[1]}/ebd"
            set_exchange(session, source, person, resource=OURS, url=url, now=clock.now(), private=True)
        line = ExchangeLine(self.station.db, lambda *what: feeds.post(*what, allow_private=True), "http://127.0.0.1")
        loop = Loop([Step("exchange", 0.1, line.send_one), Step("tell", 0.25, lambda now: tell_one(self.station.db, now, "http://127.0.0.1"))])
        self.threads = [threading.Thread(target=self.server.serve_forever, daemon=True), threading.Thread(target=loop.run, args=(self.stop,), daemon=True)]
        for each in self.threads:
            each.start()

    def push_cap(self, text: str, *, name: str, kind: str = "Alert", refs: str = "") -> float:
        """A red warning for the city; monotonic milliseconds when it was handed over."""
        sent = clock.now().replace(microsecond=0).isoformat()
        ends = (clock.now() + timedelta(minutes=10)).replace(microsecond=0).isoformat()
        xml = (
            f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{name}</identifier><sender>bench</sender><sent>{sent}</sent><status>Actual</status>'
            f"<msgType>{kind}</msgType><scope>Public</scope>{f'<references>{refs}</references>' if refs else ''}<info><language>zh-CN</language><category>Met</category><event>洪水</event>"
            f"<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty><expires>{ends}</expires><headline>洪水红色预警</headline>"
            f"<description>{text}</description><area><areaDesc>here</areaDesc><geocode><valueName>code</valueName><value>{CODE}</value></geocode></area></info></alert>"
        )
        handed = time.monotonic() * 1000
        answer = self.client.post("/api/alerts", data=xml.encode(), headers={"Authorization": f"Bearer {self.token}"})
        if answer.status_code != 200 or [each["action"] for each in (answer.json or {}).get("alerts", [])] not in (["play"], ["cancel"]):
            raise RuntimeError(f"the warning was not taken: {answer.status_code} {answer.text[:300]}")
        return handed

    def push_ebm(self, name: str) -> tuple[float, float]:
        """Milliseconds until the EBDResponse, and until the platform above was told the first state of the message (waiting)."""
        local = (clock.now() - timedelta(seconds=1)).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        xml = (
            f"<EBD><EBDVersion>1.0</EBDVersion><EBDID>10{THEIRS}{int(name[1:]):016d}</EBDID><EBDType>EBM</EBDType><SRC><EBRID>{THEIRS}</EBRID></SRC><EBDTime>{local}</EBDTime>"
            f"<EBM><EBMVersion>1.0</EBMVersion><EBMID>{name}</EBMID><MsgBasicInfo><MsgType>3</MsgType><SenderName>bench</SenderName><SenderCode>{THEIRS}</SenderCode>"
            f"<SendTime>{local}</SendTime><EventType>11B03</EventType><Severity>4</Severity><StartTime>2030-01-01 00:00:00</StartTime><EndTime>2030-01-01 01:00:00</EndTime></MsgBasicInfo>"
            f"<MsgContent><LanguageCode>zho</LanguageCode><MsgTitle>演练</MsgTitle><MsgDesc>这是演练。</MsgDesc><AreaCode>{CODE}</AreaCode></MsgContent></EBM></EBD>"
        )
        began = time.monotonic() * 1000
        answer = self.client.post(f"/api/ebd/{self.token}", data=ebd.packed(name, xml.encode(), clock.now()))
        answered = time.monotonic() * 1000 - began
        if answer.status_code != 200 or ebd.response_of(answer.data)[0] != ebd.OK:
            raise RuntimeError(f"the package was not taken: {answer.status_code} {answer.text[:200]!r}")

        def told() -> list[float]:
            return [at for at, data in list(self.came) if f"<EBMID>{name}</EBMID>".encode() in package_of(data)]

        if not wait_for(lambda: bool(told()), 20):
            raise RuntimeError("the platform above was told nothing")
        return answered, min(told()) - began

    def ebm_figures(self) -> tuple[float, float]:
        """The slowest of ROUNDS: until the response, until the first message out."""
        rounds = [self.push_ebm(f"E{n}") for n in range(ROUNDS)]
        return max(each[0] for each in rounds), max(each[1] for each in rounds)

    def close(self) -> None:
        self.stop.set()
        self.server.shutdown()
        for each in self.threads:
            each.join(10)
        self.server.server_close()


def package_of(data: bytes) -> bytes:
    """The XML of a package that came as the file of a form."""
    tar = data[data.index(b"\r\n\r\n") + 4 :]
    return next(iter(package.members(tar[: tar.rindex(b"\r\n--")]).values()))

