"""Lines that can be cut, and a broker that somebody else runs: what stands between a station and its speakers."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import threading
from pathlib import Path
from types import TracebackType

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from broadcast.brokers import hash_password
from broadcast.brokers.access import mosquitto_acl, mosquitto_passwords, write_private
from broadcast.brokers.mosquitto import find_mosquitto, heeds_hangup
from station.processes import die_with_parent
from tests.journeys.station import free_port, until

CALM_S = 60.0


class Line:
    """A TCP line on loopback to ``port``. Both directions can be held (bytes wait) or the whole line cut (no connection at all)."""

    def __init__(self, port: int) -> None:
        self.far = port
        self.down_flows, self.up_flows, self._whole = threading.Event(), threading.Event(), threading.Event()
        for each in (self.down_flows, self.up_flows, self._whole):
            each.set()
        self._open: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._accept, name=f"line-{self.port}", daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:  # closed: the line is taken down
                return
            if not self._whole.is_set():
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.far), 5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            self._open += [near, far]
            for source, target, flows in ((near, far, self.up_flows), (far, near, self.down_flows)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(source, target, flows), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, flows: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                flows.wait()
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def cut(self) -> None:
        """Every connection breaks, and none comes about until it is mended."""
        self._whole.clear()
        self._break()

    def _break(self) -> None:
        gone, self._open = self._open, []
        for each in gone:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        for each in (self.down_flows, self.up_flows, self._whole):
            each.set()

    def hold(self, *, down: bool = False, up: bool = False) -> None:
        """What the broker says (down) or what is said to it (up) waits on the way; everything else goes on."""
        if down:
            self.down_flows.clear()
        if up:
            self.up_flows.clear()

    def lose(self) -> None:
        """What waits on the way is lost with its connections; new ones work."""
        self._break()
        self._open = []
        self.mend()

    def close(self) -> None:
        self._door.close()
        self.cut()
        self.mend()


class ForeignBroker:
    """A mosquitto that is not the station's child. It takes the files that the station writes as they are."""

    user = "station"

    def __init__(self, folder: Path, files: Path, domain: str = "xy") -> None:
        program = find_mosquitto()
        if program is None:
            pytest.skip("mosquitto is not installed: apt-get install mosquitto")
        self.program, self.folder, self.files = program, folder, files
        self.port, self.password = free_port(), secrets.token_urlsafe(12)
        folder.mkdir(parents=True)
        files.mkdir(parents=True, exist_ok=True)
        write_private(files / "passwords", mosquitto_passwords({self.user: hash_password(self.password)}))
        write_private(files / "acl", mosquitto_acl(domain, self.user, {}))
        lines = [
            f"listener {self.port} 127.0.0.1", "allow_anonymous true", f"password_file {files}/passwords", f"acl_file {files}/acl",
            "persistence false", "set_tcp_nodelay true", "log_dest stderr",
        ]  # fmt: skip
        if os.geteuid() == 0:
            lines.append("user root")
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "-c", str(self.folder / "mosquitto.conf")], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent,
            )  # fmt: skip
        (self.folder / "pid").write_text(str(self.process.pid))
        until("the broker", lambda: heeds_hangup(self.pid) and self._answers(), CALM_S)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def reload(self) -> str:
        """The command by which its owner lets it read its files again."""
        return f"sh -c 'kill -HUP $(cat {self.folder}/pid)'"

    def kill(self) -> None:
        """It forgets everything it kept."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)

    def url(self, port: int) -> str:
        """As the setting ``broker`` wants it, over this port (a line's)."""
        return f"mqtt://{self.user}:{self.password}@127.0.0.1:{port}"


class Client:
    """Somebody with a connection to the broker: notes what it hears, and whether it was let in."""

    def __init__(self, port: int, client_id: str, user: str = "", password: str = "") -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self.answers: dict[int, list[int]] = {}
        self.code: int | None = None
        self.gone = threading.Event()
        self._client = client = paho.Client(CallbackAPIVersion.VERSION2, client_id, protocol=paho.MQTTv311, reconnect_on_failure=False)
        if user:
            client.username_pw_set(user, password)
        client.on_connect = lambda _c, _d, _f, code, _p: setattr(self, "code", int(code.value))
        client.on_message = lambda _c, _d, message: self.heard.append((message.topic, bytes(message.payload), bool(message.retain)))
        client.on_subscribe = lambda _c, _d, mid, codes, _p: self.answers.update({mid: [int(each.value) for each in codes]})
        client.on_disconnect = lambda *_: self.gone.set()
        client.connect("127.0.0.1", port, keepalive=10)
        client.loop_start()
        until("the broker's answer", lambda: self.code is not None or self.gone.is_set(), CALM_S)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, *topics: str) -> list[int]:
        """The broker's answer to each: 0 or 1 granted, 128 refused."""
        _, mid = self._client.subscribe([(topic, 1) for topic in topics])
        assert mid is not None
        return until("the answer to a subscription", lambda: self.answers.get(mid) or [], CALM_S)

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Until the broker has it; whether it hands it on is another matter."""
        self._client.publish(topic, payload, 1, retain).wait_for_publish(CALM_S)
