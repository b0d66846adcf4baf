"""The page on which a place gets its voice."""

from __future__ import annotations

import pytest

from tests.admin.conftest import Pages
from tts.choose import Choices
from tts.voices import VOICES


def test_a_voice_is_chosen_shown_and_taken_back(pages: Pages) -> None:
    browser, area = pages.browser(pages.village.operator), pages.village.town
    assert "first voice of the dialect" in browser.get("/voices").text
    assert browser.post("/voices", {"area": str(area.id), "dialect": "yue", "voice": "slow"}).status_code == 303
    shown = browser.get("/voices").text
    assert "Saved" in shown and "slow, for the elderly" in shown
    with pages.db.reading() as session:
        assert Choices(session)._areas == {(area.id, "yue"): "slow"}
    assert browser.post("/voices", {"area": str(area.id), "dialect": "yue", "voice": ""}).status_code == 303
    with pages.db.reading() as session:
        assert Choices(session)._areas == {}


@pytest.mark.parametrize("wrong", [{"voice": "bass"}, {"dialect": "xx"}, {"dialect": "xx", "voice": ""}, {"voice": "v" * 40}])
def test_what_is_no_voice_is_refused(pages: Pages, wrong: dict[str, str]) -> None:
    answer = pages.browser(pages.village.operator).post("/voices", {"area": str(pages.village.town.id), "voice": "slow", **wrong})
    assert answer.status_code == 422
    with pages.db.reading() as session:
        assert Choices(session)._areas == {}


def test_strangers_choose_nothing_here(pages: Pages) -> None:
    sent = {"area": str(pages.village.town.id), "voice": "slow"}
    assert pages.browser(pages.village.stranger).post("/voices", sent).status_code == 404
    assert pages.browser().get("/voices").status_code in (302, 303)


def test_every_voice_has_a_name_on_the_page(pages: Pages) -> None:
    shown = pages.browser(pages.village.operator).get("/voices").text
    assert all(f'<option value="{name}">' in shown for name in {name for _, name in VOICES})
