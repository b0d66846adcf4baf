"""A warning comes in: written down once, decided, and what it ends is ended. Nothing here sends: rows say what is to be heard."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.alerts.decide import Decision, Known, Speakers, decide, names
from articles.alerts.errors import BadAlert
from articles.alerts.model import LEVELS, Reference
from articles.alerts.read import read
from articles.alerts.signatures import with_signatures
from articles.alerts.tree import map_of
from articles.alerts.trust import Trust, read_trust
from articles.errors import Conflict, Empty, NotNow, Refused
from articles.feeds import check_url
from articles.models import AlertSource, ReceivedAlert
from station.areas import is_below
from station.audit import record
from station.files import Files
from station.models import Area, Person
from station.people import require

REMEMBERED = timedelta(days=60)
"""A message that comes again later than this is old by any measure."""


def add_source(session: Session, person: Person, area: Area, *, name: str, url: str, trust: Mapping[str, Any], now: datetime) -> tuple[AlertSource, str]:
    """Somebody who may warn the area and what lies below; for one without an address also the token with which it pushes, shown once.

    Raises NotAllowed, BadAlert, BadFeed, Conflict, Refused.
    """
    require(session, person, "people", area)  # whoever may let others speak in a place is its administrator
    name, url = " ".join(name.split()), url.strip()
    if not 1 <= len(name) <= 100:
        raise Refused("give the source a name of 1 to 100 characters", "name")
    made = read_trust({**trust, "name": name})
    if url:
        check_url(url)
        if made.tls and not url.startswith("https://"):
            raise Refused("this source is trusted over https only: give an https address, or switch tls off", "url")
    if session.scalar(select(AlertSource.id).where(AlertSource.area_id == area.id, AlertSource.name == name)):
        raise Conflict(f"{area.name} has a source of this name already", "name")
    token = "" if url else secrets.token_urlsafe(32)
    source = AlertSource(
        area_id=area.id, added_by_id=person.id, name=name, url=url, trust=dict(trust), token_hash=hash_of(token) if token else None, created_at=now
    )  # fmt: skip
    session.add(source)
    session.flush()
    record(session, person=person, act="add source", subject="alert_source", subject_id=source.id, area=area, now=now, name=name, url=url, trust=dict(trust))
    return source, token


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def source_of_token(session: Session, token: str) -> AlertSource | None:
    """The active source that pushes with this token."""
    return session.scalar(select(AlertSource).where(AlertSource.token_hash == hash_of(token), AlertSource.active)) if token else None


def trust_of(source: AlertSource) -> Trust:
    return read_trust({**source.trust, "name": source.name})


def receive(
    session: Session, files: Files, source: AlertSource, data: bytes, speakers: Speakers, now: datetime, link: str = "",
) -> tuple[list[ReceivedAlert], list[str], list[str]]:  # fmt: skip
    """What is new in a file: its rows, the links of an index that lead to whole alerts which concern us, and problems in words.

    A message that was received before leaves no trace; one that ends others ends them in the same transaction.
    """
    trust = trust_of(source)
    found = read(data, trust.zone)
    alerts = with_signatures(found.sources, trust, now)
    remembered = list(session.scalars(select(ReceivedAlert).where(ReceivedAlert.source_id == source.id, ReceivedAlert.received_at > now - REMEMBERED)))
    decisions = decide(alerts, now=now, trust=trust, places=map_of(session, source.area), speakers=speakers, known=[_known(each) for each in remembered])
    rows = [row for each in decisions if each.alert.whole and (row := _write(session, files, source, data, each, link, now)) is not None]
    links = [each.alert.link for each in decisions if not each.alert.whole and each.action == "inbox" and each.alert.link]
    links += [each for each in found.links if each not in {decision.alert.link for decision in decisions}]
    for row in rows:
        if row.action != "inbox":
            _end_others(session, row, now)
    return rows, links, found.problems


def _known(row: ReceivedAlert) -> Known:
    decided = row.state not in ("inbox", "dismissed")
    action = row.action if row.action != "inbox" or not decided else "cancel" if row.kind.lower() == "cancel" else "all_clear" if row.clear else "play"
    return Known((row.sender, row.identifier, row.sent_at), action, row.drill, tuple(_references(row)) if decided else (), row.played_at)


def _references(row: ReceivedAlert) -> Iterable[Reference]:
    return (Reference(sender, identifier, datetime.fromisoformat(sent) if sent else None) for sender, identifier, sent in row.names)


def _identity(decision: Decision) -> str:
    sender, identifier, sent = decision.alert.identity
    whole = f"{sender}\n{identifier}\n{sent.isoformat() if sent else ''}"
    return hashlib.sha256((whole if identifier else f"{whole}\n{decision.alert.digest}").encode("utf-8", "replace")).hexdigest()


_STATES = {"play": "play", "drill": "play", "inbox": "inbox"}


def _write(session: Session, files: Files, source: AlertSource, data: bytes, decision: Decision, link: str, now: datetime) -> ReceivedAlert | None:
    """The row of a new message; None when there is one already."""
    alert, identity = decision.alert, _identity(decision)
    if session.scalar(select(ReceivedAlert.id).where(ReceivedAlert.source_id == source.id, ReceivedAlert.identity == identity)):
        return None
    words = next(iter(decision.languages.values()), None)
    row = ReceivedAlert(
        source_id=source.id, identity=identity, sender=alert.sender[:300], identifier=alert.identifier[:300], sent_at=alert.sent, kind=alert.msg_type[:16],
        link=link[:1000], file_sha256=files.put(data), action=decision.action, why=decision.why[:1000], level=decision.level or "", drill=decision.drill,
        clear=decision.clear, title=(words.title if words else alert.identifier)[:300], parts=[_part(each) for each in decision.parts],
        names=[[each.sender, each.identifier, each.sent.isoformat() if each.sent else ""] for each in (alert.references if decision.action == "inbox" else decision.stops)],
        starts_at=decision.starts, ends_at=decision.ends, state=_STATES.get(decision.action, "done"), received_at=now,
    )  # fmt: skip
    row.source = source
    session.add(row)
    session.flush()
    if decision.action == "ignore":
        return row  # thousands of a national feed concern nobody here
    record(
        session, person=None, act=f"alert_{decision.action}", subject="received_alert", subject_id=row.id, area=source.area, now=now,
        key=decision.key[:300], why=row.why, level=row.level,
    )  # fmt: skip
    return row


def _part(part: Any) -> dict[str, Any]:
    return {
        "level": part.level or "", "areas": [int(each) for each in part.areas], "starts": part.starts.isoformat(), "ends": part.ends.isoformat(),
        "languages": {
            lang: {"title": words.title, "text": words.text} | ({"sounds": list(words.sounds)} if words.sounds else {}) for lang, words in part.languages.items()
        },
    }  # fmt: skip


def _end_others(session: Session, row: ReceivedAlert, now: datetime) -> None:
    """What a message that is acted upon names ends, if it is of the same source and kind (real or drill) and not younger."""
    how = "cancelled" if row.kind.lower() == "cancel" else "all_clear" if row.clear else "replaced"
    if how == "replaced" and row.kind.lower() != "update":
        return
    references = list(_references(row))
    others = session.scalars(
        select(ReceivedAlert).where(ReceivedAlert.source_id == row.source_id, ReceivedAlert.id != row.id, ReceivedAlert.state.in_(("play", "inbox")))
    )
    for other in others:
        named = any(names(each, (other.sender, other.identifier, other.sent_at)) for each in references)
        younger = other.sent_at is not None and row.sent_at is not None and other.sent_at > row.sent_at
        if named and not younger and other.drill == row.drill:
            _end(session, other, how, None, now, by=row)


def _end(session: Session, row: ReceivedAlert, how: str, person: Person | None, now: datetime, by: ReceivedAlert | None = None) -> None:
    row.state, row.how, row.ended_by_id = "ended", how, by.id if by else None
    session.flush()
    record(session, person=person, act=f"alert_{how}", subject="received_alert", subject_id=row.id, area=row.source.area, now=now, by=by.identifier if by else "")


# a person decides


def _waiting(session: Session, row: ReceivedAlert, person: Person) -> None:
    require(session, person, "emergency", row.source.area, kind="emergency")
    session.refresh(row, with_for_update=True)
    if row.state != "inbox":
        raise NotNow("this warning waits for nobody any more: it was decided, replaced or cancelled meanwhile")


def accept(session: Session, row: ReceivedAlert, person: Person, now: datetime, areas: Sequence[Area] = (), level: str = "") -> None:
    """A person's yes: it is heard (or ends what it names). ``areas`` and ``level`` fill in what the warning does not tell.

    Raises NotAllowed, NotNow, Refused.
    """
    _waiting(session, row, person)
    if row.kind.lower() != "cancel" and not row.clear:
        _fill_in(row, areas, level)
        if row.ends_at is not None and row.ends_at <= now:
            raise NotNow("this warning is over: nobody may hear it any more")
    heard = row.kind.lower() != "cancel" and not row.clear
    row.state, row.decided_by_id, row.decided_at = "play" if heard else "done", person.id, now
    session.flush()
    _end_others(session, row, now)
    record(session, person=person, act="alert_accept", subject="received_alert", subject_id=row.id, area=row.source.area, now=now, level=row.level)


def _fill_in(row: ReceivedAlert, areas: Sequence[Area], level: str) -> None:
    parts = [dict(each) for each in row.parts if each["languages"]]
    if not parts:
        raise Refused("this warning has no words that could be said: order an emergency in words of your own")
    for part in parts:
        if not part["areas"]:
            if not areas:
                raise Refused("the warning does not say where it holds: choose the places", "areas")
            if not all(is_below(each, row.source.area) for each in areas):
                raise Refused(f"{row.source.name} may only warn {row.source.area.name} and what lies below", "areas")
            part["areas"] = [each.id for each in areas]
        part["level"] = part["level"] or level
        if part["level"] not in LEVELS:
            raise Refused("the warning does not say how grave it is: choose a level", "level")
    row.parts, row.level = parts, min((part["level"] for part in parts), key=LEVELS.index)


def dismiss(session: Session, row: ReceivedAlert, person: Person, reason: str, now: datetime) -> None:
    """A person's no, with the reason. Raises NotAllowed, NotNow, Empty."""
    _waiting(session, row, person)
    if not reason.strip():
        raise Empty("say why nobody is to hear it", "reason")
    row.state, row.decided_by_id, row.decided_at, row.reason = "dismissed", person.id, now, reason.strip()[:500]
    session.flush()
    record(session, person=person, act="alert_dismiss", subject="received_alert", subject_id=row.id, area=row.source.area, now=now, reason=row.reason)


def stop(session: Session, row: ReceivedAlert, person: Person, now: datetime) -> None:
    """What is heard or about to be heard ends at once. Raises NotAllowed, NotNow."""
    require(session, person, "emergency", row.source.area, kind="emergency")
    session.refresh(row, with_for_update=True)
    if row.state != "play":
        raise NotNow("it is not to be heard: there is nothing to stop")
    _end(session, row, "stopped", person, now)


def switch(session: Session, source: AlertSource, person: Person, active: bool, now: datetime) -> None:
    """A source is heard or not heard any more. Raises NotAllowed."""
    require(session, person, "people", source.area)
    source.active, source.not_before = active, None
    session.flush()
    record(session, person=person, act="switch source", subject="alert_source", subject_id=source.id, area=source.area, now=now, active=active)


__all__ = ["BadAlert", "accept", "add_source", "dismiss", "receive", "source_of_token", "stop", "switch", "trust_of"]
