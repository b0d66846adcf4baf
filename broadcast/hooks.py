"""Webhooks: other programs are told of what happens in a branch, signed, and told again until they have heard it.

What is told is what the audit log holds, of the subjects that somebody chose. The form is that of standardwebhooks.com: headers ``webhook-id``,
``webhook-timestamp`` (Unix seconds) and ``webhook-signature`` (``v1,`` and the Base64 of HMAC-SHA256 over ``id.timestamp.body``), secrets
``whsec_`` and Base64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from articles import feeds
from articles.errors import BadFeed
from station.areas import branch
from station.database import Database
from station.models import Area, AuditEntry, Person, Webhook, WebhookDelivery
from station.vault import Locked, Vault

SUBJECTS = (
    "emergency", "received_alert", "notice", "talk", "article", "playlist", "schedule", "occurrence", "terminal", "group", "area", "person", "day",
)  # fmt: skip
# After the first try: five seconds, then minutes, hours, a day; given up after three days and a half.
BACKOFF_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
SECONDS = 10.0
LEASE = timedelta(seconds=60)
# A transaction may write an earlier number later than another one wrote its own: entries this young are looked through again.
SETTLED = timedelta(minutes=5)
KEPT = timedelta(days=30)
GONE = 410
AT_ONCE = 50
PREFIX = "whsec_"

# Bring a body with headers to an address; the status that was answered. Raises BadHook.
Post = Callable[[str, dict[str, str], bytes], int]


class BadHook(ValueError):
    """An address that cannot be told, or was not reached; ``field`` names the input at fault."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def new_secret() -> str:
    """A fresh secret as it is shown once: 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, name: str, at: datetime, body: bytes) -> str:
    """What stands in ``webhook-signature``."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    told = f"{name}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()


