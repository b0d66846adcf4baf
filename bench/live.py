"""Live talk, mouth to speaker: samples go in at the studio in real time and are found again, by cross-correlation, in what left a terminal's device.

The way measured: the studio (chime in front, Opus, signatures), a real broker, the agent with its jitter buffer, decoder and mixer, a null device.
The microphone's own way to the studio is not in it. Then the same with 2 % of the messages lost and each up to 100 ms late; beside it RTP of
ffmpeg into an ffplay on the same machine.
"""

from __future__ import annotations

import heapq
import shutil
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
from sqlalchemy import select

from bench._peers import Pipe, running
from bench._village import ZONE, Speaker, free_port, percentile, village
from bench.figures import Figure
from broadcast.door import paced
from broadcast.studio import Studio, leading
from broadcast.talk import RATE as MOUTH_RATE
from station import clock
from station.models import Area
from station.people import add_person, grant
from terminal.line import Happened
from terminal.player import RATE

QUIET_S, BAD_S, SEED = 15, 40, 6
LOSS, JITTER_S = 0.02, 0.1
# A piece of speech that is looked for, and how far behind it may be.
PIECE_S, FAR_S = 0.2, 1.5
# Less than this likeness (of at most 1), and it was not heard as it was said; less than this share of the usual loudness is a gap.
LIKE, FAINT = 0.4, 0.05


def main() -> list[Figure]:
    with village() as here:
        speaker = here.speaker("square")
        studio = Studio(here.db, here.line, here.keys, here.topics)
        with here.db.session() as session:
            area = session.scalars(select(Area)).one()
            area.zid = ZONE.partition("_")[0]
            person = add_person(session, "bench", "bench", clock.now())
            grant(session, person, area, "operator")
            who, where = person.id, area.id
        good = _talk(studio, speaker, who, where, QUIET_S)
        spoilt = _Spoilt(speaker, Random(SEED))
        bad = _talk(studio, speaker, who, where, BAD_S)
        spoilt.close()
    beside = _rtp(QUIET_S)
    share = f"{good.far / beside:.2f}x" if beside else ""
    floor = f"RTP, ffmpeg to ffplay, no jitter buffer: p95 {beside:.0f} ms" if beside else "no ffplay here"
    return [
        Figure("mouth to speaker, median / p95", f"{good.middle:.0f} / {good.far:.0f} ms", floor, share, "<= 400 ms", good.far <= 400 and not good.unheard),
        Figure("pieces of 0.2 s not found again", f"{good.unheard} of {good.pieces}", "", "", "0", good.unheard == 0),
        Figure(
            "the same, 2 % lost and up to 100 ms late, median / p95", f"{bad.middle:.0f} / {bad.far:.0f} ms", f"{spoilt.lost} of {spoilt.all} messages lost", "", "<= 600 ms",
            bad.far <= 600,
        ),
        Figure("longest gap then", f"{bad.gap:.0f} ms", f"{bad.unheard} of {bad.pieces} pieces not found again", "", "<= 60 ms", bad.gap <= 60),
    ]  # fmt: skip


class _Spoilt:
    """The way to one terminal, made worse: of a talk's messages some never come, each of the others so much later that they overtake one another."""

    def __init__(self, speaker: Speaker, draw: Random) -> None:
        line = speaker.runner._line
        self._report, self._draw = line._report, draw
        self._held: list[tuple[float, int, Happened]] = []
        self._more, self._over = threading.Condition(), False
        self.all = self.lost = 0
        line._report = self._hear
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def _hear(self, what: Happened) -> None:
        if not what.topic.endswith("/live"):
            self._report(what)
            return
        self.all += 1
        if self._draw.random() < LOSS:
            self.lost += 1
            return
        with self._more:
            heapq.heappush(self._held, (time.monotonic() + self._draw.random() * JITTER_S, self.all, what))
            self._more.notify()

    def _pass_on(self) -> None:
        with self._more:
            while not self._over:
                left = self._held[0][0] - time.monotonic() if self._held else None
                if left is None or left > 0:
                    self._more.wait(left)
                else:
                    self._report(heapq.heappop(self._held)[2])

    def close(self) -> None:
        with self._more:
            self._over = True
            self._more.notify()
        self._thread.join(5)


class _Heard:
    """What became of a speech: ``middle`` and ``far`` (p95) of its delay and the longest ``gap``, in milliseconds; how many pieces, how many not found."""

    def __init__(self, said: np.ndarray, heard: np.ndarray) -> None:
        """``heard`` begins when ``said`` does, both at RATE."""
        size, far = round(PIECE_S * RATE), round(FAR_S * RATE)
        found = [_place(said[at : at + size], heard[at : at + size + far]) for at in range(0, len(said) - size, size)]
        delays = [1000 * place / RATE for place, like in found if like >= LIKE]
        self.pieces, self.unheard = len(found), sum(like < LIKE for _, like in found)
        self.middle, self.far = (percentile(delays, 0.5), percentile(delays, 0.95)) if delays else (float("inf"), float("inf"))
        self.gap = _gap(heard, self.middle, len(said)) if delays else float("inf")


