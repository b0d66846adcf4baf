"""The decoder's own process: one audio file in, bare mono 16-bit samples out, a piece at a time: an hour of sound needs no more memory than a second.

Started by path, it stands on the libraries that come with pygame (mpg123, opusfile, SDL), else on the system's; whatever they cannot read piece by
piece pygame's mixer reads whole. Exit code 28: no room on the disk; 1: not audio.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib
import importlib.util
import math
import os
import sys
import types
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

# What a disk says when it is full: ENOSPC, EDQUOT.
FULL, EXIT_FULL = (28, 122), 28
PIECE = 64 * 1024
# mpg123.h: signed 16 bits, mono or stereo, no words of its own; another format from here on; the end.
ENC_S16, MONO_OR_STEREO, ADD_FLAGS, QUIET, NEW_FORMAT, DONE = 0xD0, 3, 2, 0x20, -11, -12
# opusfile.h: a stretch is missing or broken, what follows may be whole; opus is always at this rate.
OP_HOLE, OPUS_RATE = -3, 48_000
# SDL_audio.h: how samples of so many bytes lie in a wave file.
FORMATS = {1: 0x0008, 2: 0x8010, 4: 0x8020}
# A piece as a decoder gives it: rate, channels, bytes a sample, samples.
Piece = tuple[int, int, int, bytes]


class Whole(Exception):
    """This file, or this machine, is none that is read piece by piece."""


def _library(*names: str) -> Any:
    """The library of these names that came with pygame, else the system's; Whole where there is none."""
    package = importlib.util.find_spec("pygame")
    found: list[str] = []
    if package is not None and package.origin:
        site = Path(package.origin).parent.parent
        found = [str(path) for name in names for path in sorted(site.glob(f"pygame_ce.libs/lib{name}-*.so*"))]
    path = found[0] if found else next((there for name in names if (there := ctypes.util.find_library(name))), None)
    if path is None:
        raise Whole(f"no lib{names[0]} here")
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise Whole(str(error)) from error


def pieces(path: str) -> Iterator[Piece]:
    """What is in the file, by its first bytes; Whole before the first piece when it cannot be read so."""
    with open(path, "rb") as file:
        head = file.read(64)
    if head[:4] == b"RIFF":
        return _wave(path)
    if head[:4] == b"OggS" and b"OpusHead" in head:
        return _opus(path)
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0 and head[1] & 0x06):
        return _mp3(path)
    raise Whole("neither wave, mp3 nor opus")


def _wave(path: str) -> Iterator[Piece]:
    with open(path, "rb") as opened:
        try:
            file = wave.Wave_read(opened)
        except (wave.Error, EOFError) as error:
            raise Whole(str(error)) from error
        width = file.getsampwidth()
        if width not in FORMATS:
            raise Whole(f"{8 * width} bits a sample")
        while data := file.readframes(PIECE // (width * file.getnchannels())):
            yield file.getframerate(), file.getnchannels(), width, data


def _mp3(path: str) -> Iterator[Piece]:
    lib = _library("mpg123")
    lib.mpg123_new.restype = ctypes.c_void_p
    lib.mpg123_init()
    handle = ctypes.c_void_p(lib.mpg123_new(None, None))
    lib.mpg123_param.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_double]
    lib.mpg123_param(handle, ADD_FLAGS, QUIET, 0.0)
    lib.mpg123_format_none(handle)
    for each in (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000):
        lib.mpg123_format(handle, ctypes.c_long(each), MONO_OR_STEREO, ENC_S16)
    if lib.mpg123_open(handle, os.fsencode(path)):
        raise Whole("mpg123 does not open it")
    rate, channels, encoding = ctypes.c_long(), ctypes.c_int(), ctypes.c_int()
    if lib.mpg123_getformat(handle, ctypes.byref(rate), ctypes.byref(channels), ctypes.byref(encoding)):
        raise Whole("mpg123 finds no sound in it")
    buffer, done = ctypes.create_string_buffer(PIECE), ctypes.c_size_t()
    said = 0
    while said in (0, NEW_FORMAT):
        said = lib.mpg123_read(handle, buffer, ctypes.c_size_t(PIECE), ctypes.byref(done))
        if done.value:
            yield rate.value, channels.value, 2, buffer.raw[: done.value]
        if said == NEW_FORMAT:
            lib.mpg123_getformat(handle, ctypes.byref(rate), ctypes.byref(channels), ctypes.byref(encoding))
    # A file that breaks off or goes wrong in its middle sounds as far as it is good, as with every player.


