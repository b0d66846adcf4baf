"""Any speech server behind an address: one sentence as JSON there, a WAV back; docs/engines.md is the contract."""

from __future__ import annotations

import io
import json
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import urllib3
from urllib3.exceptions import HTTPError

from tts.engines import EngineError, Line, NotMine, Speech
from tts.engines.options import EngineOptions
from tts.voices import Voice

TRIES = 2
PAUSE_S = 0.5
"""Between two tries."""
LARGEST_ANSWER = 40_000_000
"""Bytes: more than three minutes at 96 kHz."""
RATES = (8_000, 96_000)


class HttpEngine:
    """One POST per sentence; what is worth a second try gets one, within the time that the settings give."""

    name = "http"

    def __init__(self, options: EngineOptions, sleep: Callable[[float], None] = time.sleep) -> None:
        self._url, self._token, self._seconds = options.speech_url, options.speech_token, options.speech_url_timeout_s
        self._sleep = sleep
        self._line = urllib3.PoolManager(num_pools=1, maxsize=1, retries=False)

    def fingerprint(self, voice: Voice) -> str:
        """The address: a server whose voice changes should be given another one (``?v=2`` is enough)."""
        return f"{self._url} {voice.name} {voice.rate}"

    def say(self, line: Line) -> Speech:
        if not self._url:
            raise NotMine("no speech server is named: set speech_url")
        for left in reversed(range(TRIES)):
            try:
                return self._ask(line)
            except EngineError as problem:
                if problem.permanent or not left:
                    raise
            self._sleep(PAUSE_S)
        raise AssertionError("unreachable: the last try returns or raises")

    def _ask(self, line: Line) -> Speech:
        """One request. The whole answer has to be there within the time, not only its beginning."""
        deadline = time.monotonic() + self._seconds
        headers = {"Content-Type": "application/json", "Accept": "audio/wav", "User-Agent": f"xiangyin urllib3/{version('urllib3')}"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            answer = self._line.request(
                "POST", self._url, body=asked(line), headers=headers, redirect=False, preload_content=False,
                timeout=urllib3.Timeout(connect=min(5.0, self._seconds), read=self._seconds),
            )  # fmt: skip
            with answer:
                body = _within(answer, deadline, self._seconds)
        except (HTTPError, OSError) as problem:
            raise EngineError(f"the speech server does not answer: {_plain(problem)}", permanent=False) from problem
        if answer.status == 204:
            raise NotMine("the speech server leaves this sentence to the next engine")
        if answer.status != 200:
            raise _refused(answer.status, body)
        return heard(body)


def asked(line: Line) -> bytes:
    """The request's JSON."""
    voice = line.voice
    told = {
        "text": line.text, "spoken": line.spoken, "dialect": voice.dialect, "voice": voice.name, "rate": voice.rate,
        "readings": [list(each) for each in line.readings],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")


def _within(answer: urllib3.BaseHTTPResponse, deadline: float, seconds: float) -> bytes:
    parts, size = [], 0
    while part := answer.read1(65536):
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise EngineError(f"the speech server sent more than {LARGEST_ANSWER / 1e6:.0f} MB for one sentence", permanent=False)
        if time.monotonic() > deadline:
            raise EngineError(f"the speech server took longer than {seconds:g} s for one sentence", permanent=False)
    return b"".join(parts)


def _plain(problem: Exception) -> str:
    """What went wrong, without the names of objects and addresses in memory."""
    said = str(problem)
    return said.rpartition(": ")[2] if "object at 0x" in said else said or type(problem).__name__


def _refused(status: int, body: bytes) -> EngineError:
    """408, 425, 429 and 5xx may pass; every other refusal will be the same next time."""
    try:
        told = json.loads(body)
        why = str(told["error"])[:200] if isinstance(told, dict) and "error" in told else ""
    except (ValueError, RecursionError):
        why = ""
    return EngineError(f"the speech server refuses with {status}{f': {why}' if why else ''}", permanent=not (status in (408, 425, 429) or status >= 500))


@dataclass(frozen=True)
class _Form:
    """What a WAV says about itself."""

    channels: int
    width: int
    rate: int
    frames: int


def heard(wav: bytes) -> Speech:
    """The sound of a WAV: PCM of 16 bit, one or two channels. Raises EngineError for anything else, and for one that was cut off."""
    try:
        with wave.open(io.BytesIO(wav)) as opened:
            form = _Form(opened.getnchannels(), opened.getsampwidth(), opened.getframerate(), opened.getnframes())
            raw = opened.readframes(form.frames)
    except (wave.Error, EOFError, OverflowError, MemoryError, ValueError) as problem:
        raise EngineError(f"the speech server did not answer with a WAV: {problem or wav[:20]!r}", permanent=False) from problem
    if form.width != 2 or form.channels not in (1, 2) or not RATES[0] <= form.rate <= RATES[1]:
        what = f"{form.width * 8} bit, {form.channels} channels, {form.rate} Hz"
        raise EngineError(f"the speech server's WAV has {what}; it should have 16 bit, one or two channels, 8000 to 96000 Hz", permanent=False)
    streamed = form.frames * form.channels * 2 >= 0x7FFF0000  # a length that was not known when the head was written
    if len(raw) < form.frames * form.channels * 2 and not streamed:
        raise EngineError("the speech server's WAV was cut off", permanent=False)
    pcm = np.frombuffer(raw[: len(raw) // (2 * form.channels) * 2 * form.channels], dtype="<i2").astype(np.int16)
    if form.channels == 2:
        pcm = ((pcm[::2].astype(np.int32) + pcm[1::2]) // 2).astype(np.int16)
    return Speech(pcm, form.rate)