def _place(piece: np.ndarray, heard: np.ndarray) -> tuple[int, float]:
    """How many samples later the piece is heard, and how like it is there."""
    size = 1 << (len(heard) + len(piece)).bit_length()
    found = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size)), size)[: len(heard) - len(piece) + 1]
    sums = np.cumsum(np.concatenate([[0.0], heard**2]))
    energy = np.sqrt(np.maximum(sums[len(piece) :] - sums[: -len(piece)], 1.0) * (piece**2).sum())
    like = found / energy
    at = int(np.argmax(like))
    return at, float(like[at])


def _gap(heard: np.ndarray, delay_ms: float, length: int) -> float:
    """The longest stretch of near silence inside the speech (which has none itself), in milliseconds."""
    step = RATE // 200
    begin = round(delay_ms * RATE / 1000)
    speech = heard[begin : begin + length - RATE // 2]
    loud = np.sqrt((speech[: len(speech) // step * step].reshape(-1, step) ** 2).mean(axis=1))
    faint, longest, run = loud < FAINT * np.median(loud), 0, 0
    for each in faint:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest * 1000 * step / RATE


def speech(seconds: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise of 200 to 3,000 Hz that swells four times a second and is never silent; the same sound at the mouth's rate and at the terminal's."""
    draw = np.random.default_rng(seed)
    count = (3000 - 200) * seconds
    lines = draw.normal(0, 1, count) + 1j * draw.normal(0, 1, count)

    def at(rate: int) -> np.ndarray:
        spectrum = np.zeros(rate * seconds // 2 + 1, complex)
        spectrum[200 * seconds : 3000 * seconds] = lines
        sound = np.fft.irfft(spectrum, rate * seconds)
        swell = 0.65 + 0.35 * np.sin(2 * np.pi * 4 * np.arange(len(sound)) / rate)
        return np.asarray(sound / np.abs(sound).max() * swell * 20_000)

    return at(MOUTH_RATE), at(RATE)


class _Mouth:
    """Speaks in real time, and knows when it began."""

    def __init__(self, pcm: bytes) -> None:
        self._pcm, self.began = pcm, 0.0

    def __iter__(self) -> Iterator[bytes]:
        self.began = time.monotonic()
        return paced(self._pcm)


def _talk(studio: Studio, speaker: Speaker, person: int, area: int, seconds: int) -> _Heard:
    low, high = speech(seconds, seconds)
    front = leading()
    mouth = _Mouth(front + low.astype("<i2").tobytes())
    talk = studio.begin(person, area, "bench", seconds + 30)
    studio.speak(talk, iter(mouth))
    time.sleep(FAR_S + 0.5)
    begin = mouth.began + len(front) / 2 / MOUTH_RATE
    return _Heard(high, speaker.tap.between(begin, begin + seconds + FAR_S).astype(np.float64))


# -- beside it ---------------------------------------------------------------------------------------------------------------


def _rtp(seconds: int) -> float | None:
    """Milliseconds (p95) from mouth to speaker of Opus over RTP as ffmpeg sends and ffplay plays it; None where they are not installed."""
    if not shutil.which("ffplay") or not shutil.which("ffmpeg"):
        return None
    low, high = speech(seconds, seconds)
    with tempfile.TemporaryDirectory(prefix="xiangyin-bench-") as folder:
        place, port = Path(folder), free_port()
        sdp = place / "talk.sdp"
        sdp.write_text(f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=talk\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 97\na=rtpmap:97 opus/48000/2\n")
        pipe = Pipe(place / uuid.uuid4().hex[:8], 2)
        player = ["ffplay", "-nodisp", "-loglevel", "quiet", "-protocol_whitelist", "file,udp,rtp", "-fflags", "nobuffer", "-flags", "low_delay", "-probesize", "32", "-i", str(sdp)]
        player += ["-af", f"aresample={RATE},aformat=channel_layouts=stereo"]
        sender = ["ffmpeg", "-loglevel", "quiet", "-f", "s16le", "-ar", str(MOUTH_RATE), "-ac", "1", "-probesize", "32", "-i", "pipe:0"]
        sender += ["-c:a", "libopus", "-b:a", "32k", "-frame_duration", "20", "-flush_packets", "1", "-f", "rtp", f"rtp://127.0.0.1:{port}"]
        try:
            with running(player, {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": str(pipe.path)}):
                time.sleep(1.0)
                began = _spoken(sender, low.astype("<i2").tobytes())
                time.sleep(FAR_S + 0.5)
        finally:
            pipe.close()
        found = _Heard(high, pipe.line(began, began + seconds + FAR_S))
    return found.far if found.far < float("inf") else None


def _spoken(sender: list[str], pcm: bytes) -> float:
    """A sender is given the speech in real time; when it began."""
    child = subprocess.Popen(sender, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert child.stdin is not None
    mouth = _Mouth(pcm)
    try:
        for piece in mouth:
            child.stdin.write(piece)
            child.stdin.flush()
        child.stdin.close()
        child.wait(10)
    finally:
        child.kill()
        child.wait(5)
    return mouth.began
