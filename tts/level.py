"""Loudness and peaks in plain arithmetic: every sentence to one loudness, a soft limiter, and loudness after ITU-R BS.1770."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tts.engines import Pcm, Speech

RATE = 44100
"""Samples per second of everything the station sends."""
TARGET_LUFS = -16.0
TRUE_PEAK_DB = -1.0
MP3_GAIN_DB = -0.45
"""lame turns everything down to 95 %; gains and figures here reckon with it."""
CEILING = 10 ** (-2.2 / 20)
"""The limiter's ceiling: 1.2 dB below the promised true peak; lame takes 0.45 dB and its coding error gives up to 1 dB back."""
_KNEE = 0.45
SENTENCE_LUFS = TARGET_LUFS - MP3_GAIN_DB + 0.1
"""Of one sentence in the silence around it, before the encoder. 0.1 more than the target for what the limiter takes."""
EDGES_DB = 2.2
"""So much more power at most for the windows that lie half in the silence around a sentence: a single word is not shouted."""
LARGEST_GAIN_DB = 30.0
QUIET = 60
"""Of 32768: what is not louder is silence."""
LONGEST_SILENCE_MS = 1200
"""Inside a sentence: an engine that falls silent for longer is cut short there."""

Float = NDArray[np.float32]


def at_station_rate(pcm: Pcm, rate: int) -> Float:
    """The samples at 44.1 kHz, in -1..1. Exactly doubled rates (espeak-ng's 22.05 kHz) by a half-band filter of 31 taps."""
    sound: Float = pcm.astype(np.float32) / np.float32(32768)
    if rate == RATE or not len(sound):
        return sound
    if rate * 2 != RATE:
        length = round(len(sound) * RATE / rate)
        places = np.arange(length, dtype=np.float64) * (rate / RATE)
        return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)
    length = len(sound)
    padded = np.zeros(length + 15, np.float32)
    padded[7 : 7 + length] = sound
    between = np.zeros(length, np.float32)
    for k, tap in enumerate(_BETWEEN):  # the taps are symmetrical: eight sums of two, a third of the time of np.convolve
        between += tap * (padded[k : k + length] + padded[15 - k : 15 - k + length])
    doubled = np.empty((length, 2), np.float32)
    doubled[:, 0], doubled[:, 1] = sound, between
    return doubled.reshape(-1)


_BETWEEN = (np.sinc(np.arange(-15, 0, 2) / 2) * np.hamming(31)[:16:2]).astype(np.float32)
"""One half of the half-band filter's odd taps."""


@dataclass(frozen=True, eq=False)
class Levelled:
    """A sentence as it is sent: samples at RATE, K-weighted mean square per 100 ms, highest sample."""

    pcm: Pcm
    blocks: list[float]
    peak: int


def levelled(speech: Speech) -> Levelled:
    """What an engine said, without silence at its ends, at the station's rate and loudness.

    The gain is measured in the sentence itself and not taken from a table of voices: it holds for every engine, voice and dialect
    alike, for a recording too, costs one FFT that the rendition's loudness needs anyway, and is the same each time.
    """
    said = shortened(trimmed(speech.pcm, speech.rate), speech.rate)
    if not len(said):
        return Levelled(said, [], 0)
    rate = speech.rate
    if rate * 2 != RATE and rate % 10:
        said, rate = _whole(at_station_rate(said, rate)), RATE
    blocks = weighted_blocks(said, rate)
    gain = _gain(blocks)
    sound = at_station_rate(said, rate) * np.float32(gain)
    pcm = limited(sound)
    left = _power(pcm.astype(np.float32) / np.float32(32767)) / max(_power(sound), 1e-12)  # what the limiter took belongs to the figure
    return Levelled(pcm, [round(float(each), 9) for each in blocks * gain**2 * left], int(max(pcm.max(), -int(pcm.min()))))


_EDGE = np.zeros(3)
"""Of a window of 400 ms three blocks may lie outside."""


def _power(sound: Float) -> float:
    return float(np.dot(sound, sound))


def _whole(sound: Float) -> Pcm:
    return (np.clip(sound, -1, 1) * 32767).astype(np.int16)


def _gain(blocks: NDArray[np.float64]) -> float:
    """The factor that brings a sentence to SENTENCE_LUFS as it is heard, silence around it; 1 for silence."""
    alone = loudness(blocks)
    if len(blocks) < 4:  # a word shorter than the 400 ms window: the power of the word itself
        alone = _lufs(float(blocks.mean())) if blocks.any() else None
    around = loudness(np.concatenate([_EDGE, blocks, _EDGE]))
    found = max(around if around is not None else -np.inf, alone - EDGES_DB) if alone is not None else None
    return float(10 ** (min(SENTENCE_LUFS - found, LARGEST_GAIN_DB) / 20)) if found is not None else 1.0


