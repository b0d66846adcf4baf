"""Scheduled starts on the null device by sample position, a plan of 1,000 items until it is ready to play; mpd, by a line held open and by mpc,
beside it where installed."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench._village import Village, free_port, noise, percentile, village
from bench.figures import Figure
from station import clock
from tts.audio import to_mp3

STARTS, PEER_STARTS = 40, 12
ITEMS = 1000


def main() -> list[Figure]:
    with village() as here:
        late = _starts(here)
        ready_s = _long_plan(here)
    peer, by_program = _mpd()
    beside = f"mpd {statistics.median(peer):.1f} median, {percentile(peer, 0.99):.1f} p99" if peer else "mpd is not installed"
    mpc = f"{statistics.median(by_program):.1f} / {percentile(by_program, 0.99):.1f} ms" if by_program else "not here: mpd or mpc is not installed"
    far = percentile([abs(each) for each in late], 0.99)
    return [
        Figure(f"scheduled start, null device, {len(late)} starts: median late", f"{statistics.median(late):+.2f} ms", beside),
        Figure("scheduled start, null device: p99 late or early", f"{far:.2f} ms", beside, "", "<= 5 ms", far <= 5),
        Figure("mpd started by mpc at the second: median / p99 late", mpc, "mopidy 10, Liquidsoap 60-80, LibreTime 190, cron + mpc 1,200 (elsewhere)"),
        Figure(f"a plan of {ITEMS} items: published -> ready to play", f"{ready_s * 1000:.0f} ms", "LibreTime 4.5: 25 s (elsewhere)", "", "<= 500 ms", ready_s <= 0.5),
    ]


def _starts(here: Village) -> list[float]:
    """Milliseconds between the time of the plan and the first sample that left the device, by this machine's own clock."""
    speaker = here.speaker("starts")
    clip = here.clip(noise(0.3))
    first_ms, first_mono = clock.to_ms(clock.now()) + 3000, time.monotonic() + 3.0
    skew = time.time() * 1000 - clock.now().timestamp() * 1000
    here.plan(*(here.item(f"s{n}", clip, first_ms + n * 600) for n in range(STARTS)))
    speaker.wait_for("finished", 60, count=STARTS)
    wall_to_mono = time.monotonic() - time.time()
    found = []
    for n in range(STARTS):
        due = (first_ms + n * 600 + skew) / 1000 + wall_to_mono
        heard = speaker.tap.first_sound(max(due - 0.1, first_mono - 1), over=60)
        if heard is not None:
            found.append((heard - due) * 1000)
    if len(found) < STARTS:
        raise RuntimeError(f"only {len(found)} of {STARTS} starts were heard")
    return found


def _long_plan(here: Village) -> float:
    """Seconds from handing a manifest of 1,000 items to the broker until the terminal has its audio and could play it."""
    speaker = here.speaker("plan")
    clip = here.clip(noise(0.3, 2))
    at = clock.to_ms(clock.now()) + 600_000
    sent = here.plan_by_pointer(*(here.item(f"p{n}", clip, at + n * 60_000) for n in range(ITEMS)))
    told, _ = speaker.wait_for("stored", 30, count=ITEMS)
    return told - sent


def _mpd() -> tuple[list[float], list[float]]:
    """mpd started at the second by a line held open and by mpc, its output stamped by a program behind its pipe: milliseconds late."""
    if not shutil.which("mpd"):
        return [], []
    with tempfile.TemporaryDirectory(prefix="xiangyin-mpd-") as name:
        folder = Path(name)
        (folder / "music").mkdir()
        (folder / "music" / "a.mp3").write_bytes(to_mp3(noise(0.3)))
        fifo, port = folder / "fifo", free_port()
        (folder / "conf").write_text(
            f'music_directory "{folder}/music"\nbind_to_address "127.0.0.1"\nport "{port}"\ndb_file "{folder}/db"\nlog_file "{folder}/log"\n'
            f'audio_output {{\n type "fifo"\n name "stamp"\n path "{fifo}"\n format "44100:16:1"\n}}\n'
        )
        os.mkfifo(fifo)
        server = subprocess.Popen(["mpd", "--no-daemon", str(folder / "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stamps: list[float] = []
        reader = threading.Thread(target=_stamp, args=(fifo, stamps), daemon=True)
        reader.start()
        try:
            line = _answering(port)
            _say(line, "update")
            time.sleep(1.5)
            _say(line, "add a.mp3")
            open_line = _mpd_starts(line, stamps, lambda: _say(line, "play 0"))
            if not shutil.which("mpc"):
                return open_line, []
            return open_line, _mpd_starts(line, stamps, lambda: _mpc(port))
        finally:
            server.terminate()
            server.wait(10)


def _stamp(fifo: Path, stamps: list[float]) -> None:
    """When sound came out of mpd, after every silence of a tenth of a second."""
    last = 0.0
    with open(fifo, "rb", buffering=0) as pipe:
        while block := pipe.read(512):
            if any(block):
                if time.time() - last > 0.1:
                    stamps.append(time.time())
                last = time.time()


def _mpc(port: int) -> None:
    subprocess.run(["mpc", "--quiet", "--host", "127.0.0.1", "--port", str(port), "play", "1"], check=True, stdout=subprocess.DEVNULL)


def _mpd_starts(line: socket.socket, stamps: list[float], play: Callable[[], None]) -> list[float]:
    due = []
    for _ in range(PEER_STARTS):
        at = time.time() + 0.5
        time.sleep(at - time.time() - 0.01)
        while time.time() < at:
            time.sleep(0.0002)
        due.append(at)
        play()
        time.sleep(0.6)
        _say(line, "stop")
        time.sleep(0.2)
    return [(after - at) * 1000 for at in due for after in list(stamps) if 0 <= after - at < 0.5]


def _answering(port: int) -> socket.socket:
    ends = time.monotonic() + 10
    while True:
        try:
            line = socket.create_connection(("127.0.0.1", port), 2)
            line.recv(200)
            return line
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def _say(line: socket.socket, words: str) -> None:
    line.sendall(words.encode() + b"\n")
    answer = line.recv(1000).decode()
    if "ACK" in answer:
        raise RuntimeError(f"mpd refuses {words!r}: {answer.strip()}")


