"""Who announces how: the nearest place wins, a kind goes before every kind, the first and the last article are told apart."""

from __future__ import annotations

from datetime import datetime

import pytest

from station.database import Database
from tests.people import settle
from tts import wordbook
from tts.presentation import Dress, PresentationRefused, Presentations, of_programme, programme_of, set_presentation


@pytest.mark.both_databases
def test_the_nearest_place_wins_and_there_the_kind(db: Database, now: datetime) -> None:
    with db.session() as session:
        people = settle(session, now)
        set_presentation(session, people.county, "", now, chime="own", opening={"cmn": "{place}广播站。", "yue": " "}, closing={"cmn": "播送完了。"})
        set_presentation(session, people.village_a, "notice", now, opening={"cmn": "{place}，现在播送通知。"}, repeats=2)
        found = Presentations(session)
        assert found.dress(people.town, "notice", "cmn") == Dress("own", "石桥镇广播站。", "播送完了。")
        assert found.dress(people.village_a, "notice", "cmn") == Dress(opening="上坪村，现在播送通知。", repeats=2)
        assert found.dress(people.village_a, "programme", "cmn").opening == "上坪村广播站。"
        assert found.dress(people.village_b, "notice", "yue") == Dress("own")
        assert found.dress(people.other_county, "notice", "cmn").plain
        set_presentation(session, people.village_a, "notice", now, active=False)
        assert Presentations(session).dress(people.village_a, "notice", "cmn").chime == "own"


def test_a_programme_of_its_own_goes_before_every_place(db: Database, now: datetime) -> None:
    assert programme_of(of_programme(2**31 - 1)) == 2**31 - 1 and len(of_programme(2**31 - 1)) <= 16 and programme_of("notice") is None
    with db.session() as session:
        people = settle(session, now)
        set_presentation(session, people.village_a, "", now, chime="own", opening={"cmn": "村里的。"})
        set_presentation(session, people.county, of_programme(7), now, opening={"cmn": "{place}，早间新闻。"}, repeats=2)
        found = Presentations(session)
        assert found.dress(people.village_a, "notice", "cmn", programme=7) == Dress(opening="上坪村，早间新闻。", repeats=2)
        assert found.dress(people.village_a, "notice", "cmn", programme=8) == Dress("own", "村里的。")
        assert found.dress(people.county, "notice", "cmn").plain
        set_presentation(session, people.county, of_programme(7), now, active=False)
        assert Presentations(session).dress(people.village_a, "notice", "cmn", programme=7) == Dress("own", "村里的。")


def test_a_programme_is_opened_once_and_closed_once(db: Database, now: datetime) -> None:
    with db.session() as session:
        people = settle(session, now)
        set_presentation(session, people.county, "", now, chime="own", opening={"cmn": "开始。"}, closing={"cmn": "结束。"}, bed="own", repeats=2)
        found = Presentations(session)
        assert found.dress(people.town, "notice", "cmn", last=False) == Dress("own", "开始。", "", "own", 2)
        assert found.dress(people.town, "notice", "cmn", first=False, last=False) == Dress(bed="own", repeats=2)
        assert found.dress(people.town, "notice", "cmn", first=False) == Dress("", "", "结束。", "own", 2)
        assert found.dress(people.town, "notice", "cmn", chimed=True).chime == ""


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"repeats": 0}, "repeats: from 1 to 5"), ({"repeats": 6}, "repeats"), ({"chime": "clip"}, "chime: take none"), ({"bed": "rock"}, "bed: take"),
        ({"opening": {"cmn": "长" * 201}}, "opening: at most 200 characters in Mandarin, not 201"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(db: Database, now: datetime, wrong: dict[str, object], why: str) -> None:
    with db.session() as session, pytest.raises(PresentationRefused, match=why):
        set_presentation(session, settle(session, now).county, "", now, **wrong)


def test_no_kind_but_those_there_are(db: Database, now: datetime) -> None:
    with db.session() as session, pytest.raises(PresentationRefused, match="kind: take one of notice, programme"):
        set_presentation(session, settle(session, now).county, "opera", now)


def test_where_nobody_can_say_the_phrases_the_bells_and_the_music_stay(db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.session() as session:
        village = settle(session, now)
        set_presentation(session, village.county, "", now, chime="own", opening={"hak": "{place}廣播", "cmn": "{place}广播"}, repeats=2)
        monkeypatch.setattr(wordbook, "present", lambda: False)
        dresses = Presentations(session)
        assert dresses.dress(village.village_b, "notice", "hak") == Dress(chime="own", repeats=2)
        assert dresses.dress(village.village_b, "notice", "cmn").opening == "下涌村广播"
