"""The condition of this machine: sound device, disk, clock, and whatever else its hands found wrong, as fault codes and words."""

from __future__ import annotations

import contextlib

from terminal.cache import Cache, NotFetched
from terminal.clock import UNSURE_MS, Clock
from terminal.memory import RESERVE_BYTES, Memory

LOOK_EVERY_S = 300.0
# A full disk is looked at again this soon.
TROUBLE_EVERY_S = 5.0


class Condition:
    """``faults`` holds what the hands raise and take back; disk and clock are looked at here."""

    def __init__(self, memory: Memory, cache: Cache, clock: Clock) -> None:
        self._memory, self._cache, self._clock = memory, cache, clock
        self.faults: dict[str, str] = {}
        self._look_at, self._in_trouble = 0.0, False

    def changed(self) -> None:
        """Look at the next opportunity."""
        self._look_at = 0.0

    def due(self, mono: float) -> bool:
        """Now and then, and at once when something is wrong with the disk, or no more."""
        return mono >= self._look_at or self._disk_in_trouble != self._in_trouble

    @property
    def _disk_in_trouble(self) -> bool:
        return bool(self._memory.trouble or "disk" in self.faults)

    def mend(self, mono: float) -> None:
        """Makes room for what waits to be written down, and keeps a reserve for worse days."""
        self._look_at = mono + (TROUBLE_EVERY_S if self._memory.trouble else LOOK_EVERY_S)
        if self._memory.trouble:
            with contextlib.suppress(NotFetched):
                self._cache.make_room(RESERVE_BYTES)
            self._memory.sync()
            if not self._memory.waiting:
                self._memory.trouble = ""
        self._memory.keep_reserve()
        self._in_trouble = self._disk_in_trouble

    def disk(self, why: str) -> None:
        """Raises the fault, or takes it back when something was written again."""
        if why:
            self.faults["disk"] = f"disk: {why}"
        else:
            self.faults.pop("disk", None)

    def device(self, why: str) -> None:
        """Raises the fault of the sound device, or takes it back; it is told at once."""
        if why:
            self.faults["device"] = why
        else:
            self.faults.pop("device", None)
        self.changed()

    def told(self) -> dict[str, str]:
        """Everything that is wrong now: code -> words."""
        found = dict(self.faults)
        if self._memory.trouble:
            found["disk"] = f"disk: {self._memory.trouble}"
        error_ms = self._clock.error_ms()
        if self._clock.source == "none":
            found["clock"] = "clock: the time is not known; only emergencies sound until the station has said it"
        elif error_ms > UNSURE_MS:
            found["clock"] = f"clock: may be {error_ms / 1000:.0f} s wrong until the station has said the time"
        return found
