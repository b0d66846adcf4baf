"""A virtual terminal whose flash is a folder: the journal of a real one, and beside it the ear of whoever stands under the loudspeaker.

Its process may be killed at any moment. The next one finds in the journal what the terminal had written down, and in the ear what was heard of it: a
line when something begins to sound, another when it ends. What had begun when the process was killed is taken to have sounded until the next
one began, or to its end, which is at least as long as it did.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path

from terminal.memory import Memory
from terminal.virtual import Heard


class Flash(Memory):
    """Many share one disk: none keeps room for its journal in reserve."""

    def keep_reserve(self) -> None:
        """Nothing is kept in reserve."""


class Ear:
    """What was heard at one terminal by all the processes that it was."""

    def __init__(self, path: Path, now_ms: float) -> None:
        self.before = heard_before(path, now_ms)
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 (open as long as the program)
        self._file.write(b"\n")  # behind what a killed process had begun to write
        self._say("start", now_ms)

    def begins(self, whole: Heard) -> None:
        """Something begins to sound, and will last so long if nothing comes between."""
        self._say("b", *astuple(whole))

    def ended(self, heard: Heard) -> None:
        """It sounded so long."""
        self._say("e", *astuple(heard))

    def _say(self, *what: object) -> None:
        self._file.write(json.dumps(what).encode() + b"\n")

    def close(self) -> None:
        self._file.close()


def heard_before(path: Path, now_ms: float) -> list[Heard]:
    """What the processes before this moment let sound; the last one was killed by now at the latest."""
    if not path.exists():
        return []
    heard, sounding = list[Heard](), dict[tuple[str, float], Heard]()

    def cut(at_ms: float) -> None:
        for each in sounding.values():
            heard.append(Heard(each.item, each.begins_ms, max(each.begins_ms, min(each.ends_ms, at_ms)), each.offset_ms, each.at_ms, each.until_ms))
        sounding.clear()

    for line in path.read_bytes().splitlines():
        try:
            what, *rest = json.loads(line)
        except ValueError:
            continue  # torn: its process was killed before it went on to do what the line says
        if what == "start":
            cut(float(rest[0]))
            continue
        found = Heard(*rest)
        if what == "b":
            sounding[found.item, found.begins_ms] = found
        else:
            sounding.pop((found.item, found.begins_ms), None)
            heard.append(found)
    cut(now_ms)
    return heard