def networks(allowed: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """The private networks that webhooks may reach, from the setting: addresses and networks with blanks between. Raises ValueError."""
    return tuple(ipaddress.ip_network(each, strict=False) for each in allowed.split())


def target_of(url: str, allowed: str = "") -> feeds.Target:
    """Where a message to this address goes: to the very address that was looked at. Raises BadHook for a private one that nobody allowed."""
    try:
        target = feeds.check_url(url, allow_private=True)
    except BadFeed as error:
        raise BadHook(str(error).replace("of the feed", "").replace("the feed's address", "the address"), "url") from error
    address = ipaddress.ip_address(target.address.split("%")[0])
    if not feeds.is_public(target.address) and not any(address in each for each in networks(allowed) if each.version == address.version):
        raise BadHook(f"{target.host} lies inside a private network ({address}): allow it with the setting webhook_networks, such as {address}", "url")
    return target


def post_to(allowed: str) -> Post:
    """Bring a message over the network; redirects are not followed."""

    def post(url: str, headers: dict[str, str], body: bytes) -> int:
        target = target_of(url, allowed)
        try:
            return feeds.deliver(target, headers, body, SECONDS)
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise BadHook(f"{target.host} was not reached ({type(error).__name__})") from error

    return post


def add(session: Session, vault: Vault, person: Person, area: Area, *, name: str, url: str, subjects: Sequence[str], now: datetime, allowed: str = "") -> tuple[Webhook, str]:
    """A new one, and its secret, which is shown this once. Raises BadHook."""
    checked(name, url, subjects, allowed)
    newest = session.scalar(select(func.max(AuditEntry.id))) or 0
    made = Webhook(area_id=area.id, name=name.strip(), url=url, subjects=list(dict.fromkeys(subjects)), after_id=newest, created_by_id=person.id, created_at=now)
    session.add(made)
    session.flush()
    return made, fresh_secret(vault, made)


def checked(name: str, url: str, subjects: Sequence[str], allowed: str) -> None:
    """Nothing when it could be told. Raises BadHook."""
    if not name.strip() or len(name) > 100:
        raise BadHook("give it a name of 1 to 100 characters", "name")
    if not subjects or set(subjects) - set(SUBJECTS):
        raise BadHook(f"choose of what it is told: {', '.join(SUBJECTS)}", "subjects")
    target_of(url, allowed)


def fresh_secret(vault: Vault, hook: Webhook) -> str:
    """Another secret from now on; it is shown this once."""
    secret = new_secret()
    hook.secret = vault.seal(secret, f"webhook {hook.id}")
    return secret


def switch(hook: Webhook, active: bool) -> None:
    """On again, or off."""
    hook.active, hook.off_because = active, ""


def try_out(session: Session, hook: Webhook, now: datetime) -> WebhookDelivery:
    """A trial message, sent like every other."""
    return _put(session, hook, None, {"type": "test", "timestamp": now.isoformat(), "data": {"station": "Xiangyin", "webhook": hook.name}}, now)


def _put(session: Session, hook: Webhook, audit_id: int | None, told: dict[str, Any], now: datetime) -> WebhookDelivery:
    made = WebhookDelivery(
        webhook_id=hook.id, audit_id=audit_id, name=f"msg_{secrets.token_hex(12)}", body=json.dumps(told, ensure_ascii=False, separators=(",", ":")), created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def message_of(entry: AuditEntry) -> dict[str, Any]:
    """An entry of the log as others read it."""
    area, person = entry.area, entry.person
    return {
        "type": f"{entry.subject}.{entry.act}", "timestamp": entry.at.isoformat(),
        "data": {
            "entry": entry.id, "subject": entry.subject, "id": entry.subject_id, "act": entry.act,
            "area": {"id": area.id, "name": area.name, "code": area.code} if area else None, "by": person.login if person else None, "detail": entry.detail,
        },
    }  # fmt: skip


class Teller:
    """The pipeline's step: writes down what is to be told, and tells it."""

    def __init__(self, db: Database, vault: Vault, post: Post) -> None:
        self.db, self.vault, self.post = db, vault, post

    def collect(self, now: datetime) -> bool:
        """New entries of the log become messages; whether there were any. What is a month old and told is forgotten."""
        with self.db.reading() as session:
            hooks = [hook.id for hook in session.scalars(select(Webhook).where(Webhook.active))]
        return any([self._collect(number, now) for number in hooks])

    def _collect(self, number: int, now: datetime) -> bool:
        with self.db.session() as session:
            hook = session.get_one(Webhook, number)
            known = exists().where(WebhookDelivery.webhook_id == hook.id, WebhookDelivery.audit_id == AuditEntry.id)
            fresh = list(session.scalars(
                select(AuditEntry).join(Area, AuditEntry.area_id == Area.id).options(joinedload(AuditEntry.area), joinedload(AuditEntry.person))
                .where(AuditEntry.id > hook.after_id, AuditEntry.subject.in_(hook.subjects), branch(hook.area), ~known).order_by(AuditEntry.id).limit(AT_ONCE)
            ))  # fmt: skip
            for entry in fresh:
                _put(session, hook, entry.id, message_of(entry), now)
            if len(fresh) < AT_ONCE:
                settled = session.scalar(select(func.max(AuditEntry.id)).where(AuditEntry.id > hook.after_id, AuditEntry.at <= now - SETTLED))
                hook.after_id = settled or hook.after_id
            session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id, WebhookDelivery.state != "wanted", WebhookDelivery.created_at < now - KEPT))
        return bool(fresh)

    def tell_one(self, now: datetime) -> bool:
        """One message that is due is brought to its address; whether there was any."""
        taken = self._take(now)
        if taken is None:
            return False
        number, url, headers, body = taken
        status, error = 0, ""
        try:
            status = self.post(url, headers, body)
        except BadHook as reason:
            error = str(reason)
        with self.db.session() as session:
            self._write_down(session, session.get(WebhookDelivery, number), status, error, now)
        return True

    def _take(self, now: datetime) -> tuple[int, str, dict[str, str], bytes] | None:
        """Claimed for a minute: whoever falls meanwhile has it told again (receivers know it by its ``webhook-id``)."""
        due = (WebhookDelivery.state == "wanted", or_(WebhookDelivery.not_before.is_(None), WebhookDelivery.not_before <= now))
        with self.db.session() as session:
            found = session.scalar(
                select(WebhookDelivery).join(Webhook).where(*due, Webhook.active).options(joinedload(WebhookDelivery.webhook)).order_by(WebhookDelivery.id).limit(1)
            )
            if found is None:
                return None
            mine = session.execute(update(WebhookDelivery).where(WebhookDelivery.id == found.id, *due).values(not_before=now + LEASE))
            if not mine.rowcount:  # type: ignore[attr-defined]
                return None
            try:
                secret = self.vault.open(found.webhook.secret, f"webhook {found.webhook_id}")
            except Locked as error:
                found.webhook.active, found.webhook.off_because = False, str(error)[:300]
                return None
            body = found.body.encode()
            headers = {
                "Content-Type": "application/json", "webhook-id": found.name, "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": signature(secret, found.name, now, body),
            }  # fmt: skip
            return found.id, found.webhook.url, headers, body

    def _write_down(self, session: Session, row: WebhookDelivery | None, status: int, error: str, now: datetime) -> None:
        if row is None:  # taken off meanwhile, with all its messages
            return
        row.status, row.attempts = status, row.attempts + 1
        row.error = error[:300] or ("" if 200 <= status < 300 else f"it answered {status}")
        if not row.error:
            row.state, row.done_at, row.not_before = "sent", now, None
        elif status == GONE:
            row.state, row.done_at = "failed", now
            row.webhook.active, row.webhook.off_because = False, "it answered 410: it wants to hear no more"
        elif row.attempts > len(BACKOFF_S):
            row.state, row.done_at = "failed", now
        else:
            row.not_before = now + timedelta(seconds=BACKOFF_S[row.attempts - 1])
