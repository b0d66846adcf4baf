"""Opus (RFC 6716) for live talk: libopus by ctypes, as it lies beside the packages that are installed anyway, or the system's own.

Nothing is installed for it: the wheels of pygame-ce (terminals) and of PyAV (stations) bring the library along for x86_64 and aarch64, with
encoder and decoder; Debian's libopus0 serves as well.
"""

from __future__ import annotations

import array
import ctypes
import ctypes.util
import importlib.util
from functools import cache
from pathlib import Path

RATE = 48_000
FRAME_MS = 20
# What one packet may hold (RFC 6716, section 3.2.1), and the samples of 120 ms, the longest packet there is.
PACKET_MAX, SAMPLES_MAX = 1275, RATE * 120 // 1000
RATES = (8_000, 12_000, 16_000, 24_000, 48_000)
# opus_defines.h
_APPLICATION_VOIP, _SET_BITRATE, _SET_COMPLEXITY = 2048, 4002, 4010
_BESIDE = ("pygame", "av")


class NoOpus(RuntimeError):
    """There is no libopus here, or it refuses; the text says what to do."""


class BadPacket(ValueError):
    """Bytes that are no Opus packet."""


def beside(package: str, library: str) -> Path | None:
    """The shared library that a wheel brought along (``pygame_ce.libs/libopus-….so``), without importing the package."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return None
    site = Path(found.origin).parent.parent
    return next((path for folder in sorted(site.glob(f"{package}*.libs")) for path in sorted(folder.glob(f"{library}-*.so*"))), None)


@cache
def _library() -> ctypes.CDLL:
    reasons = []
    names = [str(path) for package in _BESIDE if (path := beside(package, "libopus"))] + [name for name in (ctypes.util.find_library("opus"),) if name]
    for name in names:
        try:
            return _declared(ctypes.CDLL(name))
        except (OSError, AttributeError) as error:
            reasons.append(str(error))
    raise NoOpus(f"no libopus for live talk ({'; '.join(reasons) or 'none found'}): install pygame-ce from its wheel, or Debian's libopus0")


def _declared(lib: ctypes.CDLL) -> ctypes.CDLL:
    whole, pointer = ctypes.c_int, ctypes.c_void_p
    lib.opus_decoder_create.restype, lib.opus_decoder_create.argtypes = pointer, [whole, whole, ctypes.POINTER(whole)]
    lib.opus_decode.restype, lib.opus_decode.argtypes = whole, [pointer, ctypes.c_char_p, ctypes.c_int32, pointer, whole, whole]
    lib.opus_decoder_destroy.restype, lib.opus_decoder_destroy.argtypes = None, [pointer]
    lib.opus_encoder_create.restype, lib.opus_encoder_create.argtypes = pointer, [whole, whole, whole, ctypes.POINTER(whole)]
    lib.opus_encode.restype, lib.opus_encode.argtypes = ctypes.c_int32, [pointer, ctypes.c_char_p, whole, ctypes.c_char_p, ctypes.c_int32]
    lib.opus_encoder_destroy.restype, lib.opus_encoder_destroy.argtypes = None, [pointer]
    lib.opus_encoder_ctl.restype = whole
    return lib


class Decoder:
    """Packets of one channel -> 16-bit samples at RATE. Not for two threads at once."""

    def __init__(self) -> None:
        self._lib, failed = _library(), ctypes.c_int()
        self._state = self._lib.opus_decoder_create(RATE, 1, ctypes.byref(failed))
        if failed.value:
            raise NoOpus(f"libopus makes no decoder: error {failed.value}")
        self._room = (ctypes.c_int16 * SAMPLES_MAX)()

    def decode(self, packet: bytes) -> array.array[int]:
        """The samples of one packet; BadPacket when it is none."""
        return self._decoded(packet, len(packet), SAMPLES_MAX)

    def conceal(self, samples: int = RATE * FRAME_MS // 1000) -> array.array[int]:
        """What may have been in a packet that did not come; it fades out when none comes for long."""
        return self._decoded(None, 0, samples)

    def _decoded(self, packet: bytes | None, size: int, most: int) -> array.array[int]:
        count = self._lib.opus_decode(self._state, packet, size, self._room, most, 0)
        if count < 0:
            raise BadPacket(f"no Opus packet: error {count}")
        return array.array("h", memoryview(self._room)[:count].cast("B").cast("h"))

    def __del__(self) -> None:
        if getattr(self, "_state", None):
            self._lib.opus_decoder_destroy(self._state)
            self._state = None


class Encoder:
    """16-bit samples of one channel -> packets of FRAME_MS, tuned for speech. ``rate`` is one of RATES, ``bitrate`` in bit/s."""

    def __init__(self, rate: int = RATE, bitrate: int = 32_000, complexity: int = 5) -> None:
        if rate not in RATES:
            raise NoOpus(f"Opus takes {', '.join(map(str, RATES))} samples a second, not {rate}")
        self._lib, failed = _library(), ctypes.c_int()
        self._state = self._lib.opus_encoder_create(rate, 1, _APPLICATION_VOIP, ctypes.byref(failed))
        if failed.value:
            raise NoOpus(f"libopus makes no encoder: error {failed.value}")
        self.samples = rate * FRAME_MS // 1000
        for setting, value in ((_SET_BITRATE, bitrate), (_SET_COMPLEXITY, complexity)):
            self._lib.opus_encoder_ctl(ctypes.c_void_p(self._state), ctypes.c_int(setting), ctypes.c_int32(value))
        self._room = ctypes.create_string_buffer(PACKET_MAX)

    def encode(self, pcm: bytes) -> bytes:
        """One packet of exactly ``samples`` samples (little-endian as the machine's own)."""
        if len(pcm) != 2 * self.samples:
            raise BadPacket(f"{len(pcm)} bytes, expected {2 * self.samples}")
        size = self._lib.opus_encode(self._state, pcm, self.samples, self._room, PACKET_MAX)
        if size < 0:
            raise NoOpus(f"libopus encodes nothing: error {size}")
        return self._room.raw[:size]

    def __del__(self) -> None:
        if getattr(self, "_state", None):
            self._lib.opus_encoder_destroy(self._state)
            self._state = None
