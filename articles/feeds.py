"""Feeds are read again and again; each new entry becomes a draft, once. A feed cannot lead the station into its own network."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import ipaddress
import logging
import re
import secrets
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import feedparser
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from articles.collect import clean
from articles.errors import BadFeed, Conflict, Refused, UnknownKind
from articles.files import read_file
from articles.language import WRITTEN, detect
from articles.models import Article, Feed, Text
from station.audit import record
from station.database import Database
from station.models import Area, Person
from station.people import require

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
MAX_BACK_OFF = timedelta(hours=24)
MAX_BYTES = 4 * 1024 * 1024
MAX_ENTRIES = 50
MAX_BODY = 20_000
MAX_HOPS = 5
TIMEOUT_S = 10.0
DEADLINE_S = 30.0  # for one answer, however slowly it comes
MAX_URL = 1000
BOMB = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Fetched:
    """What came back; ``data`` None when nothing changed (304)."""

    data: bytes | None
    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True)
class Target:
    """Where to connect: the address that was checked, and the name it was asked for."""

    address: str
    host: str
    port: int
    secure: bool
    path: str


def check_url(url: str, allow_private: bool = False) -> Target:
    """The address behind a URL, when the station may go there. Raises BadFeed."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadFeed(f"{url[:100]!r} is no web address: copy the address of the feed again", "url") from error
    if parts.scheme not in ("http", "https") or not host or len(url) > MAX_URL or not url.isprintable() or " " in url:
        raise BadFeed(f"{url[:100]!r} is no web address: it begins with https:// or http://", "url")
    if parts.username or parts.password:
        raise BadFeed("leave the name and the password out of the feed's address", "url")
    port = port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadFeed(f"{host} has no address on the network: check how it is written", "url") from error
    addresses = [str(each[4][0]) for each in found]
    refused = [each for each in addresses if not (allow_private or is_public(each))]
    if refused or not addresses:
        raise BadFeed(f"{host} lies inside a private network: feeds are read from public addresses only", "url")
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe="/?%:@!$&'()*+,;=~-._[]|")
    return Target(addresses[0], host, port, parts.scheme == "https", path)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the world at large; one that wraps an IPv4 address counts as that one."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def fetch(url: str, etag: str | None = None, modified: str | None = None, allow_private: bool = False) -> Fetched:
    """Read an address, following up to MAX_HOPS redirects, each checked anew. Raises BadFeed."""
    for _hop in range(MAX_HOPS + 1):
        target = check_url(url, allow_private)
        try:
            status, headers, data = _get(target, etag, modified)
        except (http.client.HTTPException, OSError, ValueError) as error:
            if isinstance(error, BadFeed):
                raise
            raise BadFeed(f"{target.host} could not be read ({type(error).__name__}): it is tried again later") from error
        if status == 304:
            return Fetched(None, etag, modified)
        if status in (301, 302, 303, 307, 308) and headers.get("Location"):
            url = urljoin(url, headers["Location"])
            continue
        if status != 200:
            raise BadFeed(f"{target.host} answered {status}: check the address of the feed")
        return Fetched(data, _short(headers.get("ETag"), 300), _short(headers.get("Last-Modified"), 100))
    raise BadFeed(f"{urlsplit(url).hostname} sends the station in circles: check the address of the feed")


def post(url: str, name: str, data: bytes, seconds: float, allow_private: bool = False) -> bytes:
    """Bring a file to an address as a form would (multipart, field ``file``); the body of the answer. Redirects are not followed. Raises BadFeed."""
    target = check_url(url, allow_private)
    edge = secrets.token_hex(16)
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/x-tar\r\n\r\n'
    body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    try:
        status, _headers, found = _exchange(target, "POST", headers, body, seconds)
    except (http.client.HTTPException, OSError, ValueError) as error:
        if isinstance(error, BadFeed):
            raise
        raise BadFeed(f"{target.host} was not reached ({type(error).__name__}): it is tried again") from error
    if not 200 <= status < 300:
        raise BadFeed(f"{target.host} answered {status}: check the address")
    return found


