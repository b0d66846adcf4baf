"""The register of a province: made in bulk, brought from a table, all of it or nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from devices.models import Terminal
from devices.registry import BadRegister, bring, make_places, make_terminals, read_table
from station.areas import ancestors
from station.models import Area

NOW = datetime(2026, 6, 1, tzinfo=UTC)

HEADING = "name,place,kind,dialect,volume,model\n"
DIALECTS = ("cmn", "yue")


def hashed(password: str) -> str:
    return "#" + password


def test_places_form_one_tree_of_five_levels(session: Session) -> None:
    before = session.scalar(select(func.max(Area.id))) or 0
    villages = make_places(session, 700, NOW)
    levels = dict(session.execute(select(Area.level, func.count()).where(Area.id > before).group_by(Area.level)).all())
    assert levels == {"province": 1, "city": 1, "county": 3, "town": 28, "village": 700}
    last = session.get_one(Area, villages[-1])
    assert [each.level for each in ancestors(session, last)] == ["province", "city", "county", "town", "village"]


def test_terminals_hang_evenly_and_only_papers_let_them_in(session: Session) -> None:
    villages = make_places(session, 10, NOW)
    papers = make_terminals(session, villages, 30, NOW, hashed)
    assert len({each.did for each in papers}) == 30
    per_village = session.scalars(select(func.count()).select_from(Terminal).where(Terminal.area_id.in_(villages)).group_by(Terminal.area_id)).all()
    assert list(per_village) == [3] * 10
    one = session.scalars(select(Terminal).where(Terminal.did == papers[0].did)).one()
    assert one.password_hash == "#" + papers[0].password and one.state == "active" and one.want_rev == 1


def test_a_table_is_taken_by_name_path_and_code(session: Session) -> None:
    villages = make_places(session, 3, NOW)
    session.get_one(Area, villages[2]).code = "440101001003"
    session.flush()
    raw = HEADING + "东头,试验村1,,yue,40,\n西头,试验省1/试验市1/试验县1/试验镇1/试验村2,stb,,,X1\n南头,440101001003,,,,\n"
    papers = bring(session, read_table(raw, DIALECTS), NOW, hashed)
    made = {each.name: each for each in session.scalars(select(Terminal).where(Terminal.did.in_([paper.did for paper in papers])))}
    assert [made[name].area_id for name in ("东头", "西头", "南头")] == villages
    assert (made["东头"].dialect, made["东头"].volume, made["西头"].kind, made["西头"].model) == ("yue", 40, "stb", "X1")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",试验村1,,,,", "a name"), ("a,试验村1,radio,,,", "no kind"), ("a,试验村1,,xx,,", "no dialect"), ("a,试验村1,,,101,", "volume"),
        ("a,没有的村,,,,", "no place"),
    ],
)  # fmt: skip
def test_one_bad_line_and_nothing_is_taken(session: Session, line: str, why: str) -> None:
    make_places(session, 1, NOW)
    before = session.scalar(select(func.count()).select_from(Terminal))
    with pytest.raises(BadRegister, match=why):
        bring(session, read_table(HEADING + "good,试验村1,,,,\n" + line + "\n", DIALECTS), NOW, hashed)
    assert session.scalar(select(func.count()).select_from(Terminal)) == before


def test_a_name_that_two_places_bear_is_asked_for_as_a_path(session: Session) -> None:
    make_places(session, 1, NOW)
    make_places(session, 1, NOW)
    with pytest.raises(BadRegister, match="several places"):
        bring(session, read_table(HEADING + "a,试验村1,,,,\n", DIALECTS), NOW, hashed)


def test_a_table_without_its_heading_is_refused() -> None:
    with pytest.raises(BadRegister, match="columns"):
        read_table("喇叭,村\n", DIALECTS)
