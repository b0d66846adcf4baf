"""Who speaks: the article's choice, the playlist's, the nearest area's, the dialect's first voice."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from station.areas import add_area
from tests.builders import an_article
from tests.people import Village
from tts.choose import Choices, choose_voice
from tts.voices import DEFAULT, UnknownVoice


def test_the_nearer_choice_wins(session: Session, village: Village, now: datetime) -> None:
    article = an_article(session, village.operator, village.town, now)
    below = add_area(session, parent=village.village_a, level="community", name="一组", now=now)

    def heard(code: str = "cmn", playlist: str = "") -> str:
        return Choices(session).voice(code, article, below, playlist)

    assert heard() == DEFAULT
    choose_voice(session, now, "slow", area=village.county)
    assert heard() == heard("yue") == "slow"
    choose_voice(session, now, "female", area=village.village_a, code="cmn")
    assert (heard(), heard("yue")) == ("female", "slow")
    assert heard(playlist="lively") == "lively"
    choose_voice(session, now, "male", article=article)
    assert heard(playlist="lively") == "male"
    for area in (village.county, village.village_a):
        choose_voice(session, now, "", area=area, code="cmn" if area is village.village_a else "")
    choose_voice(session, now, "", article=article)
    assert heard() == DEFAULT


def test_a_name_that_the_dialect_does_not_have_is_passed_over(session: Session, village: Village, now: datetime) -> None:
    article = an_article(session, village.operator, village.town, now)
    assert Choices(session).voice("cmn", article, village.town, "grandmother") == DEFAULT


def test_what_cannot_be_chosen_is_refused(session: Session, village: Village, now: datetime) -> None:
    with pytest.raises(UnknownVoice):
        choose_voice(session, now, "bass", area=village.town)
    with pytest.raises(ValueError, match="for an area or for an article"):
        choose_voice(session, now, "male")
