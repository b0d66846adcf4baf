"""The decoder's own process: one audio file in, bare mono 16-bit samples out. Started by path, it stands on pygame's mixer alone.

The package of pygame imports everything it has (8 MB); the mixer needs two modules of it. Exit code 28: no room on the disk; 1: not audio.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types
from typing import Any

# What a disk says when it is full: ENOSPC, EDQUOT.
FULL, EXIT_FULL = (28, 122), 28


def _mixer() -> Any:
    """pygame.mixer without the rest of pygame where that works, with it elsewhere."""
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


def main() -> None:
    """Arguments: the rate, the audio file, the file for the samples."""
    os.environ.update(SDL_AUDIODRIVER="dummy", PYGAME_HIDE_SUPPORT_PROMPT="1")
    mixer = _mixer()
    mixer.init(int(sys.argv[1]), -16, 1, 512, allowedchanges=0)
    try:
        sound = mixer.Sound(sys.argv[2])
    except Exception as error:  # whatever the decoder makes of a foreign file
        sys.exit(str(error))
    try:
        with open(sys.argv[3], "wb", buffering=0) as out:
            samples = memoryview(sound).cast("B")  # not a copy: they may be many
            while samples:
                samples = samples[out.write(samples) :]
    except OSError as error:
        sys.exit(EXIT_FULL if error.errno in FULL else str(error))


if __name__ == "__main__":
    main()
