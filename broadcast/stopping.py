"""Stop: one act ends what I started, one ends what sounds in an area. Emergencies end by an all clear or by cancelling, not here.

The terminals obey the signed command at once; the plan loses what was stopped, so that who was away does not begin it when he comes back.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from broadcast import emergency
from broadcast.models import STOPPED, Dispatch, OutCommand
from broadcast.plan import Hearing
from devices.keys import COMMAND_TTL
from playlists.models import Occurrence, Schedule
from station import audit
from station.areas import is_below, zone
from station.models import Area, Person
from station.people import may, require

# A programme that begins within so long is stopped as well: whoever presses stop at half past means the one at half past.
ABOUT = timedelta(seconds=5)


@dataclass(frozen=True)
class Stopped:
    """What one act ended: programmes, emergencies, and how many zones were told."""

    programmes: int
    emergencies: int
    zones: int


def stop_area(session: Session, person: Person, area: Area, now: datetime) -> Stopped:
    """Everything that sounds in the area and below it ends, except emergencies. Programmes of this branch are over for good; what an upper place
    sends is silent here, and goes on elsewhere. Raises NotAllowed."""
    require(session, person, "play", area)
    ended = [each for each in _on_now(session, now) if is_below(each.occurrence.area, area)]
    occurrences = _cancel(ended)
    zids = [zone(area, dialect) for dialect in sorted(Hearing(session, [area]).dialects(area))]
    for zid in zids:
        _tell(session, person, zid, {}, now)
    audit.record(
        session, person=person, act="stop", subject="area", subject_id=area.id, area=area, now=now, occurrences=sorted(each.id for each in occurrences)
    )
    return Stopped(len(occurrences), 0, len(zids))


def stop_mine(session: Session, person: Person, now: datetime) -> Stopped:
    """Every programme this person scheduled that is on now, and every emergency he ordered, ends."""
    ended = [each for each in _on_now(session, now) if each.occurrence.schedule.made_by_id == person.id and may(session, person, "play", each.occurrence.area)]
    occurrences = _cancel(ended)
    for each in ended:
        _tell(session, person, each.zid, {"occ": f"{each.occurrence_id}-{each.dialect}"}, now)
    emergencies = emergency.stop_mine(session, person, now)
    audit.record(
        session, person=person, act="stop_mine", subject="person", subject_id=person.id, area=None, now=now,
        occurrences=sorted(each.id for each in occurrences), emergencies=[each.id for each in emergencies],
    )  # fmt: skip
    return Stopped(len(occurrences), len(emergencies), len({each.zid for each in ended}))


def stop_occurrence(session: Session, person: Person, occurrence: Occurrence, now: datetime) -> Stopped:
    """This programme ends wherever it is on. Raises NotAllowed."""
    require(session, person, "play", occurrence.area)
    ended = list(session.scalars(select(Dispatch).where(Dispatch.occurrence_id == occurrence.id, Dispatch.state == "planned")))
    _cancel(ended)
    occurrence.state, occurrence.note = "cancelled", STOPPED
    for each in ended:
        _tell(session, person, each.zid, {"occ": f"{each.occurrence_id}-{each.dialect}"}, now)
    audit.record(session, person=person, act="stop", subject="occurrence", subject_id=occurrence.id, area=occurrence.area, now=now)
    return Stopped(1, 0, len(ended))


def _on_now(session: Session, now: datetime) -> list[Dispatch]:
    query = (
        select(Dispatch).join(Occurrence).join(Schedule, Schedule.id == Occurrence.schedule_id)
        .where(Dispatch.state == "planned", Dispatch.starts_at <= now + ABOUT, Dispatch.ends_at > now, Occurrence.state == "planned")
        .options(selectinload(Dispatch.occurrence).selectinload(Occurrence.schedule), selectinload(Dispatch.occurrence).selectinload(Occurrence.area))
    )  # fmt: skip
    return list(session.scalars(query))


def _cancel(ended: list[Dispatch]) -> set[Occurrence]:
    """The planner takes them from the manifests when it looks next."""
    occurrences = {each.occurrence for each in ended}
    for each in occurrences:
        each.state, each.note = "cancelled", STOPPED
    return occurrences


def _tell(session: Session, person: Person, zid: str, args: dict[str, Any], now: datetime) -> None:
    session.add(
        OutCommand(
            id=secrets.token_hex(8), aud=zid, to_zone=True, op="stop", args={**args, "spare": "emergency"}, made_by_id=person.id, created_at=now,
            expires_at=now + COMMAND_TTL,
        )  # fmt: skip
    )


def on_the_air(session: Session, person: Person, now: datetime) -> int:
    """How many programmes of this person are on at this moment."""
    query = (
        select(Dispatch.occurrence_id).join(Occurrence).join(Schedule, Schedule.id == Occurrence.schedule_id)
        .where(
            Schedule.made_by_id == person.id, Dispatch.state == "planned", Dispatch.starts_at <= now + ABOUT, Dispatch.ends_at > now,
            Occurrence.state == "planned",
        )
    )  # fmt: skip
    return len(set(session.scalars(query)))