def shortened(pcm: Pcm, rate: int, quiet: int = QUIET) -> Pcm:
    """Silences longer than LONGEST_SILENCE_MS, cut down to that."""
    longest = rate * LONGEST_SILENCE_MS // 1000
    heard = np.flatnonzero((pcm > quiet) | (pcm < -quiet))
    gaps = np.flatnonzero(np.diff(heard) > longest)
    if not len(gaps):
        return pcm
    keep = np.ones(len(pcm), np.bool_)
    for gap in gaps:
        keep[heard[gap] + longest // 2 : heard[gap + 1] - longest // 2] = False
    return pcm[keep]


def limited(sound: Float) -> Pcm:
    """Samples beyond the knee bend towards the ceiling and never pass it."""
    loud = np.flatnonzero(np.abs(sound) > _KNEE)
    if len(loud):
        over = sound[loud]
        room = CEILING - _KNEE
        sound = sound.copy()
        sound[loud] = np.sign(over) * (_KNEE + room * np.tanh((np.abs(over) - _KNEE) / room))
    return (sound * 32767).astype(np.int16)


def trimmed(pcm: Pcm, rate: int, quiet: int = QUIET, keep_ms: int = 20) -> Pcm:
    """Without the silence at both ends (below ``quiet`` of 32768); a soft beginning keeps ``keep_ms`` before it is heard."""
    heard = np.flatnonzero((pcm > quiet) | (pcm < -quiet))
    if not len(heard):
        return pcm[:0]
    keep = rate * keep_ms // 1000
    return pcm[max(0, heard[0] - keep) : heard[-1] + keep]


@cache
def _k_weights(rate: int) -> NDArray[np.float32]:
    """|H|² of BS.1770's two filters (high shelf and high pass) at the bins of an rfft of 100 ms at ``rate``.

    The analogue prototypes behind the standard's 48 kHz coefficients (De Man, "Evaluation of implementations of the EBU R128
    loudness measurement"): shelf f0 1681.97 Hz, +4 dB, Q 0.7072; high pass f0 38.135 Hz, Q 0.5003.
    """
    size = round(rate / 10)
    w = np.tan(np.pi * np.minimum(np.fft.rfftfreq(size, 1 / rate), rate / 2 - 1) / rate)
    shelf0, pass0 = (np.tan(np.pi * f / rate) for f in (1681.974450955533, 38.13547087602444))
    s = 1j * w / shelf0
    high = 10 ** (3.999843853973347 / 20)
    shelf = (high * s**2 + high**0.4996667741545416 / 0.7071752369554196 * s + 1) / (s**2 + s / 0.7071752369554196 + 1)
    s = 1j * w / pass0
    passed = s**2 / (s**2 + s / 0.5003270373238773 + 1)
    weights: NDArray[np.float32] = (np.abs(shelf * passed) ** 2).astype(np.float32)
    return weights


def weighted_blocks(pcm: Pcm, rate: int = RATE) -> NDArray[np.float64]:
    """K-weighted mean square per 100 ms (the last one padded with silence), by Parseval's rule."""
    if not len(pcm):
        return np.zeros(0)
    minute = 60 * rate  # half an hour at once would take a gigabyte
    return np.concatenate([_weighted(pcm[at : at + minute], rate) for at in range(0, len(pcm), minute)])


def _weighted(pcm: Pcm, rate: int) -> NDArray[np.float64]:
    block = round(rate / 10)
    padded = np.zeros(-(-len(pcm) // block) * block, np.float32)
    padded[: len(pcm)] = pcm
    spectrum = np.fft.rfft(padded.reshape(-1, block) / np.float32(32768), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2) * _k_weights(rate)
    return np.asarray((2 * power.sum(axis=1) - power[:, 0]) / block**2, dtype=np.float64)


def loudness(blocks: Iterable[float]) -> float | None:
    """Integrated LUFS of consecutive 100 ms blocks (400 ms windows, gates at -70 LUFS and -10 LU); None for silence."""
    power = np.fromiter(blocks, dtype=np.float64)
    if len(power) == 0:
        return None
    if len(power) < 4:
        power = np.concatenate([power, np.zeros(4 - len(power))])
    windows = np.convolve(power, np.full(4, 0.25), "valid")
    windows = windows[windows > 10 ** ((-70 + 0.691) / 10)]
    if not len(windows):
        return None
    heard = windows[windows > windows.mean() / 10]
    return round(_lufs(float(heard.mean())), 2)


def _lufs(power: float) -> float:
    return float(-0.691 + 10 * np.log10(power))


def decibels(peak: int) -> float | None:
    """A sample peak in dBFS; None for silence."""
    return round(20 * float(np.log10(peak / 32768)), 2) if peak > 0 else None
