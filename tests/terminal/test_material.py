"""The hostile collections at the loudspeaker: whatever comes over the line or lies in the cache, it lives on and plays what was planned."""

from __future__ import annotations

import json
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from terminal import packets
from terminal.decoding import decode
from terminal.line import Endpoint, Happened, Line
from terminal.player import CannotSound
from tests.terminal.far_end import ALERT, NOW, PROGRAMME, ROOT, TOPICS, Bench, an_item
from wire.messages import Alert, Command, Keys, Plan, Want
from wire.signing import BadSignature, Signer, sign

pytestmark = pytest.mark.material

PLACES: dict[str, tuple[str, str, str, Signer]] = {
    "plan": (TOPICS.zone("z1", "plan"), Plan.typ, "z1", PROGRAMME),
    "alert": (TOPICS.zone("z1", "alert"), Alert.typ, "z1", ALERT),
    "zone's command": (TOPICS.zone("z1", "cmd"), Command.typ, "z1", PROGRAMME),
    "command": (TOPICS.down("t1", "cmd"), Command.typ, "t1", PROGRAMME),
    "want": (TOPICS.down("t1", "want"), Want.typ, "t1", PROGRAMME),
    "keys": (TOPICS.keys(), Keys.typ, "xy", ROOT),
    "answer": (TOPICS.down("t1", "rsp"), "", "", PROGRAMME),
}


@pytest.mark.parametrize("place", PLACES)
def test_no_document_signed_or_bare_stops_it_or_makes_it_play(place: str, data_dir: Path) -> None:
    topic, typ, aud, signer = PLACES[place]
    bench = Bench().follow()
    bench.plan(an_item("news", NOW + 5000))
    documents = [path.read_bytes() for path in sorted((data_dir / "hostile/json").rglob("*.json"))]
    assert documents
    hostile = len(documents)
    documents += [json.dumps({"v": 1, "op": text, "id": text, "zones": [text]}).encode() for text in json.loads((data_dir / "hostile/strings/blns.json").read_text())]
    for n, raw in enumerate(documents):
        bench.hear(topic, raw)
        if typ:
            try:
                line = sign(raw, signer, typ=typ, aud=aud, seq=int(NOW) + n, iat=int(NOW / 1000), exp=int(NOW / 1000) + 60)
            except (BadSignature, ValueError):
                continue
            bench.hear(topic, line)
    assert bench.agent.refused >= hostile and bench.played() == []
    bench.live(NOW, NOW + 10_000)
    assert bench.played() == ["news"] and bench.results("news")[-1] == "finished"


def vectors(data_dir: Path) -> list[bytes]:
    return [bytes.fromhex(each["hex"]) for each in json.loads((data_dir / "hostile/mqtt/mqtt_packet_malformed.json").read_text())]


def test_malformed_packets_are_refused_by_the_simulators_reader_in_words(data_dir: Path) -> None:
    for raw in vectors(data_dir):
        reader = packets.Reader()
        try:
            for packet in reader.feed(raw):
                if packet.kind == packets.PUBLISH:
                    packets.heard(packet)
        except packets.BadPacket as error:
            assert str(error)


@contextmanager
def a_mad_broker(raw: bytes) -> Iterator[int]:
    """Says the malformed packet at the first connection, and is sane at the second: it brings one message."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for after in (raw, packets.publish("xy/1/s/keys", b"well", 0, False, 0)):
            try:
                line, _ = door.accept()
            except OSError:
                return
            with line:
                line.settimeout(5)
                try:
                    line.recv(4096)
                    line.sendall(b"\x20\x02\x00\x00" + after)
                    line.settimeout(1)
                    while line.recv(4096):
                        continue
                except OSError:  # the terminal hung up, or says nothing more
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(door.getsockname()[1])
    finally:
        door.close()
        thread.join(10)


def test_a_broker_that_talks_nonsense_is_called_again_and_heard(data_dir: Path) -> None:
    failed: list[str] = []

    def one(raw: bytes) -> None:
        events: queue.Queue[Happened] = queue.Queue()
        with a_mad_broker(raw) as port:
            line = Line(Endpoint("127.0.0.1", port, "t1"), events.put)
            line.open()
            try:
                while (found := events.get(timeout=60)).payload != b"well":
                    if found.what == "broken":
                        failed.append(f"{raw.hex()}: {found.reason}")
            except queue.Empty:
                failed.append(f"{raw.hex()}: never heard again")
            line.close()

    threads = [threading.Thread(target=one, args=(raw,)) for raw in vectors(data_dir)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    assert failed == []


def test_every_audio_file_is_decoded_or_refused_in_words(data_dir: Path, tmp_path: Path) -> None:
    heard = 0
    for path in sorted((data_dir / "hostile/audio_tinytag").iterdir()):
        try:
            decode(path, tmp_path / "raw")
            heard += 1
        except CannotSound as error:
            assert str(error)
    assert heard > 20
