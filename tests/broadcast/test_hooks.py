"""Webhooks: what happens in the branch is told once, signed, and again until it was heard; private networks only where somebody allowed them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select

from broadcast import hooks
from broadcast.hooks import BACKOFF_S, BadHook, Teller, post_to, signature
from station.audit import record
from station.database import Database
from station.models import Webhook, WebhookDelivery
from station.vault import Vault
from tests.people import Village, settle

VAULT = Vault("a key only for tests, of no worth")
HERE = "127.0.0.0/8"


class Listener:
    """Another program: it keeps what it was told, and answers as the test wants."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.heard = list(answers), []  # type: ignore[var-annotated]

    def __call__(self, url: str, headers: dict[str, str], body: bytes) -> int:
        self.heard.append((url, headers, json.loads(body)))
        answer = self.answers.pop(0) if self.answers else 204
        if answer == 0:
            raise BadHook("nas.lan was not reached (TimeoutError)")
        return answer


def stage(db: Database, now: datetime, listener: Listener, subjects: tuple[str, ...] = ("article", "emergency")) -> tuple[Teller, Village]:
    with db.session() as session:
        village = settle(session, now)
        made, _secret = hooks.add(session, VAULT, village.admin, village.county, name="县里", url="http://127.0.0.1:9/x", subjects=subjects, now=now, allowed=HERE)
        assert made.id == 1
    return Teller(db, VAULT, listener), village


def happened(db: Database, village: Village, act: str, where: str = "village_a", subject: str = "article", at: datetime | None = None) -> None:
    with db.session() as session:
        area = getattr(village, where)
        record(session, person=village.operator, act=act, subject=subject, subject_id=7, area=area, now=at or datetime.fromisoformat("2026-11-24T02:00+00:00"), title="停水")


def told(teller: Teller, now: datetime) -> None:
    teller.collect(now)
    while teller.tell_one(now):
        pass


@pytest.mark.both_databases
def test_what_happens_in_the_branch_is_told_once_in_order_and_nothing_else(db: Database, now: datetime) -> None:
    listener = Listener()
    teller, village = stage(db, now, listener)
    for act in ("submit", "approve"):
        happened(db, village, act)
    happened(db, village, "sign_in", subject="person")
    happened(db, village, "submit", where="other_county")
    told(teller, now)
    told(teller, now + timedelta(seconds=30))
    told(teller, now + timedelta(hours=1))
    happened(db, village, "order", subject="emergency", at=now + timedelta(hours=1))
    told(teller, now + timedelta(hours=1))
    assert [body["type"] for _url, _headers, body in listener.heard] == ["article.submit", "article.approve", "emergency.order"]
    first = listener.heard[0][2]["data"]
    assert first["area"]["name"] == village.village_a.name and first["by"] == "lan" and first["detail"] == {"title": "停水"} and first["id"] == "7"
    with db.reading() as session:
        assert set(session.scalars(select(WebhookDelivery.state))) == {"sent"}


@pytest.mark.both_databases
def test_an_entry_whose_transaction_ended_late_is_told_too(db: Database, now: datetime) -> None:
    listener = Listener()
    teller, village = stage(db, now, listener)
    happened(db, village, "one")
    told(teller, now + timedelta(minutes=1))
    with db.session() as session:
        assert session.get_one(Webhook, 1).after_id == 0, "young entries are looked through again"
    told(teller, now + timedelta(minutes=6))
    with db.session() as session:
        assert session.get_one(Webhook, 1).after_id > 0
    assert len(listener.heard) == 1


def test_it_is_told_again_ever_more_seldom_and_given_up_in_the_end(db: Database, now: datetime) -> None:
    listener = Listener(500, 0, *[503] * 50)
    teller, _village = stage(db, now, listener)
    with db.session() as session:
        hooks.try_out(session, session.get_one(Webhook, 1), now)
    at = now
    for pause in BACKOFF_S:
        assert teller.tell_one(at) and not teller.tell_one(at + timedelta(seconds=pause - 1))
        at += timedelta(seconds=pause)
    assert teller.tell_one(at) and not teller.tell_one(at + timedelta(days=9))
    assert len(listener.heard) == len(BACKOFF_S) + 1 and len({headers["webhook-id"] for _url, headers, _body in listener.heard}) == 1
    with db.reading() as session:
        row = session.scalars(select(WebhookDelivery)).one()
        assert row.state == "failed" and row.attempts == len(BACKOFF_S) + 1 and row.status == 503


def test_who_says_gone_is_told_nothing_more_and_who_falls_silent_is_told_later(db: Database, now: datetime) -> None:
    listener = Listener(410)
    teller, village = stage(db, now, listener)
    happened(db, village, "submit")
    told(teller, now)
    happened(db, village, "approve")
    told(teller, now)
    with db.session() as session:
        hook = session.get_one(Webhook, 1)
        assert not hook.active and "410" in hook.off_because and len(listener.heard) == 1
        hooks.switch(hook, True)
    told(teller, now)
    assert [body["type"] for _url, _headers, body in listener.heard] == ["article.submit", "article.approve"]


def test_the_signature_is_that_of_the_standard() -> None:
    """Secret, id, time and body of the example in the specification of standardwebhooks.com."""
    body = b'{"test": 2432232314}'
    at = datetime.fromisoformat("2021-02-25T10:02:30+00:00")
    given = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, at.tzinfo), body)
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_that_another_key_sealed_stops_it_with_words(db: Database, now: datetime) -> None:
    listener = Listener()
    _teller, village = stage(db, now, listener)
    happened(db, village, "submit")
    told(Teller(db, Vault("another key"), listener), now)
    with db.reading() as session:
        assert listener.heard == [] and "secret key" in session.get_one(Webhook, 1).off_because


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://192.168.1.5/x", "http://localhost/"])
def test_private_networks_are_for_those_that_are_allowed_by_name(url: str) -> None:
    with pytest.raises(BadHook, match="webhook_networks"):
        hooks.target_of(url)
    with pytest.raises(BadHook, match="webhook_networks"):
        hooks.target_of(url, "10.99.0.0/16 203.0.113.7")


@pytest.mark.parametrize("url", ["ftp://93.184.216.34/", "http://user:word@93.184.216.34/", "http://", "nonsense"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadHook):
        hooks.target_of(url)


def test_over_a_real_line_it_arrives_signed_and_a_redirect_is_not_followed() -> None:
    heard: list[tuple[dict[str, str], bytes]] = []

    class There(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((dict(self.headers), body))
            self.send_response(307 if self.path == "/away" else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Nothing on the screen."""

    server = HTTPServer(("127.0.0.1", 0), There)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        secret, at, body = hooks.new_secret(), datetime.fromisoformat("2026-11-24T02:00+00:00"), '{"type":"试"}'.encode()
        headers = {"Content-Type": "application/json", "webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": signature(secret, "msg_1", at, body)}
        address = f"http://127.0.0.1:{server.server_port}"
        assert post_to("127.0.0.1")(f"{address}/x?y=1", headers, body) == 200
        assert post_to("127.0.0.1")(f"{address}/away", headers, body) == 307 and len(heard) == 2
        with pytest.raises(BadHook, match="webhook_networks"):
            post_to("")(f"{address}/x", headers, body)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    got, raw = heard[0]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert got["webhook-signature"] == "v1," + base64.b64encode(hmac.new(key, b"msg_1.%d." % int(at.timestamp()) + raw, hashlib.sha256).digest()).decode()
    with pytest.raises(BadHook, match="was not reached"):
        post_to("127.0.0.1")(f"{address}/x", headers, body)
