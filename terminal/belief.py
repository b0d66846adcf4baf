"""Believing what arrives: only what is signed for this terminal, or for a zone it follows, changes anything."""

from __future__ import annotations

from terminal import alarms, loudness, orders, plans, talks, telling
from terminal.actions import Confirm, Subscribe, Tell, Unsubscribe
from terminal.hours import check_days, check_moment, check_spans
from terminal.mind import HELLO_FIRST_MS, Mind
from terminal.near import serves_near
from wire.messages import QUIET_DAYS_MAX, Answer, BadMessage, Keys, Plan, Want
from wire.signing import BadSignature
from wire.topics import LEVEL, BadTopic

MAX_ZONES = 20


def hear(mind: Mind, topic: str, payload: bytes, now: float) -> None:
    """Whatever the line brings. What cannot be believed is counted, told, and changes nothing."""
    try:
        _hear(mind, topic, payload, now)
    except (BadSignature, BadMessage, BadTopic) as error:
        if not mind.keys and len(mind.unread) < MAX_ZONES + 1 and topic.endswith(("/want", "/plan", "/alert")):
            mind.unread[topic] = payload  # retained messages may come before the key set: read them again then
            return
        mind.refused += 1
        mind.do(Tell("refused", {"topic": topic[:128], "reason": str(error)}))


def _hear(mind: Mind, topic: str, payload: bytes, now: float) -> None:
    address = mind.topics.parse(topic)
    match (address.kind, address.channel):
        case ("s", "keys"):
            _hear_keys(mind, payload, now)
        case ("d", "dn/want") if address.name == mind.did:
            _hear_want(mind, payload, now)
        case ("d", "dn/cmd") if address.name == mind.did:
            orders.hear_command(mind, payload, mind.did, now)
        case ("d", "dn/rsp") if address.name == mind.did:
            _hear_answer(mind, Answer.from_json(payload))
        case ("z", "plan") if address.name in mind.want.zones:
            plans.hear_plan(mind, payload, address.name, now)
        case ("z", "alert") if address.name in mind.want.zones:
            alarms.hear_alert(mind, payload, address.name, now)
        case ("z", "live") if address.name in mind.want.zones:
            talks.hear(mind, payload, address.name, now)
        case ("z", "cmd") if address.name in mind.want.zones:
            orders.hear_command(mind, payload, address.name, now)
        case _:
            raise BadTopic("not meant for me")


def _hear_keys(mind: Mind, payload: bytes, now: float) -> None:
    found = mind.verified(payload, Keys.typ, {mind.credentials.domain}, now, mind.kept.keys_seq)
    if found is None:
        return
    keys = Keys.from_json(found.payload)
    if keys.seq != found.seq:
        raise BadMessage(f"seq: {keys.seq} inside, {found.seq} signed")
    first = not mind.keys and not mind.refused
    mind.keys = {key.kid: key for key in keys.keys}
    mind.keep({"do": "keys", "seq": keys.seq, "raw": found.payload.decode()})
    mind.do(Tell("keys", {"seq": keys.seq, "kids": sorted(mind.keys)}))
    alarms.take_over(mind, now)  # what a key that is believed no more has ordered ends
    unread, mind.unread = mind.unread, {}
    for topic in sorted(unread):
        hear(mind, topic, unread[topic], now)
    if not first:  # what the old set could not verify is asked for again; what came before the first was kept, and is read by now
        mind.talk.hello_wait_ms = float(HELLO_FIRST_MS)
        telling.say_hello(mind, now)


def _hear_want(mind: Mind, payload: bytes, now: float) -> None:
    found = mind.verified(payload, Want.typ, {mind.did}, now, mind.kept.want_rev)
    if found is None:
        return
    want = Want.from_json(found.payload)
    _check_want(want, found.seq)
    mind.selftest.next_ms = 0.0
    before, mind.want = mind.want, want
    mind.keep({"do": "want", "rev": want.rev, "raw": found.payload.decode()})
    _follow(mind, before.zones, want.zones, now)
    if before.zones != want.zones:
        alarms.take_over(mind, now)
    if want.metered != before.metered:
        for raw in mind.kept.plans.values():
            plans.take_items(mind, Plan.from_large_json(raw.encode()))
    if want.volume != before.volume or mind.kept.volume < 0:
        loudness.set_volume(mind, want.volume, now)
    if want.revoked:
        orders.silence(mind, "revoked", "the station has revoked this terminal")
    elif mind.silenced == "revoked":
        mind.silenced = ""
    mind.talk.report_due = True
    mind.do(Tell("want", {"rev": want.rev, "zones": list(want.zones), "volume": want.volume}))


def _check_want(want: Want, seq: int) -> None:
    if want.rev != seq:
        raise BadMessage(f"rev: {want.rev} inside, {seq} signed")
    if len(want.zones) > MAX_ZONES or not all(LEVEL.match(zid) for zid in want.zones):
        raise BadMessage(f"zones: at most {MAX_ZONES} well-formed names")
    check_spans("caps", want.caps)
    check_spans("quiet", want.quiet)
    check_days("quiet_days", want.quiet_days)
    if len(want.quiet_days) > QUIET_DAYS_MAX:
        raise BadMessage(f"quiet_days: {len(want.quiet_days)}, at most {QUIET_DAYS_MAX}")
    check_moment("selftest", want.selftest)
    if not all(serves_near(base) for base in want.lan):
        raise BadMessage("lan: only addresses of a private network")


def _follow(mind: Mind, before: tuple[str, ...], zones: tuple[str, ...], now: float) -> None:
    """Leaves the zones that are no longer its own and joins the new ones."""
    left = tuple(zid for zid in before if zid not in zones)
    joined = tuple(zid for zid in zones if zid not in before)
    for zid in left:
        mind.keep({"do": "leave", "zid": zid})
        plans.drop_zone(mind, zid)
        talks.leave(mind, zid)
    own = set(mind.topics.terminal_filters(mind.did, ()))
    if left and mind.connected:
        mind.do(Unsubscribe(tuple(f for f in mind.topics.terminal_filters(mind.did, left) if f not in own)))
    if joined and mind.connected:
        mind.do(Subscribe(tuple(f for f in mind.topics.terminal_filters(mind.did, joined) if f not in own)))
        telling.say_hello(mind, now)


def _hear_answer(mind: Mind, answer: Answer) -> None:
    if answer.op == "hello":
        mind.talk.hello_ms = None
        mind.do(Confirm())
    elif answer.op == "rcpt" and mind.kept.batch and answer.seq == mind.kept.batch_seq:
        rows = mind.kept.batch
        mind.keep({"do": "acked", "seq": answer.seq})
        mind.talk.batch_ms = None
        for row in rows:
            mind.do(Tell("acknowledged", {"item": row[0], "result": row[5], "seq": answer.seq}))
    elif answer.op == "ack" and answer.id in mind.kept.answers:
        mind.keep({"do": "answered", "id": answer.id})
        mind.talk.answers.pop(answer.id, None)