def _opus(path: str) -> Iterator[Piece]:
    lib = _library("opusfile")
    lib.op_open_file.restype = ctypes.c_void_p
    error = ctypes.c_int()
    opened = lib.op_open_file(os.fsencode(path), ctypes.byref(error))
    if not opened:
        raise Whole(f"opusfile does not open it ({error.value})")
    handle, buffer = ctypes.c_void_p(opened), ctypes.create_string_buffer(PIECE)
    mono = lib.op_link_count(handle) == 1 and lib.op_channel_count(handle, 0) == 1
    channels = 1 if mono else 2
    while True:
        # both give the number of samples of one channel, and want the size of the buffer in samples of all
        got = lib.op_read(handle, buffer, PIECE // 2, None) if mono else lib.op_read_stereo(handle, buffer, PIECE // 2)
        if got == OP_HOLE:
            continue
        if got <= 0:
            return
        yield OPUS_RATE, channels, 2, buffer.raw[: 2 * channels * got]


class Converter:
    """SDL's stream from one way to keep samples to mono, 16 bits, ``rate``."""

    def __init__(self, source: tuple[int, int, int], rate: int) -> None:
        self.source, self._lib = source, _library("SDL2-2", "SDL2-2.0")
        self._lib.SDL_NewAudioStream.restype = ctypes.c_void_p
        hz, channels, width = source
        made = self._lib.SDL_NewAudioStream(ctypes.c_uint16(FORMATS[width]), ctypes.c_uint8(channels), hz, ctypes.c_uint16(FORMATS[2]), ctypes.c_uint8(1), rate)
        if not made:
            raise Whole(f"{hz} Hz in {channels} channels cannot be made {rate} Hz in one")
        self._stream, self._rate, self._in, self._out = ctypes.c_void_p(made), rate, 0, 0
        # SDL rounds what comes of each put: given only so many that it is whole, an hour is not 80 ms too short.
        self._unit, self._rest = hz // math.gcd(hz, rate) * channels * width, b""

    def put(self, data: bytes) -> Iterator[bytes]:
        self._in += len(data)
        data = self._rest + data
        upto = len(data) // self._unit * self._unit
        self._rest = data[upto:]
        self._lib.SDL_AudioStreamPut(self._stream, data, upto)
        return self._take()

    def close(self) -> Iterator[bytes]:
        """What is still inside: pushed out by silence and cut where the sound ends, for SDL's own flush gives away its last 20 ms."""
        hz, channels, width = self.source
        frames = self._in // (channels * width)
        silence = self._rest + (b"\x80" if width == 1 else b"\0") * (hz * channels * width // 2)
        self._lib.SDL_AudioStreamPut(self._stream, silence, len(silence))
        yield from self._take(2 * round(frames * self._rate / hz))
        self._lib.SDL_FreeAudioStream(self._stream)

    def _take(self, most: int = 2**62) -> Iterator[bytes]:
        buffer = ctypes.create_string_buffer(PIECE)
        while self._out < most and (got := self._lib.SDL_AudioStreamGet(self._stream, buffer, min(PIECE, most - self._out))) > 0:
            self._out += got
            yield buffer.raw[:got]


def converted(found: Iterator[Piece], rate: int) -> Iterator[bytes]:
    """The pieces as mono 16-bit samples at ``rate``."""
    converter: Converter | None = None
    for hz, channels, width, data in found:
        source = (hz, channels, width)
        if converter is not None and converter.source != source:
            yield from converter.close()
            converter = None
        if source == (rate, 1, 2):
            yield data
            continue
        converter = converter or Converter(source, rate)
        yield from converter.put(data)
    if converter is not None:
        yield from converter.close()


def whole(path: str, rate: int) -> Iterator[bytes]:
    """The whole file at once, whatever pygame's mixer reads."""
    os.environ.update(SDL_AUDIODRIVER="dummy", PYGAME_HIDE_SUPPORT_PROMPT="1")
    mixer = _mixer()
    mixer.init(rate, -16, 1, 512, allowedchanges=0)
    try:
        samples = memoryview(mixer.Sound(path)).cast("B")  # not a copy: they may be many
    except Exception as error:  # whatever the decoder makes of a foreign file
        sys.exit(str(error))
    for at in range(0, len(samples), PIECE):
        yield samples[at : at + PIECE]  # type: ignore[misc]  # as good as bytes for a file


def _mixer() -> Any:
    """pygame.mixer without the rest of pygame where that works, with it elsewhere: its package imports everything it has (8 MB)."""
    found = importlib.util.find_spec("pygame")
    if found is None or found.submodule_search_locations is None:
        sys.exit("pygame-ce is not installed")
    package = types.ModuleType("pygame")
    package.__path__ = list(found.submodule_search_locations)
    sys.modules["pygame"] = package
    try:
        return [importlib.import_module(f"pygame.{name}") for name in ("base", "rwobject", "mixer")][-1]
    except (ImportError, AttributeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "pygame"]:
            del sys.modules[name]
        return importlib.import_module("pygame.mixer")


def _write(found: Iterator[bytes], out: BinaryIO) -> None:
    for samples in found:
        left = memoryview(samples)
        while left:
            left = left[out.write(left) :]


def main() -> None:
    """Arguments: the rate, the audio file, the file for the samples."""
    rate, source, target = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    try:
        with open(target, "wb", buffering=0) as out:
            try:
                _write(converted(pieces(source), rate), out)
            except Whole:
                out.seek(0)
                out.truncate()
            if not out.tell():
                _write(whole(source, rate), out)
    except OSError as error:
        sys.exit(EXIT_FULL if error.errno in FULL else str(error))


if __name__ == "__main__":
    main()
