"""The platform of a source of warnings: its packages are taken and answered, and what becomes of its messages is written down for it.

Nothing here sends: rows say what it is to be told, and ``broadcast.exchange_line`` brings them there (GD/J 082-2018, GD/J 083-2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from articles.alerts import ebd
from articles.alerts.decide import Speakers
from articles.alerts.ebd import Asked, Device, Played, Us
from articles.alerts.errors import BadAlert
from articles.alerts.read import read
from articles.alerts.receive import receive, trust_of
from articles.alerts.signatures import with_signatures
from articles.errors import BadFeed, Refused
from articles.feeds import check_url
from articles.models import AlertSource, ReceivedAlert
from broadcast.models import AlertEmergency, Emergency, EmergencyArea, EmergencySent, Exchange, ExchangePackage, Receipt
from broadcast.recorded import attach, decoded
from devices.models import Terminal
from station import audit
from station.clock import from_ms
from station.database import Database
from station.files import Files
from station.models import Area, Person
from station.people import require

REMEMBERED = timedelta(days=60)
CHUNK = 500
"""So many terminals, or records, go into one package."""
_SEVERITY = {"red": "1", "orange": "2", "yellow": "3", "blue": "4"}
_LANGUAGES = {"zh-Hans": "zho", "zh-Hant": "zho", "bo": "bod", "ug": "uig", "en": "eng"}


def set_exchange(session: Session, source: AlertSource, person: Person, *, resource: str, url: str, now: datetime, private: bool = False) -> Exchange | None:
    """From now on the source's platform is told what becomes of its messages; with an empty ``url`` no more. ``private``: it may lie in a private network.

    Raises NotAllowed, Refused.
    """
    require(session, person, "people", source.area)
    resource, url = resource.strip(), url.strip()
    found = session.get(Exchange, source.id)
    if not url:
        if found is not None:
            session.delete(found)
    else:
        if not ebd.RESOURCE.fullmatch(resource):
            raise Refused("our number at that platform has 18 digits, or 23: its people give it out", "resource")
        try:
            check_url(url, private)
        except BadFeed as error:
            hint = "" if private else "; the setting private_peers allows addresses of a private network"
            raise Refused(f"{error}{hint}", "url") from error
        if found is None:
            found = Exchange(source_id=source.id, resource=resource, url=url, serial=0)
            session.add(found)
        found.resource, found.url, found.attempts, found.not_before, found.error = resource, url, 0, None, ""
    session.flush()
    audit.record(session, person=person, act="set exchange", subject="alert_source", subject_id=source.id, area=source.area, now=now, url=url, resource=resource)
    return found if url else None


def us(exchange: Exchange, public_url: str) -> Us:
    """Who we are at that platform."""
    return Us(exchange.resource, public_url, trust_of(exchange.source).zone or UTC)


# what comes


def answer(session: Session, files: Files, exchange: Exchange, data: bytes, speakers: Speakers, now: datetime, public_url: str) -> bytes:
    """Take a package; the EBDResponse, packed. What else it asked for is written down, to be sent at once."""
    ours = us(exchange, public_url)
    asked = Asked("", "", "")
    known = session.scalar(select(func.max(ReceivedAlert.id))) or 0
    try:
        asked = ebd.read_head(data, ours.zone)
        code, words = _taken(session, files, exchange, asked, data, speakers, now, ours)
    except (BadAlert, RecursionError) as error:
        code, words = ebd.UNREADABLE, str(error)
    ebd_id = ours.number(_serial(session, exchange))
    for row in session.scalars(select(ReceivedAlert).where(ReceivedAlert.source_id == exchange.source_id, ReceivedAlert.id > known).order_by(ReceivedAlert.id)):
        _tell(session, exchange, row, now, ours)  # the first state goes out with the answer, and does not wait for the next look
    return ebd.packed(ebd_id, ebd.response(ours, ebd_id, code, words, now, asked.ebd_id[:64]), now)


def _taken(
    session: Session, files: Files, exchange: Exchange, asked: Asked, data: bytes, speakers: Speakers, now: datetime, ours: Us,
) -> tuple[int, str]:  # fmt: skip
    trust = trust_of(exchange.source)
    if trust.senders and asked.sender not in trust.senders:
        return ebd.OTHER, f"the sender {asked.sender[:40]!r} is not one of {exchange.source.name}"
    match asked.kind.lower():
        case "ebm":
            return _message(session, files, exchange.source, data, speakers, now)
        case "connectioncheck":
            exchange.heard_at = now
            return ebd.OK, ""
        case "ebmstaterequest":
            return _states_asked(session, exchange, asked, now, ours)
        case "omdrequest" if asked.wanted in ebd.WANTED:
            for body in _data(session, exchange, asked.wanted, asked, now, ours):
                queue(session, exchange, ours, asked.wanted, body, now, related=asked.ebd_id)
            return ebd.OK, ""
        case "omdrequest":
            return ebd.OTHER, f"no data of the kind {asked.wanted[:40]!r} here: {', '.join(ebd.WANTED)}"
    return ebd.OTHER, f"nothing is done with a package of the kind {asked.kind[:40]!r}"


def _message(session: Session, files: Files, source: AlertSource, data: bytes, speakers: Speakers, now: datetime) -> tuple[int, str]:
    trust = trust_of(source)
    signed = with_signatures(read(data, trust.zone).sources, trust, now)
    sounds, _problems = decoded(data)
    rows, _links, problems = receive(session, files, source, data, speakers, now)
    attach(session, files, rows, sounds, now)
    if not signed:
        return ebd.INCOMPLETE, "; ".join(problems)
    bad = next((each.signed for each in signed if each.signed.state == "broken" or (trust.signature == "required" and each.signed.state != "known")), None)
    if bad is not None:
        return ebd.UNSEALED, bad.why or "it is not signed by anybody on the list"
    lacks = [text for each in signed for text in each.doubts if text.endswith("is missing")]
    if lacks and any(row.state == "inbox" for row in rows):
        return ebd.INCOMPLETE, "; ".join(lacks)
    return ebd.OK, ""


def _states_asked(session: Session, exchange: Exchange, asked: Asked, now: datetime, ours: Us) -> tuple[int, str]:
    if not asked.ebm_ids:
        return ebd.INCOMPLETE, "EBMID is missing"
    query = select(ReceivedAlert).where(ReceivedAlert.source_id == exchange.source_id, ReceivedAlert.identifier.in_(asked.ebm_ids)).order_by(ReceivedAlert.id)
    rows = {row.identifier: row for row in session.scalars(query)}
    unknown = [each for each in asked.ebm_ids if each not in rows]
    for row in rows.values():
        queue(session, exchange, ours, "EBMStateResponse", ebd.state(ours, standing(session, row, now), now), now, related=asked.ebd_id)
    return (ebd.OTHER, f"no message {unknown[0][:64]!r} came from there") if unknown else (ebd.OK, "")


# what it is told


def queue(
    session: Session, exchange: Exchange, ours: Us, kind: str, body: Element, now: datetime, *, related: str = "", alert: ReceivedAlert | None = None, code: int | None = None,
) -> None:  # fmt: skip
    """A package that will be brought there, in the order of these calls."""
    ebd_id = ours.number(_serial(session, exchange))
    xml = ebd.document(ours, ebd_id, kind, body, now, related[:64]).decode()
    session.add(
        ExchangePackage(
            source_id=exchange.source_id, kind=kind, ebd_id=ebd_id, related=related[:64], alert_id=alert.id if alert else None, code=code, xml=xml, created_at=now
        )
    )
    session.flush()


def _serial(session: Session, exchange: Exchange) -> int:
    """The next number, never given twice."""
    session.execute(update(Exchange).where(Exchange.source_id == exchange.source_id).values(serial=Exchange.serial + 1))
    session.refresh(exchange, ["serial"])
    return exchange.serial


def tell_one(db: Database, now: datetime, public_url: str) -> bool:
    """Write down the states that a platform was not told yet; False when there are none."""
    ended = exists().where(ExchangePackage.alert_id == ReceivedAlert.id, ExchangePackage.code.in_(ebd.FINAL))
    query = select(ReceivedAlert).join(Exchange, Exchange.source_id == ReceivedAlert.source_id).where(ReceivedAlert.received_at > now - REMEMBERED, ~ended)
    with db.reading() as session:
        due = [row.id for row in _stirred(session, session.scalars(query.order_by(ReceivedAlert.id)).all()) if _untold(session, row, now)]
    for number in due:
        with db.session() as session:
            row = session.get_one(ReceivedAlert, number)
            exchange = session.get(Exchange, row.source_id, with_for_update=True)
            if exchange is not None:
                _tell(session, exchange, row, now, us(exchange, public_url))
    return bool(due)


def _tell(session: Session, exchange: Exchange, row: ReceivedAlert, now: datetime, ours: Us) -> None:
    for played in _untold(session, row, now):
        queue(session, exchange, ours, "EBMStateResponse", ebd.state(ours, played, now), now, alert=row, code=played.code)


def _stirred(session: Session, rows: Sequence[ReceivedAlert]) -> list[ReceivedAlert]:
    """Those worth a closer look: not the ones that were told to wait and wait still, which may be many for hours. Two queries for all."""
    waiting = {row.id: row for row in rows if row.state in ("inbox", "play")}
    if not waiting:
        return list(rows)
    told = session.execute(select(ExchangePackage.alert_id, ExchangePackage.code).where(ExchangePackage.alert_id.in_(waiting), ExchangePackage.code.is_not(None)))
    codes = {(alert, code) for alert, code in told}
    ordered = set(session.scalars(select(AlertEmergency.alert_id).where(AlertEmergency.alert_id.in_(waiting))))
    quiet = {row.id for row in waiting.values() if (row.id, ebd.UNDECIDED if row.state == "inbox" else ebd.WAITING) in codes and row.id not in ordered}
    return [row for row in rows if row.id not in quiet]


def _untold(session: Session, row: ReceivedAlert, now: datetime) -> list[Played]:
    """The states from the first that was not told to the present one: nobody is told that something was played which never waited."""
    told = set(session.scalars(select(ExchangePackage.code).where(ExchangePackage.alert_id == row.id, ExchangePackage.code.is_not(None))))
    present = standing(session, row, now)
    if present.code in told or told & set(ebd.FINAL):
        return []
    way = {ebd.PLAYING: (ebd.WAITING,), ebd.DONE: (ebd.WAITING, ebd.PLAYING)}.get(present.code, ()) if row.played_at else ()
    before = [Played(present.ebm_id, code, ebd.STATES[code], present.areas, 0.0) for code in way if code not in told]
    return [*before, present]


def standing(session: Session, row: ReceivedAlert, now: datetime) -> Played:
    """What became of a message until now."""
    codes = _codes(session, row)
    if row.state == "inbox":
        return Played(row.identifier, ebd.UNDECIDED, f"{ebd.STATES[ebd.UNDECIDED]}: {row.why}", codes, 0.0)
    if row.state == "dismissed":
        return Played(row.identifier, ebd.CANCELLED, f"{ebd.STATES[ebd.CANCELLED]}: {row.reason}", codes, 0.0)
    if row.state == "done":
        code = ebd.FAILED if row.action == "ignore" else ebd.DONE
        return Played(row.identifier, code, f"{ebd.STATES[code]}: {row.why}", codes, 0.0 if row.action == "ignore" else 1.0)
    query = select(Emergency).join(AlertEmergency, AlertEmergency.emergency_id == Emergency.id).where(AlertEmergency.alert_id == row.id)
    orders = session.scalars(query.order_by(Emergency.id)).all()
    code = _code(session, row, orders)
    if code == ebd.WAITING or not orders:
        return Played(row.identifier, code, ebd.STATES[code], codes, 0.0)
    meant, heard, began, ended = _heard(session, orders)
    share = heard / meant if meant else 0.0
    if code == ebd.PLAYING and meant and heard >= meant:
        code = ebd.DONE
    elif code == ebd.DONE and heard < meant:
        code = ebd.FAILED  # part of the terminals counts as failed, says the specification
    return Played(row.identifier, code, f"{ebd.STATES[code]}: {heard}/{meant}", codes, share, began, ended)


def _code(session: Session, row: ReceivedAlert, orders: Sequence[Emergency]) -> int:
    """Waiting, playing, done (whoever heard it) or cancelled."""
    if any(each.state == "live" for each in orders) and row.state == "play":
        sent = session.scalar(select(EmergencySent.emergency_id).where(EmergencySent.emergency_id.in_([each.id for each in orders])).limit(1))
        return ebd.PLAYING if sent is not None else ebd.WAITING
    if row.how in ("cancelled", "stopped") or any(each.how in ("cancelled", "refused") for each in orders):
        return ebd.CANCELLED
    return ebd.DONE if orders else ebd.WAITING if row.state == "play" else ebd.CANCELLED


def _heard(session: Session, orders: Sequence[Emergency]) -> tuple[int, int, datetime | None, datetime | None]:
    """How many terminals were meant and how many heard it to the end; the first and the last sound."""
    ids = [each.id for each in orders]
    paths = session.scalars(select(Area.path).join(EmergencyArea, EmergencyArea.area_id == Area.id).where(EmergencyArea.emergency_id.in_(ids))).all()
    there = or_(*(Area.path.startswith(path) for path in paths))
    meant = session.scalar(select(func.count()).select_from(Terminal).join(Area, Terminal.area_id == Area.id).where(Terminal.state == "active", there)) or 0
    whole = (Receipt.emergency_id.in_(ids), Receipt.result == "finished")
    heard, ended = session.execute(select(func.count(func.distinct(Receipt.terminal_id)), func.max(Receipt.start_ms + Receipt.dur_ms)).where(*whole)).one()
    began = session.scalar(select(func.min(Receipt.start_ms)).where(Receipt.emergency_id.in_(ids), Receipt.result == "started", Receipt.start_ms > 0))
    return meant, heard, from_ms(round(began)) if began else None, from_ms(round(ended)) if ended else None


def _codes(session: Session, row: ReceivedAlert) -> list[str]:
    areas = {number for part in row.parts for number in part["areas"]}
    found = session.scalars(select(Area.code).where(Area.id.in_(areas), Area.code.is_not(None)).order_by(Area.code)).all()
    return [code for code in found if code] or [code for code in (row.source.area.code,) if code]


# data about ourselves


def inform(session: Session, exchange: Exchange, ours: Us, kinds: Sequence[str], now: datetime) -> None:
    """Who we are (EBRPSInfo, EBRDTInfo), or how it stands with us (EBRPSState, EBRDTState), unasked."""
    for kind in kinds:
        for body in _data(session, exchange, kind, Asked(kind, "", ""), now, ours):
            queue(session, exchange, ours, kind, body, now)


def _data(session: Session, exchange: Exchange, kind: str, asked: Asked, now: datetime, ours: Us) -> Iterator[Element]:
    if kind == "EBMBrdLog":
        yield from _records(session, exchange, asked, now, ours)
    elif kind.startswith("EBRPS"):
        place = exchange.source.area
        yield ebd.inventory(ours, kind, [Device(ours.resource, f"{place.name}应急广播平台", area=place.name)], now, asked.since, asked.until, asked.full)
    else:
        yield from _terminals(session, exchange, kind, asked, now, ours)


def _terminals(session: Session, exchange: Exchange, kind: str, asked: Asked, now: datetime, ours: Us) -> Iterator[Element]:
    """CHUNK terminals a package; at least one, empty where there are none. Of what is new (by its day of pairing) only the lists tell, states are told whole."""
    new = [Terminal.created_at >= asked.since] if asked.since and not asked.full and kind.endswith("Info") else []
    last = 0
    while True:
        query = select(Terminal).join(Area, Terminal.area_id == Area.id).where(Terminal.state == "active", Area.path.startswith(exchange.source.area.path), *new)
        rows = session.scalars(query.where(Terminal.id > last).order_by(Terminal.id).limit(CHUNK)).all()
        if rows or not last:
            yield ebd.inventory(ours, kind, [_device(ours, each) for each in rows], now, asked.since, asked.until, asked.full)
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def _device(ours: Us, row: Terminal) -> Device:
    condition = ebd.OFF if row.presence != "online" else ebd.FAULT if row.fault else ebd.RUNNING
    return Device(f"{ours.resource}{row.id:06d}", row.name, condition, row.kind, row.area.name, words=row.fault if condition == ebd.FAULT else "", at=row.last_seen_at)


def _records(session: Session, exchange: Exchange, asked: Asked, now: datetime, ours: Us) -> Iterator[Element]:
    bounds = [ReceivedAlert.received_at >= asked.since] if asked.since else []
    bounds += [ReceivedAlert.received_at <= asked.until] if asked.until else []
    last = 0
    while True:
        query = select(ReceivedAlert).where(ReceivedAlert.source_id == exchange.source_id, ReceivedAlert.action != "ignore", *bounds, ReceivedAlert.id > last)
        rows = session.scalars(query.order_by(ReceivedAlert.id).limit(CHUNK)).all()
        if rows or not last:
            yield ebd.record(ours, [_recorded(session, each, ours, now) for each in rows], asked.since, asked.until, asked.full, now)
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def _recorded(session: Session, row: ReceivedAlert, ours: Us, now: datetime) -> Played:
    played = standing(session, row, now)
    kind = "2" if row.kind.lower() == "cancel" else "3" if row.drill else "1"
    basics = {"MsgType": kind, "SenderName": row.source.name, "SenderCode": row.sender, "SendTime": ours.local(row.sent_at) if row.sent_at else "", "Severity": _SEVERITY.get(row.level, "0")}
    basics |= {name: ours.local(at) for name, at in (("StartTime", row.starts_at), ("EndTime", row.ends_at)) if at}
    languages: Mapping[str, Mapping[str, str]] = next((part["languages"] for part in row.parts if part["languages"]), {})
    lang, words = next(iter(languages.items()), ("", {"title": row.title, "text": ""}))
    content = {"LanguageCode": _LANGUAGES.get(lang, lang), "MsgTitle": words["title"] or row.title, "MsgDesc": words["text"], "AreaCode": ",".join(played.areas)}
    return Played(played.ebm_id, played.code, played.words, played.areas, played.share, played.began, played.ended, basics, content)
