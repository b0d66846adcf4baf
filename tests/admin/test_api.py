"""REST: the same acts with a token; wrong input is refused with the field named and never breaks anything."""

from __future__ import annotations

import ast
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.admin.conftest import Pages
from tests.admin.test_devices import a_terminal, asking

ROOT = Path(__file__).resolve().parents[2]

ARTICLE = {"kind": "notice", "lang": "zh-Hans", "title": "停水通知", "body": "明天停水。"}


def test_without_a_token_nothing_is_said(pages: Pages) -> None:
    client = pages.app.test_client()
    for rule in pages.app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.endpoint != "openapi.spec":
            path = rule.rule.replace("<row:", "<").replace("<lang>", "en").replace("<dialect>", "cmn")
            while "<" in path:
                path = path[: path.index("<")] + "1" + path[path.index(">") + 1 :]
            for method in (rule.methods or set()) & {"GET", "POST", "PUT"}:
                for headers in ({}, {"Authorization": "Bearer xy_wrong"}, {"Authorization": "Basic abc"}):
                    answer = client.open(path, method=method, headers=headers, json={})
                    assert answer.status_code == 401, (method, path, answer.text)


def test_an_article_goes_through_by_rest(pages: Pages) -> None:
    author, reviewer = pages.machine(pages.village.operator), pages.machine(pages.village.reviewer)
    made = author("POST", "/api/articles", json={**ARTICLE, "area_id": pages.village.county.id})
    assert made.status_code == 201 and made.json
    number = made.json["id"]
    english = {"revision": 1, "title": "No water", "body": "No water tomorrow."}
    edited = author("PUT", f"/api/articles/{number}/texts/en", json=english)
    assert edited.json and edited.json["revision"] == 2 and len(edited.json["texts"]) == 2
    assert author("PUT", f"/api/articles/{number}/texts/en", json=english).status_code == 409
    assert author("POST", f"/api/articles/{number}/submit").json["state"] == "submitted"  # type: ignore[index]
    assert author("POST", f"/api/articles/{number}/approve", json={}).status_code == 403
    assert reviewer("POST", f"/api/articles/{number}/approve", json={"revision": 2}).json["state"] == "approved"  # type: ignore[index]
    assert reviewer("POST", f"/api/articles/{number}/approve", json={}).status_code == 422
    assert author("GET", f"/api/articles/{number}/renditions").json == {"renditions": []}
    assert pages.machine(pages.village.stranger)("GET", f"/api/articles/{number}").status_code == 404
    assert pages.machine(pages.village.stranger)("GET", "/api/articles").json == {"articles": []}


def test_a_programme_is_made_and_scheduled_by_rest(pages: Pages) -> None:
    call, area = pages.machine(pages.village.operator), pages.village.county.id
    made = call("POST", "/api/playlists", json={"area_id": area, "title": "早间", "items": [{"kind": "chime"}, {"kind": "pause", "pause_ms": 500}]})
    assert made.status_code == 201 and made.json and [each["kind"] for each in made.json["items"]] == ["chime", "pause"]
    number, version = made.json["id"], made.json["version"]
    assert call("PUT", f"/api/playlists/{number}/items", json={"version": version, "items": [{"kind": "chime"}]}).status_code == 200
    assert call("PUT", f"/api/playlists/{number}/items", json={"version": version, "items": []}).status_code == 409
    rule = {"playlist_id": number, "area_id": area, "kind": "weekly", "times": ["06:30"], "weekdays": [0, 4], "since": "2026-11-24"}
    scheduled = call("POST", "/api/schedules", json=rule)
    assert scheduled.status_code == 201 and scheduled.json and scheduled.json["tz"] == "Asia/Shanghai"
    assert call("POST", "/api/schedules", json={**rule, "times": ["26:30"]}).status_code == 422
    assert call("POST", f"/api/schedules/{scheduled.json['id']}/stop").json["active"] is False  # type: ignore[index]


def test_a_terminal_is_paired_made_louder_and_revoked_by_rest(pages: Pages) -> None:
    call, area = pages.machine(pages.village.operator), pages.village.village_a.id
    paired = call("POST", "/api/terminals/pair", json={"code": asking(pages), "area_id": area, "name": "村口"})
    assert paired.status_code == 201 and paired.json
    number = paired.json["id"]
    assert call("PUT", f"/api/terminals/{number}/volume", json={"volume": 0}).json["volume"] == 0  # type: ignore[index]
    assert call("POST", f"/api/terminals/{number}/chime").status_code == 202
    assert call("GET", "/api/terminals/ready").json == {"ready": 0, "total": 1}
    assert call("POST", f"/api/terminals/{number}/revoke").json["state"] == "revoked"  # type: ignore[index]
    assert "password" not in json.dumps(call("GET", "/api/terminals").json)


