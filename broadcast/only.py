"""Some terminals alone: a notice is said again where it was not heard, and only there. They follow a passing group while it lasts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, selectinload

from broadcast.models import Notice
from devices.models import Group, GroupMember, Terminal
from devices.want import effective_dialect
from station.areas import new_zid


@dataclass(frozen=True)
class Only:
    """Who alone hears a schedule: the terminals, the zone of their group ("" when it is gone), the dialects among them."""

    terminals: frozenset[int]
    zid: str
    dialects: frozenset[str]

    def zone(self, dialect: str) -> str:
        return f"{self.zid}_{dialect}"


def only_of(session: Session, schedule_ids: Collection[int]) -> dict[int, Only]:
    """By schedule, those of them that are not for a whole area."""
    query = select(Notice).where(Notice.schedule_id.in_(schedule_ids), Notice.only.is_not(None)).options(selectinload(Notice.group))
    found: dict[int, Only] = {}
    for notice in session.scalars(query):
        members = frozenset(notice.only or ())
        dialects: frozenset[str] = frozenset()
        if notice.group is not None:
            rows = session.scalars(select(Terminal).where(Terminal.id.in_(members), Terminal.state == "active").options(selectinload(Terminal.area)))
            dialects = frozenset(effective_dialect(session, each) for each in rows)
        if notice.schedule_id is not None:
            found[notice.schedule_id] = Only(members, notice.group.zid if notice.group is not None else "", dialects)
    return found


def gather(session: Session, notice: Notice, now: datetime) -> Group:
    """The passing group of the notice's terminals; they are told of it at once, so that they follow it when the time comes."""
    group = Group(area_id=notice.area_id, name=f"notice {notice.id}", zid="g" + new_zid()[1:], passing=True, created_at=now)
    session.add(group)
    session.flush()
    session.add_all(GroupMember(group_id=group.id, terminal_id=each) for each in notice.only or ())
    _tell(session, notice.only or ())
    notice.group_id = group.id
    session.flush()
    return group


def scatter(session: Session, notice: Notice) -> None:
    """Its time is over: the group is taken apart."""
    if notice.group_id is None:
        return
    group_id, notice.group_id, notice.group = notice.group_id, None, None
    session.flush()
    _tell(session, notice.only or ())
    session.execute(delete(GroupMember).where(GroupMember.group_id == group_id))
    session.execute(delete(Group).where(Group.id == group_id))


def _tell(session: Session, terminals: Collection[int]) -> None:
    told = update(Terminal).where(Terminal.id.in_(terminals)).values(want_rev=Terminal.want_rev + 1)
    session.execute(told.execution_options(synchronize_session=False))
