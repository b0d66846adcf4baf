"""Memory of a loudspeaker from pairing to playing an hour of sound, its decoder child included, beside mpv and ffplay playing the same file.

The agent runs as a process of its own on what the light distribution brings: terminal, wire, and the three distributions they stand on.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from sqlalchemy import select

from bench._village import ZONE, Village, noise, village
from bench.figures import Figure
from devices.keys import LONG
from devices.models import Pairing
from station import clock
from terminal.player import RATE
from wire.messages import Credentials, PairAnswer, Want
from wire.sealing import seal

LIMIT_MB = 64.0
CLIP_S, PLAY_S = 3600, 20
EVERY_S = 0.02
LIGHT = ("paho", "Crypto", "pygame", "pygame_ce.libs", "pycryptodome.libs")
ROOT = Path(__file__).resolve().parents[1]


class Watch:
    """The largest sum of resident memory (MB) of a process and its children, by phase; and of what is theirs alone with their part of what they
    share (PSS)."""

    def __init__(self, pid: int) -> None:
        self._pid, self.phase = pid, "start"
        self.most: dict[str, tuple[float, float]] = {}
        self.pss = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(EVERY_S):
            own, children = resident_mb(self._pid), sum(resident_mb(each) for each in children_of(self._pid))
            before = self.most.get(self.phase, (0.0, 0.0))
            if own + children > sum(before):
                self.most[self.phase] = (own, children)
            self.pss = max(self.pss, sum(proportional_mb(each) for each in (self._pid, *children_of(self._pid))))

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)


def resident_mb(pid: int) -> float:
    """VmRSS; 0 when there is no such process."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def proportional_mb(pid: int) -> float:
    """Pss of smaps_rollup; 0 when there is no such process."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def children_of(pid: int) -> list[int]:
    """Of all its threads."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(each) for each in path.read_text().split()]
        except OSError:
            continue
    return found


def main() -> list[Figure]:
    with village() as here:
        light = _light(here.folder / "light")
        clip = _long_clip(here)
        most, pss = _loudspeaker(here, light, clip)
        peers = _peers(here.folder / "clips" / clip[0])
    beside = min(peers.values(), default=0.0)
    said = ", ".join(f"{name} {value:.0f} MB" for name, value in peers.items()) or "neither mpv nor ffplay is installed here: apt-get install mpv ffmpeg"

    def ratio(value: float) -> str:
        return f"{value / beside:.2f} x" if beside else ""

    found = [
        Figure(f"resident memory, {phase}: agent + decoder child", f"{own:.1f} + {child:.1f} MB", said if phase == "playing" else "", ratio(own + child) if phase == "playing" else "")
        for phase, (own, child) in most.items()
    ]
    peak = max(sum(each) for each in most.values())
    found.append(Figure("proportional memory (PSS), the most at any moment", f"{pss:.1f} MB"))
    return [*found, Figure("resident memory, the most at any moment", f"{peak:.1f} MB", said, ratio(peak), f"<= {LIMIT_MB:.0f} MB", peak <= LIMIT_MB)]


def _light(folder: Path) -> Path:
    """What ``pip install ./terminal`` would bring, and nothing of the station's."""
    folder.mkdir()
    for name in ("terminal", "wire"):
        (folder / name).symlink_to(ROOT / name)
    spec = importlib.util.find_spec("paho")
    assert spec is not None and spec.submodule_search_locations
    site = Path(next(iter(spec.submodule_search_locations))).parent
    for name in LIGHT:
        if (site / name).exists():
            (folder / name).symlink_to(site / name)
    return folder


