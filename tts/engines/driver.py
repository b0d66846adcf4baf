"""A pyttsx3 driver over the espeak-ng library that the espeakng-loader wheel ships: synchronous, in memory, errors raised.

pyttsx3's own espeak driver returns before the speech exists, can hand the first text out under the second name, speaks
English when a voice is unknown and takes no phonemes. pyttsx3 looks drivers up as ``pyttsx3.drivers.<name>``, so this module
registers itself there as ``xiangyin`` and everything else of pyttsx3 stays as it is.

``save_to_file(text, sink)`` takes a Take in place of a file name and puts the samples into it: no temporary file.
espeak-ng is one global state per process and not thread safe: use it from one thread (tts.pool gives each its process).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from typing import Any

import espeakng_loader
import numpy as np
from pyttsx3.voice import Voice

from tts.engines import EngineError, Pcm

DRIVER = "xiangyin"

# espeak-ng/speak_lib.h
_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_PHONEMES = 0x100
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_OK = 0
_IPA = 2

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _EspeakVoice(ctypes.Structure):
    """espeak_VOICE of speak_lib.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class Take:
    """Where a driver puts the samples of one utterance."""

    def __init__(self) -> None:
        self.rate = 0
        self._chunks: list[bytes] = []

    def add(self, raw: bytes) -> None:
        self._chunks.append(raw)

    @property
    def pcm(self) -> Pcm:
        return np.frombuffer(b"".join(self._chunks), dtype=np.int16)


class Library:
    """libespeak-ng, loaded once per process."""

    def __init__(self) -> None:
        data = espeakng_loader.get_data_path()
        if not os.path.isfile(os.path.join(data, "phontab")):
            raise EngineError(f"espeak-ng has no data at {data}; reinstall espeakng-loader", permanent=True)
        os.environ["ESPEAK_DATA_PATH"] = os.path.dirname(data)
        try:
            self.c = ctypes.CDLL(espeakng_loader.get_library_path(), mode=getattr(ctypes, "RTLD_GLOBAL", 0))
        except OSError as problem:
            raise EngineError(f"espeak-ng cannot be loaded: {problem}", permanent=True) from problem
        self.c.espeak_Info.restype = ctypes.c_char_p
        self.c.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.c.espeak_TextToPhonemes.argtypes = (ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int)
        self.c.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_EspeakVoice))
        self.rate: int = self.c.espeak_Initialize(_OUTPUT_SYNCHRONOUS, 0, os.path.dirname(data).encode(), _INITIALIZE_DONT_EXIT)
        if self.rate <= 0:
            raise EngineError(f"espeak-ng refuses its data at {data}; reinstall espeakng-loader", permanent=True)
        self._take: Take | None = None
        self._callback = _CALLBACK(self._heard)
        self.c.espeak_SetSynthCallback(self._callback)
        self.voices = dict(self._list_voices())
        self._voice = ""

    def _heard(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0 and self._take is not None:
            self._take.add(ctypes.string_at(samples, count * 2))
        return 0

    def _list_voices(self) -> Iterator[tuple[str, Voice]]:
        """language code -> voice; a language's first (best) voice wins. ``languages`` is: priority byte, code, NUL, ... NUL."""
        seen: set[str] = set()
        listed = self.c.espeak_ListVoices(None)
        place = 0
        while listed[place]:
            voice = listed[place].contents
            place += 1
            at = voice.languages
            while at and ctypes.string_at(at, 1) != b"\0":
                code = ctypes.string_at(at + 1).decode("ascii", "replace")
                at += len(code) + 2
                if code not in seen:
                    seen.add(code)
                    yield code, Voice(voice.identifier.decode(), voice.name.decode("utf-8", "replace"), [code])

    def version(self) -> str:
        return str(self.c.espeak_Info(None).decode())

    def use(self, voice: str) -> None:
        """Switch voice; an unknown one is an error and not English."""
        if voice == self._voice:
            return
        language = voice.partition("+")[0]  # "cmn+f1": the Mandarin voice in the variant f1
        if language not in self.voices or self.c.espeak_SetVoiceByName(voice.encode()) != _OK:
            raise EngineError(f"espeak-ng {self.version()} has no voice {voice!r}", permanent=True)
        self._voice = voice

    def set(self, parameter: int, value: int) -> None:
        self.c.espeak_SetParameter(parameter, value, 0)

    def ipa(self, text: str, voice: str) -> str:
        """How the voice would say ``text``, in the IPA that espeak-ng writes."""
        self.use(voice)
        rest = ctypes.c_char_p(text.replace("\0", " ").encode("utf-8", "replace"))
        said: list[str] = []
        while rest.value:
            said.append(self.c.espeak_TextToPhonemes(ctypes.byref(rest), _CHARS_UTF8, _IPA).decode())
        return " ".join(said)

    def synth(self, text: str, *, phonemes: bool) -> Take:
        """Speak now and return the samples; returns when all of them are there."""
        raw = text.replace("\0", " ").encode("utf-8", "replace")
        take = self._take = Take()
        take.rate = self.rate
        flags = _CHARS_UTF8 | (_PHONEMES if phonemes else 0)
        try:
            code = self.c.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, flags, None, None)
            self.c.espeak_Synchronize()
        finally:
            self._take = None
        if code != _OK:
            raise EngineError(f"espeak-ng gave error {code} for {text[:40]!r}", permanent=False)
        return take


