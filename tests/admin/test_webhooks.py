"""Webhooks on the page, over REST and by command: added with a secret that is shown once, tried, switched, read, taken off; in one's own branch only."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from admin.commands import cli
from station.database import Database
from station.models import AuditEntry, Webhook, WebhookDelivery
from tests.admin.conftest import Pages

URL = "https://93.184.216.34/told"


def acts(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "webhook").order_by(AuditEntry.id)))


def test_from_the_first_secret_to_the_last_message(pages: Pages) -> None:
    browser = pages.browser(pages.village.admin)
    form = {"name": "县平台", "url": URL, "area": str(pages.village.county.id), "subjects": "emergency"}
    shown = browser.post("/webhooks", form)
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", shown.text)
    assert secret and secret[0] not in browser.get("/webhooks").text and URL in browser.get("/webhooks").text
    with pages.db.reading() as session:
        assert secret[0] not in session.get_one(Webhook, 1).secret, "sealed"
    assert browser.post("/webhooks/1/try").status_code == 303
    page = browser.get("/webhooks/1").text
    assert "A trial message is on its way" in page and ">test<br>" in page and "waits" in page
    assert browser.post("/webhooks/1/off").status_code == 303 and "Switch on" in browser.get("/webhooks/1").text
    assert secret[0] not in browser.post("/webhooks/1/secret").text
    assert browser.post("/webhooks/1/nonsense").status_code == 404
    assert browser.post("/webhooks/1/remove").status_code == 303 and browser.get("/webhooks/1").status_code == 404
    assert acts(pages.db) == ["add", "switch", "new_secret", "remove"]
    with pages.db.reading() as session:
        assert list(session.scalars(select(WebhookDelivery))) == []


@pytest.mark.parametrize(("changes", "word"), [({"url": "http://127.0.0.1/"}, "webhook_networks"), ({"url": "ftp://x"}, "web address"), ({"subjects": []}, "choose of what")])
def test_what_cannot_be_is_said_and_the_form_keeps_its_words(pages: Pages, changes: dict[str, object], word: str) -> None:
    form = {"name": "县平台", "url": URL, "area": str(pages.village.county.id), "subjects": "emergency", **changes}
    refused = pages.browser(pages.village.admin).post("/webhooks", form)
    assert refused.status_code == 422 and word in refused.text and "县平台" in refused.text and acts(pages.db) == []


def test_others_neither_see_nor_change_it(pages: Pages) -> None:
    admin = pages.machine(pages.village.admin)
    made = admin("POST", "/api/webhooks", json={"area_id": pages.village.county.id, "name": "x", "url": URL, "subjects": ["article"]})
    assert made.status_code == 201 and made.json["secret"].startswith("whsec_")  # type: ignore[index]
    for person, status in ((pages.village.operator, 403), (pages.village.stranger, 404)):
        browser, machine = pages.browser(person), pages.machine(person)
        assert browser.get("/webhooks").status_code == 403 and machine("GET", "/api/webhooks").status_code == 403
        assert browser.get("/webhooks/1").status_code == browser.post("/webhooks/1/secret").status_code == status
        assert machine("POST", "/api/webhooks/1/secret").status_code == machine("DELETE", "/api/webhooks/1").status_code == status


def test_machines_do_all_of_it(pages: Pages) -> None:
    call = pages.machine(pages.village.admin)
    said = {"area_id": pages.village.county.id, "name": "x", "url": URL, "subjects": ["article", "emergency"]}
    first = call("POST", "/api/webhooks", json=said).json
    assert call("POST", "/api/webhooks", json={**said, "subjects": ["nonsense"]}).status_code == 422
    assert call("POST", "/api/webhooks", json={**said, "url": "http://10.0.0.1/"}).json["detail"] == {"json": {"url": [call("POST", "/api/webhooks", json={**said, "url": "http://10.0.0.1/"}).json["message"]]}}  # type: ignore[index]
    (row,) = call("GET", "/api/webhooks").json["webhooks"]  # type: ignore[index]
    assert row["subjects"] == ["article", "emergency"] and "secret" not in row
    assert call("POST", "/api/webhooks/1/secret").json["secret"] != first["secret"]  # type: ignore[index]
    assert call("POST", "/api/webhooks/1/try").status_code == 202
    assert [each["state"] for each in call("GET", "/api/webhooks/1/deliveries").json["deliveries"]] == ["wanted"]  # type: ignore[index]
    assert call("PUT", "/api/webhooks/1", json={"active": False}).json["active"] is False  # type: ignore[index]
    assert call("DELETE", "/api/webhooks/1").status_code == 204 and call("GET", "/api/webhooks/1/deliveries").status_code == 404


def test_the_command_does_all_of_it(pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XIANGYIN_DATABASE_URL", pages.db.url)
    monkeypatch.setenv("XIANGYIN_SECRET_KEY", "of no worth")
    who = ["--login", pages.village.admin.login]

    def said(*words: str) -> str:
        done = CliRunner().invoke(cli, ["webhooks", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    place = str(pages.village.county.id)
    made = json.loads(said("add", place, URL, "--name", "县平台", "--of", "emergency", "--of", "notice", *who, "--json"))
    assert made["secret"].startswith("whsec_") and made["subjects"] == ["emergency", "notice"]
    assert json.loads(said("secret", "1", *who, "--json"))["secret"] != made["secret"]
    assert said("try", "1", *who).startswith("msg_")
    assert [row["type"] for row in json.loads(said("log", "1", "--json"))] == ["test"] and "test" in said("log", "1")
    said("switch", "1", "off", *who)
    assert [row["active"] for row in json.loads(said("list", "--json"))] == [False] and "off" in said("list")
    refused = CliRunner().invoke(cli, ["webhooks", "remove", "1", "--login", "lan"])
    assert refused.exit_code == 1 and "takes one of these roles" in refused.output
    refused = CliRunner().invoke(cli, ["webhooks", "add", place, "http://192.168.1.5/", "--name", "x", "--of", "day", *who])
    assert refused.exit_code == 1 and "webhook_networks" in refused.output
    said("remove", "1", *who)
    assert json.loads(said("list", "--json")) == [] and acts(pages.db) == ["add", "new_secret", "switch", "remove"]
