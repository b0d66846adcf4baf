"""Two threads encode one mp3, and nobody hears where one's frames end and the other's begin."""

from __future__ import annotations

import numpy as np
import pytest

from tts.audio import LEAD_SAMPLES_MP3, decode, to_mp3
from tts.engines import Pcm
from tts.joining import FRAME, NotJoinable, frames, samples, widened
from tts.level import RATE
from tts.stretches import STRETCH, WARM, Mp3InStretches


def glides(seconds: float) -> Pcm:
    """Tones that rise and fall all the time, over a floor of noise: nothing repeats, nothing is silent."""
    t = np.arange(int(seconds * RATE)) / RATE
    sound = 0.25 * np.sin(2 * np.pi * (400 * t + 60 * np.sin(t * 3))) + 0.1 * np.sin(2 * np.pi * (1700 * t + 200 * np.sin(t * 1.7)))
    noise = np.random.default_rng(3).normal(0, 0.004, len(t))
    made: Pcm = ((sound + noise) * 32767).astype(np.int16)
    return made


def grown(pcm: Pcm, piece: int = 100_003) -> bytes:
    mp3 = Mp3InStretches()
    for at in range(0, len(pcm), piece):
        mp3.add(pcm[at : at + piece])
    assert mp3.samples == len(pcm)
    return mp3.finish()


@pytest.mark.parametrize("seconds", [0.3, 9.9, 10.1, 20.1, 33.0])
def test_it_has_as_many_frames_as_one_encoder_makes(seconds: float) -> None:
    pcm = glides(seconds)
    assert samples(grown(pcm)) == samples(to_mp3(pcm))


def test_at_a_seam_the_sound_is_as_true_as_elsewhere() -> None:
    pcm = glides(34)
    mp3 = grown(pcm)
    assert len(decode(mp3)) == samples(mp3), "the decoder refused a frame"

    def error(made: bytes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The loudest wrong sample of every frame."""
        heard = decode(made)[LEAD_SAMPLES_MP3:][: len(pcm)].astype(float) / 10 ** (-0.45 / 20)
        wrong = np.abs(heard - pcm[: len(heard)])
        worst: np.ndarray[tuple[int], np.dtype[np.float64]] = wrong[: len(wrong) // FRAME * FRAME].reshape(-1, FRAME).max(axis=1)
        return worst

    two, one = error(mp3), error(to_mp3(pcm))
    seams = [at + by for at in (STRETCH, 2 * STRETCH, 3 * STRETCH) for by in (-2, -1, 0, 1)]
    assert two[seams].max() <= max(one[2:-2].max(), 1.5 * np.median(one))


def test_a_frame_is_widened_by_what_the_next_one_borrowed_and_by_no_more_than_it_needs() -> None:
    before, after = list(frames(to_mp3(glides(3)))), list(frames(to_mp3(glides(4)[RATE:])))
    behind = next(n for n in range(WARM, len(after)) if after[n][4] << 1 | after[n][5] >> 7)
    owed = after[behind][4] << 1 | after[behind][5] >> 7
    wide = widened(before[50], after[behind - WARM : behind], after[behind])
    assert list(frames(wide)) == [wide] and wide[4:].startswith(before[50][4:])
    assert wide.endswith(b"".join(frame[21:] for frame in after[:behind])[-owed:])
    assert widened(before[50], [], after[0]) == before[50], "the first frame of an encoder borrows nothing"
    with pytest.raises(NotJoinable, match="borrowed"):
        widened(before[50], [], after[behind])


def test_what_is_abandoned_leaves_no_thread() -> None:
    mp3 = Mp3InStretches()
    mp3.add(glides(25))
    threads = list(mp3._threads._threads)
    mp3.abandon()
    assert threads and not any(thread.is_alive() for thread in threads)