def deliver(target: Target, headers: Mapping[str, str], body: bytes, seconds: float) -> int:
    """Bring a body to a checked address; the status it answered. Redirects are not followed. Raises OSError, HTTPException, BadFeed."""
    return _exchange(target, "POST", {"User-Agent": "Xiangyin", **headers}, body, seconds)[0]


def _short(value: str | None, most: int) -> str | None:
    """A validator that would not fit is better forgotten than cut."""
    return value if value and len(value) <= most else None


def _get(target: Target, etag: str | None, modified: str | None) -> tuple[int, Any, bytes]:
    headers = {name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value}
    return _exchange(target, "GET", headers, None, DEADLINE_S)


def _exchange(target: Target, method: str, headers: Mapping[str, str], body: bytes | None, seconds: float) -> tuple[int, Any, bytes]:
    """One request to the checked address; the certificate is still that of the name. It is over after so many seconds, whatever is sent."""
    line = socket.create_connection((target.address, target.port), min(TIMEOUT_S, seconds))
    if target.secure:
        line = ssl.create_default_context().wrap_socket(line, server_hostname=target.host, do_handshake_on_connect=False)
    line.settimeout(TIMEOUT_S if body is None else seconds)
    # a server that drips a byte at a time never meets a time-out of the socket: the clock hangs up
    clock = threading.Timer(seconds, _hang_up, (line,))
    clock.daemon = True
    clock.start()
    try:
        return _ask(line, target, method, headers, body)
    finally:
        clock.cancel()
        line.close()


