"""Other players on this machine, measured as ours are: what they play goes into a pipe, whose reader stamps every piece with the monotonic time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from bench._village import ZONE, Village, free_port, noise, percentile
from terminal.line import Endpoint, Happened, Line
from terminal.player import RATE

F_SETPIPE_SZ = 1031
# A piece louder than this is sound; between two sounds lies at least so much silence.
LOUD, PAUSE_S = 60, 0.1


class Pipe:
    """The far end of a player: 16-bit samples at RATE, ``channels`` interleaved, as (moment of reading, the first channel)."""

    def __init__(self, path: Path, channels: int = 1) -> None:
        self.path, self._channels = path, channels
        os.mkfifo(path)
        # both ways, so that neither end waits for the other, and small, so that a player runs at most 20 ms ahead
        self._file = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._file, F_SETPIPE_SZ, 4096)
        self.pieces: list[tuple[float, np.ndarray]] = []
        self._over, self._rest = threading.Event(), b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._over.is_set():
            if select.select([self._file], [], [], 0.2)[0]:
                self._take(os.read(self._file, 65536))

    def _take(self, data: bytes) -> None:
        now, data, size = time.monotonic(), self._rest + data, 2 * self._channels
        upto = len(data) // size * size
        self._rest = data[upto:]
        self.pieces.append((now, np.frombuffer(data[:upto], "<i2")[:: self._channels]))

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)
        os.close(self._file)

    def beginnings(self) -> list[float]:
        """When sound came after each silence, by the monotonic time."""
        found, last = [], 0.0
        for at, samples in list(self.pieces):
            if len(samples) and int(np.abs(samples.astype(np.int32)).max()) > LOUD:
                if at - last > PAUSE_S:
                    found.append(at)
                last = at
        return found

    def line(self, begin_s: float, end_s: float) -> np.ndarray:
        """What was played between two moments by a player that hands over at its pace: each sample lies where the earliest readings put it."""
        pieces = [each for each in list(self.pieces) if len(each[1])]
        counts = np.cumsum([0, *(len(samples) for _, samples in pieces)])
        near = [(at - counts[n] / RATE, n) for n, (at, _) in enumerate(pieces) if begin_s <= at <= end_s]
        if not near:
            return np.zeros(round((end_s - begin_s) * RATE))
        epoch = min(each for each, _ in near)
        whole = np.concatenate([samples for _, samples in pieces]).astype(float)
        first = round((begin_s - epoch) * RATE)
        out = np.zeros(round((end_s - begin_s) * RATE))
        left, right = max(0, first), min(len(whole), first + len(out))
        if left < right:
            out[left - first : right - first] = whole[left:right]
        return out


@contextlib.contextmanager
def running(command: Sequence[str], more: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A program without words of its own, ended by its own number."""
    child = subprocess.Popen(command, env={**os.environ, **(more or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(5)


def lag_ms(one: np.ndarray, other: np.ndarray) -> float:
    """Milliseconds by which the second is later, where the cross-correlation is highest."""
    size = 1 << (len(one) + len(other)).bit_length()
    product = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)), size)
    at = int(np.argmax(product))
    return (at if at < size // 2 else at - size) / RATE * 1000


def said(values: Sequence[float]) -> str:
    return f"{np.median(values):.2f} / {percentile(values, 0.99):.2f} ms"


# -- two at once -------------------------------------------------------------------------------------------------------------


def snapcast(folder: Path, rounds: int = 20) -> list[float]:
    """Milliseconds between two snapclients of one snapserver (buffer 1 s), each second of a stream; [] where they are not installed."""
    if not shutil.which("snapserver") or not shutil.which("snapclient"):
        return []
    place = folder / f"peer-{uuid.uuid4().hex[:8]}"
    place.mkdir()
    port, control, source = free_port(), free_port(), place / "source"
    os.mkfifo(source)
    (place / "conf").write_text(
        f"[server]\ndatadir = {place}\n[http]\nenabled = false\n[tcp]\nenabled = true\nbind_to_address = 127.0.0.1\nport = {control}\n"
        f"[stream]\nbind_to_address = 127.0.0.1\nport = {port}\nsource = pipe://{source}?name=bench&sampleformat={RATE}:16:2&codec=pcm\nbuffer = 1000\n"
    )
    over, pipes = threading.Event(), [Pipe(place / f"heard{n}", 2) for n in (1, 2)]
    feeder = threading.Thread(target=_feed, args=(source, over), daemon=True)
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(running(["snapserver", "--config", str(place / "conf")]))
            feeder.start()
            for n, pipe in enumerate(pipes):
                command = ["snapclient", "--host", "127.0.0.1", "--port", str(port), "--hostID", f"bench{n}", "--player", f"file:filename={pipe.path}", "--logsink", "null"]
                stack.enter_context(running(command))
            time.sleep(6 + rounds)
            over.set()
    finally:
        over.set()
        feeder.join(5)
        for pipe in pipes:
            pipe.close()
    last = min((pipe.pieces[-1][0] for pipe in pipes if pipe.pieces), default=0.0)
    windows = [[pipe.line(last - n - 2, last - n - 1) for pipe in pipes] for n in range(rounds)]
    return [abs(lag_ms(*pair)) for pair in windows if all(np.abs(each).max() > LOUD for each in pair)]


def _feed(path: Path, over: threading.Event) -> None:
    """Noise without end into a pipe whose reader keeps the pace."""
    file = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    data = np.repeat(noise(5.0, 7), 2).tobytes()
    at = 0
    while not over.is_set():
        if select.select([], [file], [], 0.2)[1]:
            with contextlib.suppress(BlockingIOError):
                at = (at + os.write(file, data[at : at + 4096])) % len(data)
    os.close(file)


PLAYERS: dict[str, Callable[[str, Path], tuple[list[str], dict[str, str]]]] = {
    "ffplay": lambda file, pipe: (
        ["ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet", file], {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": str(pipe)},
    ),
    "mpv": lambda file, pipe: (["mpv", "--no-config", "--no-video", "--no-terminal", "--ao=pcm", "--ao-pcm-waveheader=no", f"--ao-pcm-file={pipe}", file], {}),
}  # fmt: skip


def by_message(here: Village, player: str, folder: Path, rounds: int = 12) -> list[float]:
    """Milliseconds between the first samples of two players that two subscribers start when one MQTT message comes; [] where it is not installed."""
    if not shutil.which(player):
        return []
    sha, _, _ = here.clip(noise(0.4, 5))
    file = str(here.folder / "clips" / sha)
    topic = here.topics.zone(ZONE, "live")
    pipes = [Pipe(folder / f"peer-{uuid.uuid4().hex[:8]}", 2) for _ in range(2)]
    ready, lines = [threading.Event() for _ in pipes], list[Line]()
    children: list[subprocess.Popen[bytes]] = []
    try:
        for n, pipe in enumerate(pipes):
            command, more = PLAYERS[player](file, pipe.path)
            lines.append(_subscriber(here, f"{player}{n}", topic, ready[n], command, more, children))
        for each in ready:
            if not each.wait(10):
                raise RuntimeError("a subscriber does not connect")
        time.sleep(1)
        found = []
        for _ in range(rounds):
            sent = time.monotonic()
            here.line.publish(topic, b"play")
            time.sleep(2.5)
            first = [next((at for at in pipe.beginnings() if at >= sent), None) for pipe in pipes]
            if first[0] is not None and first[1] is not None:
                found.append(abs(first[0] - first[1]) * 1000)
        return found
    finally:
        for line in lines:
            line.close()
        for child in children:
            child.kill()
            child.wait(5)
        for pipe in pipes:
            pipe.close()


def _subscriber(
    here: Village, did: str, topic: str, ready: threading.Event, command: list[str], more: dict[str, str], children: list[subprocess.Popen[bytes]]
) -> Line:
    here.admit(did, "p" * 24)
    made: list[Line] = []

    def happened(what: Happened) -> None:
        if what.what == "connected":
            made[0].subscribe((topic,))
            ready.set()
        elif what.what == "message":
            quiet = subprocess.DEVNULL
            children.append(subprocess.Popen(command, env={**os.environ, **more}, stdin=quiet, stdout=quiet, stderr=quiet))

    made.append(Line(Endpoint(here.broker.host, here.broker.port, did, did, "p" * 24), happened))
    made[0].open()
    return made[0]