def _long_clip(here: Village) -> tuple[str, int, int]:
    """An hour of sound where the terminal finds it: a minute of noise, sixty times."""
    minute, long = here.folder / "minute.wav", here.folder / "long.mp3"
    with wave.open(str(minute), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(noise(60).tobytes())
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-stream_loop", str(CLIP_S // 60 - 1), "-i", str(minute), "-ac", "1", "-b:a", "64k", str(long)]
    subprocess.run(command, check=True)
    mp3 = long.read_bytes()
    sha = hashlib.sha256(mp3).hexdigest()
    long.rename(here.folder / "clips" / sha)
    return sha, len(mp3), CLIP_S * 1000


def _loudspeaker(here: Village, light: Path, clip: tuple[str, int, int]) -> tuple[dict[str, tuple[float, float]], float]:
    """Pairs, fetches and decodes ten clips, plays, tries itself: the most by phase, as (agent, children), and the most of PSS."""
    data = here.folder / "box"
    command = [
        sys.executable, "-S", "-m", "terminal", "run", "--pair", "--mqtt", f"{here.broker.host}:{here.broker.port}", "--station", here.base.rstrip("/"),
        "--device", "null", "--json", "--die-with-parent", "--data", str(data),
    ]  # fmt: skip
    box = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(light)}, stdout=subprocess.PIPE, text=True)
    watch = Watch(box.pid)
    events: queue.Queue[dict[str, Any]] = queue.Queue()
    reader = threading.Thread(target=_read, args=(box, events), daemon=True)
    reader.start()
    try:
        watch.phase = "pairing"
        _pair(here, _until(events, "code")["code"])
        _until(events, "clock")
        watch.phase = "fetching and decoding"
        at = clock.to_ms(clock.now()) + 25_000
        others = [here.clip(noise(5, seed)) for seed in range(2, 10)]
        items = [here.item("long", clip, at)] + [here.item(f"next{n}", each, at + (CLIP_S + 10 * n) * 1000) for n, each in enumerate(others)]
        here.plan(*items)
        _until(events, "started", item="long")
        watch.phase = "playing"
        here.command("selftest")
        time.sleep(PLAY_S)
        return watch.most, watch.pss
    finally:
        watch.close()
        box.terminate()
        box.wait(20)
        reader.join(5)


def _read(box: subprocess.Popen[str], events: queue.Queue[dict[str, Any]]) -> None:
    assert box.stdout is not None
    for line in box.stdout:
        if line.startswith("{"):
            events.put(json.loads(line))


def _until(events: queue.Queue[dict[str, Any]], event: str, **facts: object) -> dict[str, Any]:
    while True:
        told = events.get(timeout=90)
        if told["event"] == event and facts.items() <= told.items():
            return told


def _pair(here: Village, code: str) -> None:
    """The station gives the terminal that shows the code its credentials, and tells it what it wants."""
    now, did, password = clock.now(), "box", "p" * 24
    deadline = time.monotonic() + 30
    while True:
        with here.db.reading() as session:
            row = session.scalar(select(Pairing).where(Pairing.code == code))
        if row is not None:
            break
        if time.monotonic() > deadline:
            raise TimeoutError("the terminal's code did not come")
        time.sleep(0.05)
    here.admit(did, password)
    secret = Credentials(did, password, roots=(here.keys.root_key,), base=(here.base,))
    here.line.publish(here.topics.pairing(row.nonce, "dn"), PairAnswer(sealed=seal(secret.to_json(), row.pk, row.nonce)).to_json()).wait(5)
    want = Want(1, (ZONE,), "cmn", volume=100, tz="Asia/Shanghai", base=(here.base,))
    signed = here.keys.sign(want.to_json(), typ=Want.typ, aud=did, seq=1, now=now, expires=now + LONG)
    here.line.publish(here.topics.down(did, "want"), signed, retain=True).wait(5)


def _peers(mp3: Path) -> dict[str, float]:
    """The most that players of one file need, playing it for some seconds without a card."""
    lines = {
        "mpv": (["mpv", "--no-config", "--no-video", "--no-terminal", "--ao=null", str(mp3)], {}),
        "ffplay": (["ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet", str(mp3)], {"SDL_AUDIODRIVER": "dummy"}),
    }
    return {name: _peak(command, more) for name, (command, more) in lines.items() if shutil.which(name)}


def _peak(command: Sequence[str], more: dict[str, str]) -> float:
    child = subprocess.Popen(command, env={**os.environ, **more}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    watch = Watch(child.pid)
    time.sleep(PLAY_S / 2)
    watch.close()
    child.terminate()
    child.wait(10)
    return sum(watch.most["start"])