_library: Library | None = None


def library() -> Library:
    """The one library of this process."""
    global _library
    if _library is None:
        _library = Library()
    return _library


class XiangyinDriver:
    """What pyttsx3 asks of a driver."""

    def __init__(self, proxy: Any) -> None:
        self._proxy = proxy
        self._espeak = library()
        self._properties: dict[str, Any] = {"voice": "en", "rate": 175, "volume": 0.7, "pitch": 50, "range": 50, "phonemes": False}
        for name, value in self._properties.items():
            self.setProperty(name, value)

    def destroy(self) -> None:
        """The library stays: espeak-ng does not survive being initialised twice."""

    def getProperty(self, name: str) -> Any:
        if name == "voices":
            return list(self._espeak.voices.values())
        return self._properties[name]

    def setProperty(self, name: str, value: Any) -> None:
        if name == "voice":
            self._espeak.use(value)
        elif name == "rate":
            self._espeak.set(_RATE, int(value))
        elif name == "volume":
            self._espeak.set(_VOLUME, round(float(value) * 100))
        elif name == "pitch":
            self._espeak.set(_PITCH, int(value))
        elif name == "range":
            self._espeak.set(_RANGE, int(value))
        elif name != "phonemes":
            raise KeyError(f"unknown property {name!r}")
        self._properties[name] = value

    def save_to_file(self, text: str, sink: Take) -> None:
        take = self._espeak.synth(text, phonemes=bool(self._properties["phonemes"]))
        sink.rate = take.rate
        sink.add(take.pcm.tobytes())

    def say(self, text: str) -> None:
        raise EngineError(f"the station speaks into files, not into this machine's loudspeaker: {text[:40]!r}", permanent=True)

    def stop(self) -> None:
        """Nothing to stop: every utterance is finished when save_to_file returns."""

    def startLoop(self) -> None:
        """Not busy any more: pyttsx3 now runs its whole queue, each command to its end."""
        self._proxy.setBusy(False)

    def endLoop(self) -> None:
        """The loop ended with the queue."""

    def iterate(self) -> Iterator[None]:
        self._proxy.setBusy(False)
        yield


def buildDriver(proxy: Any) -> XiangyinDriver:
    """pyttsx3's entry point of a driver module."""
    return XiangyinDriver(proxy)


def register() -> None:
    """Make ``pyttsx3.init("xiangyin")`` find this module."""
    sys.modules[f"pyttsx3.drivers.{DRIVER}"] = sys.modules[__name__]
