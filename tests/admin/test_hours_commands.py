"""``xiangyin hours``: the same acts as the pages, from the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from admin.commands import cli
from devices.models import QuietHours, Terminal
from station.database import Database
from station.models import Area
from tests.people import Village


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ("hours", *words))


def pole(db: Database) -> Terminal:
    with db.reading() as session:
        return session.query(Terminal).filter_by(did="pole").one()


def test_quiet_hours_are_ordered_inherited_and_taken_away(places: Village, db: Database) -> None:
    assert run("quiet", "石桥镇", "22-6", "--login", "guan").output == "石桥镇: quiet 22:00-06:00\n"
    assert pole(db).want_rev == 2
    assert run("show", "上坪村").output == "上坪村: quiet 22:00-06:00 (from 石桥镇)\n"
    assert run("quiet", "上坪村", "--none", "--login", "guan").output == "上坪村: quiet none\n"
    assert run("quiet", "上坪村", "--as-above", "--login", "guan").output == "上坪村: quiet 22:00-06:00 (from 石桥镇)\n"
    with db.reading() as session:
        assert [row.area_id for row in session.query(QuietHours)] == [places.town.id]


def test_caps_of_a_speaker_are_set_shown_and_go(places: Village, db: Database) -> None:
    assert run("caps", "pole", "6-8=40", "--login", "guan").output == "井边: 06:00-08:00=40\n"
    assert "pole  井边  06:00-08:00=40" in run("show", "上坪村").output
    assert run("caps", "pole", "--login", "guan").output == "井边: no caps\n" and pole(db).caps == []


def test_a_branch_is_metered_and_no_more(places: Village, db: Database) -> None:
    assert run("metered", "石桥镇", "on", "--login", "guan").output == "石桥镇: metered on\n"
    assert "every byte of its lines is paid for" in run("show", "上坪村").output
    assert run("metered", "石桥镇", "off", "--login", "guan").exit_code == 0
    with db.reading() as session:
        assert not session.get_one(Area, places.town.id).metered and pole(db).want_rev == 3


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("quiet", "石桥镇", "22:00-06:00", "--login", "lin"), ""),
        (("quiet", "石桥镇", "morning", "--login", "guan"), "write them like 22:00-06:00"),
        (("quiet", "石桥镇", "--login", "guan"), "give hours like 22:00-06:00"),
        (("quiet", "石桥镇", "--login", "nobody"), "give hours"),
        (("caps", "nowhere", "6-8=40", "--login", "guan"), "no speaker here is called 'nowhere'"),
        (("metered", "石桥镇", "on", "--login", "nobody"), "nobody here has the login"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(places: Village, db: Database, words: tuple[str, ...], why: str) -> None:
    result = run(*words)
    assert result.exit_code != 0 and why in result.output and "Traceback" not in result.output
    assert pole(db).want_rev == 1 and pole(db).caps == []
