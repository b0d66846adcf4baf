"""The broker inside the station bears what it is sent, and holds up nobody for anybody."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import pytest

from broadcast.brokers import BrokerError, hash_password, start_broker
from broadcast.brokers.guarded import CONNECT_BYTES, PACKET_BYTES, SUBSCRIPTIONS_MAX
from tests.broadcast.brokers.callers import PATIENCE_S, free_port
from tests.broadcast.brokers.conftest import TERMINALS, Bench

LIMIN, WANG = TERMINALS


def packet(kind: int, flags: int, body: bytes) -> bytes:
    length, rest = bytearray(), len(body)
    while True:
        length.append(rest % 128 | (128 if rest > 127 else 0))
        rest //= 128
        if not rest:
            return bytes([kind << 4 | flags]) + bytes(length) + body


def text(words: str) -> bytes:
    return len(words.encode()).to_bytes(2, "big") + words.encode()


def connect(client_id: str, user: str = "", password: str = "", *, name: str = "MQTT", level: int = 4, flags: int | None = None) -> bytes:
    flags = (0xC2 if user else 2) if flags is None else flags
    who = text(user) + text(password) if user else b""
    return packet(1, 0, text(name) + bytes([level, flags, 0, 60]) + text(client_id) + who)


def with_will(keepalive_s: int) -> bytes:
    will = text(f"xy/1/d/{LIMIN}/up/state") + text("lost")
    return packet(1, 0, text("MQTT") + bytes([4, 0xEE, 0, keepalive_s]) + text(LIMIN) + will + text(LIMIN) + text(f"secret of {LIMIN}"))


KNOWN = connect(LIMIN, LIMIN, f"secret of {LIMIN}")
# Before CONNECT and instead of it.
FIRST = {
    "nothing": b"", "a web browser": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "zeros": bytes(64), "a publish": packet(3, 0, text("xy/1/s/keys") + b"x"),
    "a subscribe": packet(8, 2, b"\0\1" + text("#") + b"\1"), "half a packet": KNOWN[:11], "a length without end": b"\x10\xff\xff\xff\xff\x7f",
    "a length of 256 MB": b"\x10\xff\xff\xff\x7f", "a CONNECT too large": packet(1, 0, bytes(CONNECT_BYTES + 1)),
    "another protocol": connect("x", name="MQIsdp"), "MQTT 5": connect("x", level=5), "reserved flag": connect("x", flags=3),
    "no flags at all": packet(1, 0, b""), "flags of the header": b"\x1f" + KNOWN[1:], "text that is no UTF-8": packet(1, 0, b"\0\4MQTT\4\2\0\0\0\2\xff\xfe"),
    "a will without its text": connect("x", flags=6), "a name without a password": packet(1, 0, text("MQTT") + b"\4\x82\0\0" + text("x") + text(LIMIN)),
    "a wildcard for a name": connect("+"), "a slash in the name": connect("p/../z"), "no name": connect(""),
}  # fmt: skip
# From a terminal that was let in; each ends its own connection.
THEN = {
    "CONNECT twice": KNOWN, "type 0": b"\x00\x00", "type 15": b"\xf0\x00", "a CONNACK": b"\x20\x02\x00\x00", "a SUBACK": b"\x90\x03\x00\x01\x00",
    "QoS 3": packet(3, 6, text(f"xy/1/d/{LIMIN}/up/ack") + b"\0\1x"), "QoS 2": packet(3, 4, text(f"xy/1/d/{LIMIN}/up/ack") + b"\0\1x"),
    "a wildcard to publish to": packet(3, 0, text("xy/1/d/+/up/ack") + b"x"), "no topic": packet(3, 0, text("") + b"x"),
    "the broker's own topic": packet(3, 0, text("$SYS/x") + b"x"), "a topic longer than its packet": packet(3, 0, b"\xff\xffab"),
    "a NUL in the topic": packet(3, 0, text("xy/1/d/\0/up/ack") + b"x"), "subscribe to nothing": packet(8, 2, b"\0\1"),
    "subscribe with wrong flags": packet(8, 0, b"\0\1" + text("#") + b"\1"), "subscribe at QoS 3": packet(8, 2, b"\0\1" + text("xy/1/s/keys") + b"\3"),
    "an empty PUBACK": b"\x40\x00", "an empty PUBREL": b"\x62\x00", "a packet too large": packet(3, 0, bytes(PACKET_BYTES + 1))[:9],
    "a length without end": b"\x30\xff\xff\xff\xff\x7f",
}  # fmt: skip
# These are borne: the connection goes on.
BORNE = {
    "a PUBACK nobody waits for": b"\x40\x02\x12\x34", "unsubscribe from what is not": packet(10, 2, b"\0\1" + text("xy/1/s/keys")),
    "a filter of nonsense": packet(8, 2, b"\0\1" + text("xy/#/z") + b"\1"), "an empty filter": packet(8, 2, b"\0\1" + text("") + b"\1"),
    "an empty word": packet(3, 0, text(f"xy/1/d/{LIMIN}/up/ack")), "a topic of others": packet(3, 0, text("xy/1/s/keys") + b"x"),
}  # fmt: skip


def say(port: int, *parts: bytes) -> tuple[bytes, bool]:
    """Send the bytes; what came back until a PINGRESP or the end, and whether the broker closed."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as line:
        back = b""
        try:
            for part in (*parts, b"\xc0\x00"):
                line.sendall(part)
            if parts[0] in FIRST.values():
                line.shutdown(socket.SHUT_WR)
            while not back.endswith(b"\xd0\x00"):
                more = line.recv(4096)
                if not more:
                    return back, True
                back += more
        except OSError:  # it closed before it had taken everything
            return back, True
        return back, False


