"""The red button: two gestures, a drill that nobody takes for the real thing, a second person, an end, a report; nobody else's button."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from broadcast.models import Emergency, EmergencyPhrase, OutCommand
from devices.models import Terminal
from station.models import AuditEntry
from tests.admin.conftest import Pages
from tests.broadcast.builders import a_terminal

pytestmark = pytest.mark.both_databases


def emergencies(pages: Pages) -> list[Emergency]:
    with pages.db.reading() as session:
        return list(session.scalars(select(Emergency).order_by(Emergency.id)))


def press(pages: Pages, who: str = "operator", place: str = "village_a", **said: Any) -> Any:
    area = getattr(pages.village, place)
    form = {"area": area.id, "sure": "yes", "text-zh-Hans": "请马上转移。", **said}
    return pages.browser(getattr(pages.village, who)).post("/emergency", form)


def test_the_button_is_on_every_page_of_whoever_may_press_it(pages: Pages) -> None:
    for path in ("/", "/articles", "/devices", "/week", "/emergency"):
        assert 'href="/emergency"' in pages.browser(pages.village.operator).get(path, follow_redirects=True).text, path
    assert 'href="/emergency"' not in pages.browser(pages.village.reviewer).get("/").text
    assert "data-slide" not in pages.browser(pages.village.reviewer).get("/emergency").text, "who may not press it sees what is live"
    assert pages.browser().get("/emergency").status_code == 302


def test_two_gestures_order_it_and_one_does_not(pages: Pages) -> None:
    assert press(pages, sure="").status_code == 303 and emergencies(pages) == []
    answer = press(pages)
    (row,) = emergencies(pages)
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/emergency/{row.id}")
    assert (row.state, row.level, row.drill, row.texts) == ("live", "red", False, {"zh-Hans": "请马上转移。"})
    page = pages.browser(pages.village.operator).get(f"/emergency/{row.id}").text
    assert "All clear" in page and "Did it reach them" in page and "DRILL" not in page


def test_a_drill_is_called_one_wherever_it_is_shown(pages: Pages) -> None:
    press(pages, drill="1")
    (row,) = emergencies(pages)
    assert row.drill
    for path in ("/emergency", f"/emergency/{row.id}"):
        assert "DRILL" in pages.browser(pages.village.operator).get(path).text


def test_it_ends_by_the_button_and_by_nobody_elses(pages: Pages) -> None:
    press(pages)
    (row,) = emergencies(pages)
    for act in ("clear", "cancel", "release"):
        assert pages.browser(pages.village.stranger).post(f"/emergency/{row.id}/{act}").status_code == 404
        assert pages.browser(pages.village.reviewer).post(f"/emergency/{row.id}/{act}").status_code == 403
        assert pages.browser(pages.village.operator).get(f"/emergency/{row.id}/{act}").status_code == 405
    assert pages.browser(pages.village.operator).post(f"/emergency/{row.id}/clear").status_code == 303
    first, second = emergencies(pages)
    assert (first.state, first.how, second.all_clear, second.state) == ("ended", "all_clear", True, "live")
    pages.browser(pages.village.operator).post(f"/emergency/{second.id}/cancel")
    assert [each.state for each in emergencies(pages)] == ["ended", "ended"]


def test_a_county_waits_for_a_second_person(pages: Pages) -> None:
    assert "second person" in pages.browser(pages.village.operator).get(f"/emergency?area={pages.village.county.id}").text
    press(pages, place="county")
    (row,) = emergencies(pages)
    assert row.state == "proposed"
    assert pages.browser(pages.village.operator).post(f"/emergency/{row.id}/release").status_code == 403
    assert pages.browser(pages.village.admin).post(f"/emergency/{row.id}/release").status_code == 303
    assert emergencies(pages)[0].state == "live"
    pages.browser(pages.village.admin).post(f"/emergency/{row.id}/release")
    assert len(emergencies(pages)) == 1


@pytest.mark.parametrize("bad", [{"repeats": "0"}, {"minutes": "99999"}, {"level": "purple"}, {"text-zh-Hans": "水" * 601}, {"text-zh-Hans": "", "siren": "0"}, {"phrase": "999", "siren": "0", "text-zh-Hans": ""}])
def test_what_cannot_be_is_said_and_nothing_is_ordered(pages: Pages, bad: dict[str, str]) -> None:
    assert press(pages, **bad).status_code == 303
    assert emergencies(pages) == []
    assert press(pages, who="stranger").status_code == 404 and press(pages, who="reviewer").status_code == 403


def test_phrases_are_written_changed_and_taken_away(pages: Pages) -> None:
    browser, path = pages.browser(pages.village.operator), f"/areas/{pages.village.village_a.id}/phrases"
    browser.post(path, {"place": "1", "title": "泄洪", "text-zh-Hans": "水库泄洪。", "level": "orange"})
    assert "泄洪" in browser.get(path).text and "泄洪" in browser.get(f"/emergency?area={pages.village.village_a.id}").text
    with pages.db.reading() as session:
        phrase = session.scalars(select(EmergencyPhrase)).one()
    press(pages, phrase=str(phrase.id), **{"text-zh-Hans": ""})
    assert (emergencies(pages)[0].level, emergencies(pages)[0].title) == ("orange", "泄洪")
    browser.post(path, {"place": "1", "away": "1"})
    assert 'class="phrase level-orange"' not in browser.get(f"/emergency?area={pages.village.village_a.id}").text
    assert pages.browser(pages.village.stranger).get(path).status_code == 404
    assert pages.browser(pages.village.reviewer).post(path, {"place": "1", "title": "x", "text-zh-Hans": "x"}).status_code == 403
    browser.post(path, {"place": "9", "title": "x", "text-zh-Hans": "x"})
    with pages.db.reading() as session:
        assert len(session.scalars(select(EmergencyPhrase)).all()) == 1


def test_one_act_stops_what_i_started_and_one_a_place(pages: Pages) -> None:
    press(pages)
    press(pages, who="admin", place="village_b")
    assert pages.browser(pages.village.operator).post("/stop").status_code == 303
    assert [each.state for each in emergencies(pages)] == ["ended", "live"]
    assert pages.browser(pages.village.operator).post("/stop/area", {"area": pages.village.village_a.id}).status_code == 303
    assert pages.browser(pages.village.stranger).post("/stop/area", {"area": pages.village.village_a.id}).status_code == 404
    with pages.db.reading() as session:
        commands = session.scalars(select(OutCommand)).all()
        acts = set(session.scalars(select(AuditEntry.act)))
    assert [(each.op, each.to_zone, each.aud) for each in commands] == [("stop", True, f"{pages.village.village_a.zid}_cmn")]
    assert {"stop", "stop_mine", "emergency_order", "emergency_cancel"} <= acts


def test_machines_do_the_same(pages: Pages) -> None:
    with pages.db.session() as session:
        a_terminal(session, session.merge(pages.village.village_a), pages.now, "t-a")
    call = pages.machine(pages.village.operator)
    place = pages.village.village_a.id
    phrase = call("PUT", f"/api/areas/{place}/phrases/1", json={"title": "泄洪", "texts": {"zh": "水库泄洪。"}}).json
    made = call("POST", "/api/emergencies", json={"area_ids": [place], "phrase_id": phrase["id"], "texts": {"en": "Leave now."}})
    assert made.status_code == 201 and made.json["state"] == "live"
    number = made.json["id"]
    told = call("GET", f"/api/emergencies/{number}/report").json
    assert told["terminals"] == 1 and told["lines"][0]["state"] == "waiting"
    assert call("PUT", f"/api/emergencies/{number}/words", json={"texts": {"en": "Stay inside."}}).json["texts"] == {"en": "Stay inside."}
    assert call("POST", f"/api/emergencies/{number}/all-clear", json={}).json["how"] == "all_clear"
    assert call("PUT", f"/api/emergencies/{number}/words", json={"texts": {"en": "x"}}).status_code == 422
    assert len(call("GET", "/api/emergencies").json["emergencies"]) == 2
    assert call("GET", f"/api/areas/{place}/phrases").json["phrases"][0]["title"] == "泄洪"
    assert call("POST", f"/api/areas/{place}/stop").json["zones"] == 1
    assert call("POST", "/api/stop").json["emergencies"] == 1
    assert call("POST", "/api/emergencies", json={"area_ids": [place], "level": "purple"}).status_code == 422
    stranger = pages.machine(pages.village.stranger)
    assert stranger("POST", "/api/emergencies", json={"area_ids": [place], "texts": {"en": "x"}}).status_code == 404
    assert stranger("GET", f"/api/emergencies/{number}").status_code == 404
    assert pages.machine(pages.village.reviewer)("POST", f"/api/emergencies/{number}/cancel").status_code == 403
    with pages.db.reading() as session:
        assert session.scalar(select(Terminal.did)) == "t-a"


def test_the_moving_parts_tell_what_is_live_and_how_far_it_came(pages: Pages) -> None:
    press(pages)
    (row,) = emergencies(pages)
    browser = pages.browser(pages.village.operator)
    assert "请马上转移" in browser.get("/live.json?what=emergencies").json["emergencies"]
    assert "Did it reach them" in browser.get(f"/live.json?what=emergency&id={row.id}").json["report"]
    assert pages.browser(pages.village.stranger).get(f"/live.json?what=emergency&id={row.id}").json == {}
