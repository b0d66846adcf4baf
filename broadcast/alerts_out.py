"""Our emergencies as messages for others: what was ordered, what replaced it and what ended it, each with a name and a time that do not change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.alerts import ebd
from articles.alerts.outgoing import Outgoing, Place, to_cap, to_ebm
from articles.alerts.seal import AlertSeal
from articles.errors import Refused
from articles.models import AreaMark
from broadcast.models import Emergency
from station.areas import tz_of
from station.models import Area, AuditEntry


@dataclass(frozen=True)
class Press:
    """Writes the last message of an emergency for others. ``base`` is the address others know us by, ``folder`` where the key lies that signs
    (None: nothing is signed)."""

    session: Session
    base: str
    folder: Path | None

    @property
    def sender(self) -> str:
        """Who we are in CAP: the name of our machine, without what CAP forbids."""
        return f"xiangyin@{urlsplit(self.base).hostname or 'localhost'}"

    def zone(self, row: Emergency) -> ZoneInfo:
        return ZoneInfo(tz_of(self.session, row.areas[0]) if row.areas else "UTC")

    def last(self, row: Emergency) -> Outgoing:
        """What holds now, or how it ended."""
        return messages(self.session, row, self.sender)[-1]

    def cap(self, row: Emergency, now: datetime) -> tuple[bytes, list[str]]:
        """CAP 1.2, signed; and in words what it does not carry."""
        xml, lost = to_cap(self.last(row), self.zone(row))
        if self.folder is None:
            return xml, [*lost, "a signature: this station has no folder for keys"]
        return AlertSeal.load_or_make(self.folder, self.sender, now).sign(xml), lost

    def ebm(self, row: Emergency, resource: str, now: datetime) -> tuple[str, bytes, list[str]]:
        """An EBD package (TAR) by its number; and in words what it does not carry. ``resource`` is our number of 18 or 23 digits. Raises Refused."""
        if not ebd.RESOURCE.fullmatch(resource):
            raise Refused("our number has 18 digits, or 23: the platform's people give it out", "resource")
        said = messages(self.session, row, self.sender)
        us = ebd.Us(resource, self.base, self.zone(row))
        numbers = {each.identifier: ebm_number(resource, row.id, n, each.sent.astimezone(us.zone)) for n, each in enumerate(said)}
        body, lost = to_ebm(said[-1], us.zone, numbers, resource)
        ebd_id = us.number(row.id * 100 + len(said))
        return ebd_id, ebd.packed(ebd_id, ebd.document(us, ebd_id, "EBM", body, said[-1].sent), now), lost


SHOWN = timedelta(hours=24)
"""So long after its end a message is still in the feed: whoever fetches it must learn that it is over."""
MOST = 100


def shown(session: Session, now: datetime, area: Area | None = None) -> Sequence[Emergency]:
    """The emergencies of the feed, the newest first: live, or ended within a day. Nobody reads of what was never released, nor of an all clear
    by itself (it is the last message of what it ends)."""
    query = select(Emergency).where(Emergency.released_at.is_not(None), Emergency.clears_id.is_(None), (Emergency.state == "live") | (Emergency.ended_at > now - SHOWN))
    if area is not None:
        query = query.where(Emergency.areas.any(Area.path.startswith(area.path)))
    return session.scalars(query.order_by(Emergency.id.desc()).limit(MOST)).all()


def messages(session: Session, row: Emergency, sender: str) -> list[Outgoing]:
    """Everything that was said of it, the oldest first: an Alert, an Update for each new wording, and its end. Of earlier wordings only name and time
    are right, for the last message to refer to: their words are not kept. An all clear is the last message of what it ends, never a warning of its own."""
    row = session.get_one(Emergency, row.clears_id) if row.clears_id is not None else row
    sent = [row.released_at or row.ordered_at, *_reworded(session, row)]
    found: list[Outgoing] = []
    for number, at in enumerate(sent, start=1):
        found.append(_message(session, row, sender, number, at, earlier=[(each.identifier, each.sent) for each in found[-1:]]))
    if row.state == "ended" and row.ended_at is not None:
        found.append(_ended(session, row, sender, len(sent) + 1, [(each.identifier, each.sent) for each in found]))
    return found


def find(session: Session, identifier: str) -> Emergency | None:
    """The emergency of one of our identifiers."""
    key = identifier.removeprefix("xy-").rpartition("-")[0]
    return session.scalar(select(Emergency).where(Emergency.key == key, Emergency.released_at.is_not(None)))


def ebm_number(resource: str, emergency: int, n: int, sent: datetime) -> str:
    """The EBMID of the message ``n`` (from 0) of an emergency: our number, its local day, and four digits that tell it from its neighbours."""
    return f"{resource}{sent:%Y%m%d}{(emergency * 10 + n) % 10_000:04d}"


def _reworded(session: Session, row: Emergency) -> list[datetime]:
    query = select(AuditEntry.at).where(AuditEntry.subject == "emergency", AuditEntry.subject_id == str(row.id), AuditEntry.act == "emergency_reword")
    return list(session.scalars(query.order_by(AuditEntry.id)))


def _message(session: Session, row: Emergency, sender: str, number: int, at: datetime, *, earlier: Sequence[tuple[str, datetime]]) -> Outgoing:
    texts = row.texts or (row.phrase.texts if row.phrase else {}) or {"zh-Hans": row.title}
    return Outgoing(
        identifier=f"xy-{row.key}-{number}", sender=sender, sent=at, kind="Update" if earlier else "Alert", level=row.level, title=row.title, texts=texts,
        places=[_place(session, area) for area in row.areas], starts=row.starts_at, ends=row.until, drill=row.drill, speaker=_speaker(row), source=row.source,
        earlier=earlier, siren=row.siren, repeats=row.repeats, recorded=row.clip is not None or (row.phrase is not None and row.phrase.clip is not None),
    )  # fmt: skip


def _ended(session: Session, row: Emergency, sender: str, number: int, earlier: Sequence[tuple[str, datetime]]) -> Outgoing:
    """An all clear is an Update that says so; anything else a Cancel; what was over by itself needs none, and gets one all the same."""
    over = session.scalar(select(Emergency).where(Emergency.clears_id == row.id)) if row.how == "all_clear" else None
    said = _message(session, over or row, sender, 1, row.ended_at or row.until, earlier=earlier)
    ends = max(said.ends, said.sent + timedelta(minutes=1))
    return Outgoing(
        identifier=f"xy-{row.key}-{number}", sender=sender, sent=said.sent, kind="Update" if over is not None else "Cancel", level=row.level, title=said.title,
        texts=said.texts, places=[_place(session, area) for area in row.areas], starts=said.sent, ends=ends, drill=row.drill, over=over is not None,
        speaker=said.speaker, source=row.source, earlier=earlier,
    )  # fmt: skip


def _speaker(row: Emergency) -> str:
    return row.origin or (row.areas[0].name if row.areas else "")


def _place(session: Session, area: Area) -> Place:
    mark = session.get(AreaMark, area.id)
    polygons = [" ".join(f"{lat},{lon}" for lat, lon in (ring if ring[0] == ring[-1] else [*ring, ring[0]])) for ring in (mark.rings if mark else []) if len(ring) > 2]
    return Place(area.name, area.code or "", polygons)