@pytest.mark.parametrize(("body", "field"), [
    ({}, "area_id"), ({"area_id": "one"}, "area_id"), ({"area_id": 2**63}, "area_id"), ({"area_id": 1.5}, "area_id"), ({"kind": "rumour"}, "kind"),
    ({"title": ""}, "title"), ({"title": "x" * 301}, "title"), ({"title": "a\0b"}, "title"), ({"title": None}, "title"), ({"body": ["x"]}, "body"),
    ({"body": "\ud800"}, "body"), ({"lang": "klingon-that-is-long"}, "lang"), ({"titel": "x"}, "titel"), ({"body": " \n "}, "body"),
])  # fmt: skip
def test_the_field_at_fault_is_named(pages: Pages, body: dict[str, Any], field: str) -> None:
    sent = {**ARTICLE, "area_id": pages.village.county.id, **body} if body else {}
    answer = pages.machine(pages.village.operator)("POST", "/api/articles", data=json.dumps(sent), content_type="application/json")
    assert answer.status_code == 422, answer.text
    assert answer.json and field in answer.json["detail"]["json"], answer.text


@pytest.mark.parametrize("raw", [
    b"", b"{", b"[]x", b"NaN", b'{"volume": NaN}', b'{"volume": Infinity}', b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"\xff\xfe",
    b"[]", b"null", b"1", b'"x"', b'{"volume": 1e999}', b'{"volume": ' + b"9" * 5000 + b"}",
])  # fmt: skip
def test_json_that_is_none_is_refused(pages: Pages, raw: bytes) -> None:
    number = a_terminal(pages)
    answer = pages.machine(pages.village.operator)("PUT", f"/api/terminals/{number}/volume", data=raw, content_type="application/json")
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "before=-1", "before=99999999999999999999", "state=lost", "unknown=1"])
def test_wrong_queries_name_the_field(pages: Pages, query: str) -> None:
    answer = pages.machine(pages.village.operator)("GET", f"/api/articles?{query}")
    assert answer.status_code == 422 and answer.json and query.partition("=")[0] in answer.json["detail"]["query"]


def test_times_without_a_zone_are_refused(pages: Pages) -> None:
    call = pages.machine(pages.village.operator)
    assert call("GET", "/api/occurrences?since=2026-11-24T06:30:00").status_code == 422
    assert call("GET", "/api/occurrences?since=2026-11-24T06:30:00%2B08:00").status_code == 200


def test_an_upload_that_is_no_sound_is_refused_by_decoding(pages: Pages) -> None:
    form = {"area_id": str(pages.village.county.id), "kind": "music", "file": (io.BytesIO(b"this is no sound" * 50), "song.mp3")}
    answer = pages.machine(pages.village.operator)("POST", "/api/clips", data=form)
    assert answer.status_code == 422 and "song.mp3" in answer.text
    nothing = pages.machine(pages.village.operator)("POST", "/api/clips", data={"area_id": "1", "kind": "music"})
    assert nothing.status_code == 422 and "file" in nothing.text


def test_the_next_county_acts_on_nothing_here(pages: Pages) -> None:
    call, number, area = pages.machine(pages.village.stranger), a_terminal(pages), pages.village.county.id
    answer = call("POST", "/api/articles", json={**ARTICLE, "area_id": area})
    assert answer.status_code == 404 and "in no place of yours" in answer.json["message"]
    assert call("PUT", f"/api/terminals/{number}/volume", json={"volume": 1}).status_code == 404
    assert call("POST", f"/api/terminals/{number}/revoke").status_code == 404
    assert call("POST", "/api/playlists", json={"area_id": area, "title": "x"}).status_code == 404
    assert call("GET", "/api/audit").json == {"entries": []}
    assert {each["name"] for each in call("GET", "/api/areas").json["areas"]} == {"邻县"}  # type: ignore[index]


def test_no_two_schemas_of_the_doors_have_one_name() -> None:
    """One would take the other's place in the description."""
    names = Counter(
        node.name for path in (ROOT / "admin/api").glob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ClassDef)
    )
    assert [name for name, number in names.items() if number > 1] == []


def test_the_description_is_openapi_3_1_and_every_reference_leads_somewhere(pages: Pages) -> None:
    spec = pages.app.test_client().get("/api/openapi.json").json
    assert spec and spec["openapi"] == "3.1.0" and spec["info"]["title"] == "Xiangyin"
    text = json.dumps(spec)
    for part in text.split('"$ref": "#/components/schemas/')[1:]:
        assert part.partition('"')[0] in spec["components"]["schemas"]
    for path, operations in spec["paths"].items():
        assert path.startswith("/api/"), path
        for method, operation in operations.items():
            if method != "parameters":
                assert operation["responses"] and (operation.get("summary") or operation.get("description")), (path, method)