def all_well(bench: Bench) -> bool:
    """A newcomer is let in, subscribes and hears."""
    station, terminal = bench.station(), bench.terminal(WANG)
    terminal.subscribe("xy/1/z/zvillage_cmn/cmd")
    station.publish("xy/1/z/zvillage_cmn/cmd", b"chime")
    heard = terminal.hear().payload == b"chime"
    terminal.leave()
    station.leave()
    return heard


@pytest.mark.parametrize("what", FIRST)
def test_what_is_no_connect_is_turned_away(inside: Bench, what: str) -> None:
    back, closed = say(inside.broker.port, FIRST[what])
    assert closed and b"\x20\x02\x00\x00" not in back
    assert all_well(inside)


@pytest.mark.parametrize("what", THEN)
def test_a_broken_packet_ends_the_connection_it_came_on_and_no_other(inside: Bench, what: str) -> None:
    neighbour = inside.terminal(WANG)
    neighbour.subscribe(f"xy/1/d/{WANG}/dn/cmd")
    back, closed = say(inside.broker.port, KNOWN, THEN[what])
    assert closed and back.startswith(b"\x20\x02\x00\x00")
    inside.station().publish(f"xy/1/d/{WANG}/dn/cmd", b"chime")
    assert neighbour.hear().payload == b"chime" and neighbour.connected
    assert all_well(inside)


@pytest.mark.parametrize("what", BORNE)
def test_what_is_only_useless_is_borne(inside: Bench, what: str) -> None:
    back, closed = say(inside.broker.port, KNOWN, BORNE[what])
    assert not closed and back.endswith(b"\xd0\x00")


def test_bytes_cut_at_every_place_are_borne(inside: Bench) -> None:
    whole = KNOWN + packet(8, 2, b"\0\1" + text("xy/1/z/+/plan") + b"\1") + packet(3, 3, text(f"xy/1/d/{LIMIN}/up/state") + b"\0\7on")
    for end in range(1, len(whole)):
        with socket.create_connection(("127.0.0.1", inside.broker.port), PATIENCE_S) as line:
            line.sendall(whole[:end])
    assert all_well(inside)


@pytest.mark.material
def test_every_malformed_packet_of_the_collection_is_borne(inside: Bench, data_dir: Path) -> None:
    vectors = [bytes.fromhex(each["hex"]) for each in json.loads((data_dir / "hostile/mqtt/mqtt_packet_malformed.json").read_text())]
    neighbour, station = inside.terminal(WANG), inside.station()
    neighbour.subscribe(f"xy/1/d/{WANG}/dn/cmd")
    for number, raw in enumerate(vectors):
        say(inside.broker.port, raw)
        if raw[:1] and raw[0] >> 4 != 1:
            with socket.create_connection(("127.0.0.1", inside.broker.port), PATIENCE_S) as line:
                line.sendall(KNOWN + raw)
                line.recv(4)
        station.publish(f"xy/1/d/{WANG}/dn/cmd", str(number).encode())
        assert neighbour.hear().payload == str(number).encode()
    assert neighbour.connected and station.connected and all_well(inside)


def test_nobody_takes_another_terminals_place_by_its_name(inside: Bench) -> None:
    terminal, station = inside.terminal(LIMIN), inside.station()
    terminal.subscribe(f"xy/1/d/{LIMIN}/dn/cmd")
    assert inside.stranger(LIMIN).code != 0
    assert inside.terminal(WANG, client_id=LIMIN).code != 0
    assert inside.terminal(LIMIN, password="guessed").code != 0
    station.publish(f"xy/1/d/{LIMIN}/dn/cmd", b"chime")
    assert terminal.hear().payload == b"chime" and terminal.connected


def test_a_line_that_went_dead_is_noticed_and_its_will_is_heard(inside: Bench) -> None:
    station = inside.station()
    station.subscribe("xy/1/d/+/up/state")
    with socket.create_connection(("127.0.0.1", inside.broker.port), PATIENCE_S) as line:
        line.sendall(with_will(keepalive_s=1))
        assert line.recv(4) == b"\x20\x02\x00\x00"
        assert station.hear().payload == b"lost", "it said nothing for one and a half keep-alives"


