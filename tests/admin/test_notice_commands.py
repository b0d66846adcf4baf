"""``xiangyin notice``: the same acts as the pages, from the command line."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from click.testing import CliRunner, Result

from admin.commands import cli
from articles import review
from broadcast import missed
from broadcast.models import Notice
from devices.models import Terminal
from station import clock
from station.database import Database
from tests.people import Village, settle


@pytest.fixture
def places(db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Village:
    monkeypatch.setenv("XIANGYIN_DATABASE_URL", db.url)
    with db.session() as session:
        village = settle(session, now)
        review.set_reviews(session, village.admin, village.village_a, "notice", 0, now)
        session.add(Terminal(did="pole", area_id=village.village_a.id, name="井边", presence="online", created_at=now, want_sent_rev=1))
        return village


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(cli, ("notice", *words), input=given)


def test_written_looked_at_sent_taken_back_and_said_again(places: Village, db: Database) -> None:
    made = json.loads(run("write", "上坪村", "-", "--login", "lan", "--json", given="明天上午停水。").output)
    number = str(made["id"])
    assert (made["state"], made["place"], made["text"]) == ("draft", "上坪村", "明天上午停水。")
    assert json.loads(run("who", number, "--login", "lan", "--json").output)["ready"] == 1
    assert json.loads(run("send", number, "--login", "lan", "--json").output)["state"] == "held"
    assert json.loads(run("undo", number, "--login", "lan", "--json").output)["state"] == "undone"
    assert json.loads(run("list", "--login", "lan", "--json").output)[0]["state"] == "undone"
    assert "undone" in run("list", "--login", "lan").output
    with db.reading() as session:
        assert session.get_one(Notice, made["id"]).article.state == "draft"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("write", "上坪村", "x停水", "--login", "lin"), "may not"),
        (("write", "nowhere", "x停水", "--login", "lan"), "no place is called"),
        (("send", "77", "--login", "lan"), "there is no notice 77"),
        (("send", "77", "--login", "nobody"), "nobody here has the login"),
        (("said", "--dealt-with", "上坪村", "sad", "--login", "lan"), "nobody says"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(places: Village, db: Database, words: tuple[str, ...], why: str) -> None:
    result = run(*words)
    assert result.exit_code != 0 and why in result.output and "Traceback" not in result.output


def test_what_people_said_is_listed_and_dealt_with(places: Village, db: Database) -> None:
    with db.session() as session:
        missed.say(session, places.village_a, "loud", clock.now())
    assert json.loads(run("said", "--login", "lan", "--json").output)[0]["kind"] == "loud"
    assert run("said", "--dealt-with", "上坪村", "loud", "--login", "lan").output == "1 dealt with\n"
    assert json.loads(run("said", "--login", "lan", "--json").output) == []
