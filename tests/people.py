"""The people and places everyone knows: one county, two villages, and somebody from the next county who may do nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from station.areas import add_area
from station.models import Area, Person
from station.people import add_person, grant


@dataclass
class Village:
    """A small tree: two villages of one town (Mandarin and Cantonese), and another county of the same city."""

    province: Area
    city: Area
    county: Area
    town: Area
    village_a: Area
    village_b: Area
    other_county: Area
    operator: Person
    reviewer: Person
    reviewer2: Person
    admin: Person
    stranger: Person


def settle(session: Session, now: datetime) -> Village:
    """Places and people, written to the session. None has a password: signing in is the matter of few tests."""
    province = add_area(session, parent=None, level="province", name="青山省", now=now, tz="Asia/Shanghai", dialect="cmn")
    city = add_area(session, parent=province, level="city", name="临水市", now=now)
    county = add_area(session, parent=city, level="county", name="云岭县", now=now)
    town = add_area(session, parent=county, level="town", name="石桥镇", now=now)
    village_a = add_area(session, parent=town, level="village", name="上坪村", now=now, dialect="cmn")
    village_b = add_area(session, parent=town, level="village", name="下涌村", now=now, dialect="yue")
    other = add_area(session, parent=city, level="county", name="邻县", now=now)
    operator, reviewer, reviewer2, admin, stranger = (
        add_person(session, login, name, now)
        for login, name in (
            ("lan", "阿兰"), ("shen", "沈审"), ("qian", "钱审"), ("guan", "管理员"), ("lin", "邻人"),
        )  # fmt: skip
    )
    grant(session, operator, county, "operator")
    grant(session, reviewer, county, "reviewer")
    grant(session, reviewer2, county, "reviewer")
    grant(session, admin, province, "admin")
    grant(session, stranger, other, "operator")
    return Village(province, city, county, town, village_a, village_b, other, operator, reviewer, reviewer2, admin, stranger)