def test_a_client_that_does_not_read_is_cut_off_and_holds_up_nobody(inside: Bench) -> None:
    station, other = inside.station(), inside.terminal(WANG)
    station.subscribe("xy/1/d/+/up/state")
    other.subscribe("xy/1/z/zvillage_cmn/plan")
    with socket.create_connection(("127.0.0.1", inside.broker.port), PATIENCE_S) as line:
        line.sendall(with_will(keepalive_s=0) + packet(8, 2, b"\0\1" + text("xy/1/z/zvillage_cmn/plan") + b"\0"))
        assert line.makefile("rb").read(9) == b"\x20\x02\x00\x00\x90\x03\x00\x01\x00"
        for number in range(40):
            station.publish("xy/1/z/zvillage_cmn/plan", number.to_bytes(1, "big") + bytes(500_000))
            assert other.hear().payload[0] == number
        assert station.hear().payload == b"lost"
    assert all_well(inside)


def test_subscriptions_are_counted(inside: Bench) -> None:
    terminal = inside.terminal(LIMIN)
    granted = terminal.subscribe(*[f"xy/1/z/z{number}_cmn/plan" for number in range(SUBSCRIPTIONS_MAX + 2)])
    assert granted == [1] * SUBSCRIPTIONS_MAX + [128, 128]
    terminal.client.unsubscribe("xy/1/z/z0_cmn/plan")
    assert terminal.subscribe("xy/1/z/znew_cmn/plan") == [1]


def test_the_newer_quality_counts_when_a_filter_is_asked_for_again(inside: Bench) -> None:
    station, terminal = inside.station(), inside.terminal(LIMIN)
    for qos in (1, 0, 1):
        assert terminal.subscribe("xy/1/s/time", qos=qos) == [qos]
        station.publish("xy/1/s/time", b"ten")
        assert terminal.hear().qos == qos
    station.publish("xy/1/s/time", b"ten", qos=0)
    assert terminal.hear().qos == 0, "a word is not heard at a higher quality than it was said at"


def test_messages_arrive_while_others_come_subscribe_and_go(inside: Bench) -> None:
    station, terminal = inside.station(), inside.terminal(WANG)
    terminal.subscribe("xy/1/s/time")
    enough = threading.Event()

    def come_and_go() -> None:
        while not enough.is_set():
            say(inside.broker.port, KNOWN, packet(8, 2, b"\0\1" + text("xy/1/z/+/plan") + b"\1" + text("xy/1/s/keys") + b"\0"))

    crowd = [threading.Thread(target=come_and_go) for _ in range(3)]
    for each in crowd:
        each.start()
    for number in range(300):
        station.client.publish("xy/1/s/time", str(number).encode(), 1)
    found = [int(terminal.hear().payload) for _ in range(300)]
    enough.set()
    for each in crowd:
        each.join()
    assert found == list(range(300))


def test_a_port_that_is_taken_is_named(inside: Bench, tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=rf"port {inside.broker.port} .* set broker_port"):
        start_broker("amqtt", host="127.0.0.1", port=inside.broker.port, folder=tmp_path, domain="xy")


def test_it_ends_at_once_while_clients_hang_on_and_can_be_started_again(tmp_path: Path) -> None:
    port = free_port()
    broker = start_broker("amqtt", host="127.0.0.1", port=port, folder=tmp_path, domain="xy")
    assert broker.ensure_running() is False
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as silent, socket.create_connection(("127.0.0.1", port), PATIENCE_S) as stranger:
        stranger.sendall(connect("nonce-0123456789"))
        assert stranger.recv(4) == b"\x20\x02\x00\x00"
        broker.stop()
        assert silent.recv(1) == b"" and stranger.recv(1) == b""
    assert broker.ensure_running() is True
    broker.stop()
    assert [each.name for each in threading.enumerate() if each.name == "broker"] == []


def test_who_speaks_says_goodbye_and_hangs_up_without_listening_is_heard_to_the_end(inside: Bench) -> None:
    station = inside.station()
    station.subscribe("xy/1/d/+/up/rcpt", "xy/1/d/+/up/state")
    said = [packet(3, 2, text(f"xy/1/d/{LIMIN}/up/rcpt") + number.to_bytes(2, "big") + str(number).encode()) for number in range(1, 200)]
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", inside.broker.port), PATIENCE_S) as line:
            line.sendall(with_will(keepalive_s=60) + b"".join(said) + b"\xe0\x00")
        assert [int(station.hear().payload) for _ in said] == list(range(1, 200))
    again = inside.terminal(LIMIN)
    again.publish(f"xy/1/d/{LIMIN}/up/state", b"on")
    assert station.hear().payload == b"on", "no will: it had said goodbye"


def test_the_same_password_under_another_salt_throws_nobody_out(inside: Bench) -> None:
    station, terminal = inside.station(), inside.terminal(LIMIN)
    terminal.subscribe(f"xy/1/d/{LIMIN}/dn/cmd")
    inside.broker.set_credentials({LIMIN: hash_password(f"secret of {LIMIN}")})
    station.publish(f"xy/1/d/{LIMIN}/dn/cmd", b"chime")
    assert terminal.hear().payload == b"chime" and terminal.connected
    inside.broker.set_credentials({LIMIN: hash_password("another secret")})
    assert terminal.gone
