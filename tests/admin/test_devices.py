"""Speakers on the pages: pair by code, louder, quieter, chime, revoke; seen by their own branch only."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import select

from broadcast.logs import log_files
from broadcast.models import OutCommand
from devices.enrol import heard_pair_request
from devices.models import Group, GroupMember, Release, Terminal
from station.database import Database
from tests.admin.conftest import Pages
from wire.messages import PairRequest


def asking(pages: Pages, nonce: str = "nonce-for-tests") -> str:
    """A terminal asks for an identity; the code that it shows."""
    key = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
    with pages.db.session() as session:
        pairing = heard_pair_request(session, PairRequest(nonce=nonce, pk=key, model="test horn"), pages.now)
        assert pairing is not None
        return pairing.code


def a_terminal(pages: Pages, name: str = "村口喇叭", presence: str = "online") -> int:
    with pages.db.session() as session:
        terminal = Terminal(
            did=f"t{name.encode().hex()[:20]}", area_id=pages.village.village_a.id, name=name, presence=presence, last_seen_at=pages.now,
            created_at=pages.now, reported={"stored": 2, "wanted": 3, "free_bytes": 5_000_000, "volume": 60}, clock_error_ms=0.7,
        )  # fmt: skip
        session.add(terminal)
        session.flush()
        return terminal.id


def get(db: Database, number: int) -> Terminal:
    with db.reading() as session:
        return session.get_one(Terminal, number)


def test_a_speaker_is_paired_by_the_code_it_shows(pages: Pages) -> None:
    browser, code = pages.browser(pages.village.operator), asking(pages)
    form = {"code": f"{code[:4]} {code[4:]}", "area": pages.village.village_a.id, "name": "学校门口", "dialect": ""}
    answer = browser.post("/devices/pair", form)
    assert "学校门口" in browser.get(answer.location).text
    again = browser.post("/devices/pair", form)
    assert "used already" in browser.get(again.location).text


def test_wrong_codes_are_counted(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    form = {"code": "00000000", "area": pages.village.village_a.id, "name": "x"}
    pages_said = [browser.get(browser.post("/devices/pair", form).location).text for _ in range(6)]
    assert "no terminal shows this code" in pages_said[0] and "five wrong codes" in pages_said[5]


@pytest.mark.parametrize("who", ["reviewer", "stranger"])
def test_only_those_who_look_after_speakers_may_touch_them(pages: Pages, who: str) -> None:
    number, browser = a_terminal(pages), pages.browser(getattr(pages.village, who))
    expected = 403 if who == "reviewer" else 404
    form = {"code": asking(pages), "area": pages.village.village_a.id, "name": "x", "volume": "10", "group": "1"}
    for path in ("/devices/pair", *(f"/devices/{number}/{act}" for act in ("volume", "revoke", "groups", "commands/chime")), "/devices/groups"):
        assert browser.post(path, form).status_code == expected, path
    assert browser.get(f"/devices/{number}").status_code == (200 if who == "reviewer" else 404)
    assert get(pages.db, number).state == "active" and get(pages.db, number).volume == 70


def test_the_list_tells_who_is_alive_and_changes_by_itself(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    a_terminal(pages, "河边喇叭", "lost")
    assert "1 of 2 speakers ready" in browser.get("/devices").text
    parts = browser.get("/live.json?what=devices").json
    assert parts and "Online" in parts[f"terminal-{number}"] and parts["speakers"] == "1 of 2 speakers ready"
    assert pages.browser(pages.village.stranger).get("/live.json?what=devices").json == {"speakers": "0 of 0 speakers ready"}
    assert pages.browser(pages.village.stranger).get(f"/live.json?what=terminal&id={number}").json == {}
    assert "河边喇叭" in browser.get("/").text


def test_volume_is_a_number_from_0_to_100(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    browser.post(f"/devices/{number}/volume", {"volume": "0"})
    assert get(pages.db, number).volume == 0
    for wrong in ("101", "-1", "loud", "", "1e2", "９"):
        browser.post(f"/devices/{number}/volume", {"volume": wrong})
    assert get(pages.db, number).volume == 0


def test_a_chime_is_sent_and_its_end_is_shown(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    browser.post(f"/devices/{number}/commands/chime")
    with pages.db.session() as session:
        command = session.scalars(select(OutCommand)).one()
        assert command.op == "chime"
        command.sent_at, command.acked_at, command.result = pages.now, pages.now, "done"
    parts = browser.get(f"/live.json?what=terminal&id={number}").json
    assert parts and "Done" in parts["commands"] and "2 of 3 sounds" in parts["facts"] and "0.7 ms" in parts["facts"]
    assert browser.post(f"/devices/{number}/commands/reboot").status_code == 404


def test_a_revoked_speaker_stays_revoked(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    browser.post(f"/devices/{number}/revoke")
    browser.post(f"/devices/{number}/revoke")
    assert get(pages.db, number).state == "revoked"
    page = browser.get(f"/devices/{number}").text
    assert "Revoked" in page and "Test chime" not in page
    answer = browser.post(f"/devices/{number}/commands/chime")
    assert "was revoked" in browser.get(answer.location).text


def test_groups_hold_at_most_three(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    for name in ("广场", "学校", "河边", "山上"):
        browser.post("/devices/groups", {"area": pages.village.county.id, "name": name})
    with pages.db.reading() as session:
        groups = [str(each.id) for each in session.scalars(select(Group))]
    browser.post(f"/devices/{number}/groups", {"group": groups})
    with pages.db.reading() as session:
        assert session.scalars(select(GroupMember)).all() == []
    browser.post(f"/devices/{number}/groups", {"group": groups[:3]})
    browser.post(f"/devices/{number}/groups", {"group": groups[2:]})
    with pages.db.reading() as session:
        assert {str(each.group_id) for each in session.scalars(select(GroupMember))} == set(groups[2:])


def test_a_log_is_read_by_who_may_see_the_speaker_and_only_the_one_it_sent(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    browser.post(f"/devices/{number}/commands/log")
    sha = log_files(pages.app.extensions["xiangyin"].files).put(b"gzip of lines")
    with pages.db.session() as session:
        command = session.scalars(select(OutCommand)).one()
        assert command.op == "log"
        command.sent_at, command.acked_at, command.result, command.detail = pages.now, pages.now, "done", sha
        name = command.id
    assert f"/devices/{number}/logs/{name}" in browser.get(f"/devices/{number}").text
    with browser.get(f"/devices/{number}/logs/{name}") as answer:
        assert answer.data == b"gzip of lines"
    assert browser.get(f"/devices/{number}/logs/another").status_code == 404
    assert pages.browser(pages.village.stranger).get(f"/devices/{number}/logs/{name}").status_code == 404
    assert browser.get(f"/audio/{sha}.mp3").status_code == 404, "never by digest alone"


def test_a_speaker_is_made_head_and_metered_by_its_page(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    browser.post(f"/devices/{number}/line", {"head": "1", "metered": "1"})
    assert (get(pages.db, number).head, get(pages.db, number).metered) == (True, True)
    browser.post(f"/devices/{number}/line", {})
    assert (get(pages.db, number).head, get(pages.db, number).metered) == (False, False)
    assert pages.browser(pages.village.stranger).post(f"/devices/{number}/line", {"head": "1"}).status_code == 404
    assert not get(pages.db, number).head


def test_an_update_is_ordered_when_a_version_was_released(pages: Pages) -> None:
    number, browser = a_terminal(pages), pages.browser(pages.village.operator)
    answer = browser.post(f"/devices/{number}/update")
    assert "No version was released yet" in browser.get(answer.location).text
    with pages.db.session() as session:
        session.add(Release(version="2.0", sha256="a" * 64, bytes=3, signed="signed word", created_at=pages.now))
    assert "Update to 2.0" in browser.get(f"/devices/{number}").text
    browser.post(f"/devices/{number}/update")
    with pages.db.reading() as session:
        command = session.scalars(select(OutCommand)).one()
        assert command.op == "update" and command.args == {"version": "2.0", "release": "signed word"}
