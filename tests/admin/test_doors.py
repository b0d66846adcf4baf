"""The doors for machines: the same bytes for ever, in parts when asked, and nothing that is not a digest."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.admin.conftest import Pages

SOUND = bytes(range(256)) * 40


def stored(pages: Pages) -> str:
    return pages.app.extensions["xiangyin"].files.put(SOUND)  # type: ignore[no-any-return]


def test_sound_is_served_by_its_digest_to_whoever_knows_it(pages: Pages) -> None:
    sha = stored(pages)
    answer = pages.app.test_client().get(f"/audio/{sha}.mp3", buffered=True)
    assert answer.data == SOUND and answer.mimetype == "audio/mpeg"
    assert hashlib.sha256(answer.data).hexdigest() == sha == answer.get_etag()[0]
    assert "immutable" in answer.headers["Cache-Control"] and answer.headers["Accept-Ranges"] == "bytes"


def test_a_broken_download_goes_on_where_it_stopped(pages: Pages) -> None:
    sha = stored(pages)
    client = pages.app.test_client()
    rest = client.get(f"/audio/{sha}.mp3", buffered=True, headers={"Range": "bytes=10000-"})
    assert rest.status_code == 206 and rest.data == SOUND[10000:]
    assert rest.headers["Content-Range"] == f"bytes 10000-10239/{len(SOUND)}"
    middle = client.get(f"/audio/{sha}.mp3", buffered=True, headers={"Range": "bytes=5-9", "If-Range": f'"{sha}"'})
    assert middle.data == SOUND[5:10]
    assert client.get(f"/audio/{sha}.mp3", buffered=True, headers={"Range": "bytes=99999-"}).status_code == 416


def test_what_is_known_is_not_sent_again(pages: Pages) -> None:
    sha = stored(pages)
    assert pages.app.test_client().get(f"/audio/{sha}.mp3", buffered=True, headers={"If-None-Match": f'"{sha}"'}).status_code == 304


@pytest.mark.parametrize("path", ["/audio/x.mp3", f"/audio/{'0' * 64}.mp3", "/audio/..%2f..%2fetc%2fpasswd.mp3", f"/plan/{'F' * 64}", "/captions/x.vtt"])
def test_what_is_no_stored_digest_is_not_found(pages: Pages, path: str) -> None:
    assert pages.app.test_client().get(path).status_code == 404


def test_a_large_plan_is_fetched_the_same_way(pages: Pages) -> None:
    answer = pages.app.test_client().get(f"/plan/{stored(pages)}", buffered=True)
    assert answer.data == SOUND and "immutable" in answer.headers["Cache-Control"]


def test_a_terminal_finds_the_broker(pages: Pages) -> None:
    found = pages.app.test_client().get("/.well-known/xiangyin.json").json
    assert found == {"mqtt": {"host": "127.0.0.1", "port": 1883, "tls": False}, "ws": "", "domain": "xy", "base": ["http://localhost"]}


def test_health(pages: Pages) -> None:
    assert pages.app.test_client().get("/health").json == {"ok": True, "version": "0"}


def test_letters_are_served_to_browsers_that_have_none(pages: Pages) -> None:
    with pages.browser().get("/fonts/NotoSerifTibetan-Regular.ttf") as answer:
        assert answer.status_code == 200 and answer.mimetype == "font/ttf" and answer.data[:4] == b"\0\1\0\0"
    for name in ("fonts", "XiangyinHan-Regular", "..%2F..%2Fapp"):
        assert pages.browser().get(f"/fonts/{name}.ttf").status_code == 404


def test_the_box_gets_its_page_and_nothing_beside_it(pages: Pages) -> None:
    client = pages.app.test_client()
    page = client.get("/tv/", buffered=True)
    assert page.mimetype == "text/html" and b"js/main.js" in page.data
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy and "*" not in policy
    for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert client.get(f"/tv/{name}", buffered=True).status_code == 200
    for name in ("../agent.py", "%2e%2e/agent.py", "js/../../agent.py", "no.js", "js", "js/nothing.js", "index.py"):
        assert client.get(f"/tv/{name}").status_code == 404


def test_a_box_from_elsewhere_may_read_what_is_checked_by_its_digest(pages: Pages) -> None:
    answer = pages.app.test_client().get(f"/audio/{stored(pages)}.mp3", buffered=True)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