def _hang_up(line: socket.socket) -> None:
    """Wakes whoever waits for this connection; it may be closed already."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _ask(line: socket.socket, target: Target, method: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, Any, bytes]:
    if isinstance(line, ssl.SSLSocket):
        line.do_handshake()
    made = http.client.HTTPSConnection if target.secure else http.client.HTTPConnection
    connection = made(target.host, target.port)
    connection.sock = line
    connection.request(method, target.path, body, {"User-Agent": "Xiangyin feed reader", "Connection": "close", **headers})
    answer = connection.getresponse()
    try:
        data = answer.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise BadFeed(f"{target.host} sends more than {MAX_BYTES >> 20} MiB: this is no feed of news")
        if answer.length:
            raise BadFeed(f"{target.host} broke off, or took longer than {DEADLINE_S:.0f} s: it is tried again later")
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise BadFeed(f"{target.host} sends its feed packed although it was not asked to: look for a plain one")
        return answer.status, answer.headers, data
    finally:
        answer.close()


def add_feed(session: Session, person: Person, area: Area, *, url: str, lang: str, now: datetime) -> Feed:
    """A feed whose entries become drafts of this area. Raises NotAllowed, BadFeed, Conflict, UnknownKind."""
    require(session, person, "write", area)
    url = url.strip()
    if lang not in WRITTEN:
        raise UnknownKind(f"no written language is called {lang[:20]!r} here: take one of {', '.join(WRITTEN)}", "lang")
    check_url(url)
    if session.scalar(select(Feed.id).where(Feed.area_id == area.id, Feed.url == url)):
        raise Conflict(f"{area.name} reads this feed already", "url")
    feed = Feed(area_id=area.id, added_by_id=person.id, url=url, lang=lang)
    session.add(feed)
    session.flush()
    record(session, person=person, act="add feed", subject="feed", subject_id=feed.id, area=area, now=now, url=url)
    return feed


def read_feed(session: Session, feed: Feed, fetched: Fetched, now: datetime) -> int:
    """New entries as drafts; how many. Raises BadFeed when what came is no feed."""
    if fetched.data is None:
        return 0
    if BOMB.search(fetched.data.replace(b"\0", b"")):
        raise BadFeed("the feed declares its own XML document type, which could be a trap: ask its maker for plain RSS or Atom")
    # as a stream: bytes that happen to be a path would be opened as that file of ours
    try:
        parsed = feedparser.parse(io.BytesIO(fetched.data))
    except Exception as error:  # the border to a foreign parser of foreign bytes
        log.exception("feed %s could not be parsed", feed.url)
        raise _odd(error) from error
    if not parsed.get("version"):
        raise BadFeed("what came back is neither RSS nor Atom: look for the address of the feed on its page")
    feed.title = feed.title or clean(str(parsed.feed.get("title", "")))[:300]
    return sum(_collect(session, feed, entry, now) for entry in parsed.entries[:MAX_ENTRIES])


def _collect(session: Session, feed: Feed, entry: Any, now: datetime) -> bool:
    """One entry as a draft; False when it came before or says nothing."""
    title = " ".join(clean(str(entry.get("title", ""))).split())[:300]
    identity = str(entry.get("id") or entry.get("link") or title)
    key = hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()
    same = or_(Article.feed_id == feed.id, Article.area_id == feed.area_id)  # another feed of the place may have brought the same piece
    if session.scalar(select(Article.id).where(same, Article.entry_key == key)):
        return False
    body = clean(_plain(_written(entry)))[:MAX_BODY] or title
    if not any(each.isalnum() for each in body):
        return False
    title = title or body.splitlines()[0][:40]
    words = select(Article.id).join(Text).where(Article.area_id == feed.area_id, Article.source == "feed", Article.title == title, Text.body == body)
    if session.scalar(words.limit(1)):
        return False
    found = detect(f"{title}\n{body}")
    lang = found if feed.lang.startswith("zh") and found.startswith("zh") else feed.lang
    article = Article(
        area_id=feed.area_id, author_id=feed.added_by_id, kind="notice", title=title, source="feed", source_name=(feed.title or feed.url)[:300],
        feed_id=feed.id, entry_key=key, created_at=now, updated_at=now, texts=[Text(lang=lang, title=title, body=body)],
    )  # fmt: skip
    session.add(article)
    session.flush()
    record(
        session,
        person=None,
        act="collect",
        subject="article",
        subject_id=article.id,
        area=feed.area,
        now=now,
        feed=feed.id,
        title=title,
    )
    return True


def _written(entry: Any) -> str:
    """The whole content before the summary."""
    contents = [str(each.get("value", "")) for each in entry.get("content", [])]
    return max([*contents, str(entry.get("summary", ""))], key=len)


def _plain(markup: str) -> str:
    """The words of a piece of markup."""
    if "<" not in markup:
        return markup
    try:
        return read_file("entry.html", f"<html><body><div>{markup}</div></body></html>".encode("utf-8", "replace")).body
    except Refused:
        return ""


def read_one(db: Database, now: datetime, fetch: Callable[[str, str | None, str | None], Fetched] = fetch) -> bool:
    """Read the feed that has waited longest; False when none is due. A failure is kept in words and doubles the wait.

    The way to the feed may be slow: nothing is locked while it is fetched. Two stations that fetch it at once collect each entry once.
    """
    due = or_(Feed.not_before.is_(None), Feed.not_before <= now)
    with db.reading() as session:
        found = session.scalar(select(Feed).where(Feed.active, due).order_by(Feed.not_before.asc().nulls_first(), Feed.id).limit(1))
    if found is None:
        return False
    try:
        fetched: Fetched | BadFeed = fetch(found.url, found.etag, found.modified)
    except BadFeed as error:
        fetched = error
    except Exception as error:  # the border to a foreign server: what it provokes concerns this feed only
        log.exception("fetching %s failed", found.url)
        fetched = _odd(error)
    with db.session() as session:
        _write_down(session, session.get_one(Feed, found.id, with_for_update=True), fetched, now)
    return True


def _odd(error: Exception) -> BadFeed:
    return BadFeed(f"the feed could not be read ({type(error).__name__}): it is tried again later")


def _write_down(session: Session, feed: Feed, fetched: Fetched | BadFeed, now: datetime) -> None:
    """The new entries and when to read next; or in words why it could not be read."""
    try:
        if isinstance(fetched, BadFeed):
            raise fetched
        with session.begin_nested():
            read_feed(session, feed, fetched, now)
    except BadFeed as error:
        feed.attempts += 1
        feed.error = str(error)[:500]
        feed.not_before = now + min(EVERY * 2 ** min(feed.attempts - 1, 10), MAX_BACK_OFF)
    else:
        feed.attempts, feed.error, feed.not_before = 0, "", now + EVERY
        feed.etag, feed.modified = fetched.etag, fetched.modified
    feed.read_at = now
    session.flush()
