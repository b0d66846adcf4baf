"""MQTT packets: what we write can be read, in whatever pieces it comes, and nonsense is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal import packets


@given(st.text(min_size=1, max_size=40).filter(lambda t: "\0" not in t), st.binary(max_size=400), st.integers(0, 1), st.booleans(), st.integers(1, 65_535))
def test_a_publish_is_read_as_it_was_written(topic: str, payload: bytes, qos: int, retain: bool, mid: int) -> None:
    raw = packets.publish(topic, payload, qos, retain, mid)
    [packet] = packets.Reader().feed(raw)
    assert packets.heard(packet) == packets.Heard(topic, payload, qos, retain, mid if qos else 0)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=6), st.integers(1, 50))
def test_pieces_of_any_size_make_the_same_packets(payloads: list[bytes], size: int) -> None:
    raw = b"".join(packets.publish("a/b", each, 1, False, n + 1) for n, each in enumerate(payloads))
    reader, found = packets.Reader(), list[packets.Packet]()
    for at in range(0, len(raw), size):
        found += reader.feed(raw[at : at + size])
    assert [packets.heard(each).payload for each in found] == payloads


@pytest.mark.parametrize("raw", [b"\x30\xff\xff\xff\xff\x01", b"\x30\xff\xff\xff\x7f"])
def test_a_length_that_cannot_be_is_refused(raw: bytes) -> None:
    with pytest.raises(packets.BadPacket):
        packets.Reader().feed(raw)


@pytest.mark.parametrize("body", [b"", b"\x00", b"\x00\x09short", b"\x00\x02\xff\xfe", b"\x00\x00x"])
def test_a_publish_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(packets.BadPacket):
        packets.heard(packets.Packet(packets.PUBLISH, 0, body))


@given(st.binary(max_size=200))
def test_strangers_bytes_raise_nothing_else(raw: bytes) -> None:
    try:
        for packet in packets.Reader().feed(raw):
            if packet.kind == packets.PUBLISH:
                packets.heard(packet)
            elif packet.kind == packets.CONNACK:
                packets.connack(packet)
    except packets.BadPacket as error:
        assert str(error)


def test_the_broker_says_why_it_refuses() -> None:
    assert packets.connack(packets.Packet(packets.CONNACK, 0, b"\x00\x00")) == ""
    assert packets.connack(packets.Packet(packets.CONNACK, 0, b"\x00\x05")) == "not authorised"
    assert packets.refused_filters(packets.Packet(packets.SUBACK, 0, b"\x00\x01\x01\x80\x80")) == 2
