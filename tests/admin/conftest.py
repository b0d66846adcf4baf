"""A station with its pages: people who are signed in, one terminal that asks, one programme that was heard."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin.web import WebSettings, create_web
from devices.keys import StationKeys
from devices.models import Terminal
from station import access
from station.database import Database
from station.files import Files
from station.models import Person
from station.shelf import Shelf
from tests.people import Village, settle


class Browser:
    """A browser that is signed in (or not): it takes the form key of a page and sends it along, as a real one does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.client.set_cookie("lang", "en")

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(path, **kwargs)

    def form_key(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/sign-in").text + self.client.get("/me").text)
        assert found, "no page gave a form key"
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.form_key(), **(data or {})}, **kwargs)


@dataclass
class Pages:
    """The app with the people of the village."""

    app: APIFlask
    db: Database
    village: Village
    now: datetime

    def browser(self, person: Person | None = None) -> Browser:
        """Somebody's browser; nobody's without a person."""
        client = self.app.test_client()
        if person is not None:
            with self.db.session() as session:
                client.set_cookie("xiangyin", access.open_session(session, person, self.now))
        return Browser(client)

    def machine(self, person: Person) -> Callable[..., TestResponse]:
        """A machine with a token of the person's: ``call("POST", "/api/articles", json={...})``."""
        with self.db.session() as session:
            token = access.make_token(session, person, "test", self.now)
        client = self.app.test_client()

        def call(method: str, path: str, **kwargs: Any) -> TestResponse:
            return client.open(path, method=method, headers={"Authorization": f"Bearer {token}"}, **kwargs)

        return call


def settings(**changes: Any) -> WebSettings:
    return WebSettings("a key only for tests, of no worth", **{"rate_limits": False, "live_seconds": 0.0, **changes})


@pytest.fixture
def keys(tmp_path: Path) -> StationKeys:
    return StationKeys.load_or_make(tmp_path / "keys")


@pytest.fixture
def pages(db: Database, files: Files, keys: StationKeys, now: datetime, tmp_path: Path) -> Pages:
    with db.session() as session:
        village = settle(session, now)
    app = create_web(settings(shelf=Shelf(tmp_path / "backups", tmp_path)), db, files, keys, lambda password: "hash of it", lambda: now)
    return Pages(app, db, village, now)


@pytest.fixture
def places(db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Village:
    """The village of a station that the command finds by its settings, with one terminal."""
    monkeypatch.setenv("XIANGYIN_DATABASE_URL", db.url)
    with db.session() as session:
        village = settle(session, now)
        session.add(Terminal(did="pole", area_id=village.village_a.id, name="井边", created_at=now, want_sent_rev=1))
        return village
