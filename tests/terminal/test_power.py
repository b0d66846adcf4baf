"""A real terminal whose power is cut thirty times: everything is begun at most once, and everything is owned up to."""

from __future__ import annotations

import array
import hashlib
import json
import random
import select
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from terminal.agent import Agent
from terminal.memory import Identity, Memory
from terminal.mind import Capabilities
from terminal.player import RATE, Samples
from tests.terminal.far_end import PROGRAMME, ROOT, TOPICS, signed
from tests.terminal.sounds import wav_of
from wire.messages import Credentials, Keys, Plan, PlanItem, Want

HOUSE = Path(__file__).parents[2]
PATIENCE_S, LIFE_S = 60.0, 10.0
# The power goes a random while after it told this: while the program starts, plays, has just played.
MOMENTS = ("", "began", "started", "finished", "started", "began")
CUTS, ITEMS, APART_MS, LONG_MS, WINDOW_MS = 30, 100, 700, 900, 15_000


def _settled(folder: Path, now: float, items: int) -> None:
    """A terminal's data folder as it would be after a day on the line: papers, keys, wishes, a plan, its sound."""
    sound = wav_of(Samples(memoryview(array.array("h", [3000, -3000] * (RATE * LONG_MS // 2000)))), folder.with_name("sound.wav"))
    content = sound.read_bytes()
    sha = hashlib.sha256(content).hexdigest()
    memory = Memory(folder)
    credentials = Credentials("t1", "secret", roots=(ROOT.public(("root",)),))
    memory.keep_identity(Identity(credentials, "127.0.0.1", 9))
    (folder / "clips").mkdir()
    (folder / "clips" / sha).write_bytes(content)
    agent = Agent(credentials, memory.kept, Capabilities("test"), "b0")
    plan = Plan(1, "z1", int(now), int(now) + 10**7, items=tuple(
        PlanItem(f"i{n}", f"i{n}", 0, int(now) + n * APART_MS, sha, sha, len(content), LONG_MS, int(now) + n * APART_MS + WINDOW_MS, start="after", priority=6 - n % 3)
        for n in range(items)
    ))  # fmt: skip
    said = (
        (TOPICS.keys(), signed(Keys(1, (PROGRAMME.public(("programme",)),)), "xy", 1, signer=ROOT, now=now)),
        (TOPICS.down("t1", "want"), signed(Want(1, ("z1",)), "t1", 1, now=now)), (TOPICS.zone("z1", "plan"), signed(plan, "z1", 1, now=now)),
    )  # fmt: skip
    for topic, payload in said:
        for action in agent.on_message(topic, payload, now):
            if entry := getattr(action, "entry", None):
                memory.note(entry)
    memory.close()
    assert agent.refused == 0 and len(agent.items) == items


def _entries(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line[9:]) for line in (folder / "journal").read_bytes().splitlines()]


def _until_told(life: subprocess.Popen[bytes], event: str) -> None:
    """Until the program has told of it, or has had long enough; at once for no event."""
    assert life.stdout is not None
    ends = time.monotonic() + LIFE_S
    while event and select.select([life.stdout], [], [], max(0.0, ends - time.monotonic()))[0]:
        line = life.stdout.readline()
        if not line or json.loads(line)["event"] == event:
            return


def _lasts(folder: Path) -> set[str]:
    """The items of which the end has been told."""
    return {each["row"][0] for each in _entries(folder) if each["do"] == "receipt" and each["row"][5] not in ("stored", "started")}


def test_thirty_power_cuts_at_any_moment_begin_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    folder, chance = tmp_path / "data", random.Random(20261125)
    now = time.time() * 1000
    _settled(folder, now + 1000, ITEMS)
    command = [sys.executable, "-m", "terminal", "--data", str(folder), "--device", "null", "--json"]
    for number in range(CUTS):
        with subprocess.Popen(command, cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0) as life:
            _until_told(life, MOMENTS[number % len(MOMENTS)])
            time.sleep(chance.uniform(0.0, 0.9))
            life.kill()
    ended = time.time() * 1000
    over = [f"i{n}" for n in range(ITEMS) if now + 1000 + n * APART_MS + WINDOW_MS < ended]
    with subprocess.Popen(command, cwd=HOUSE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as life:
        patience = time.monotonic() + PATIENCE_S
        while not set(over) <= set(_lasts(folder)) and time.monotonic() < patience:  # the last one owns up
            time.sleep(0.1)
        life.terminate()
    assert not (folder / "state.json").exists(), "the journal has been folded: nothing could be counted"
    entries = _entries(folder)
    begun = Counter(each["id"] for each in entries if each["do"] == "begin")
    for each in entries:
        if each["do"] == "unbegin":  # written down, then broken off before a single sample was heard
            begun[each["id"]] -= 1
    results: dict[str, list[str]] = {}
    for each in entries:
        if each["do"] == "receipt" and each["row"][5] != "stored":
            results.setdefault(each["row"][0], []).append(each["row"][5])
    paused = Counter(each["id"] for each in entries if each["do"] == "pause")
    assert begun and all(count - paused[name] <= 1 for name, count in begun.items())
    assert all(told.count("started") <= 1 for told in results.values())
    lasts = {name: [each for each in told if each != "started"] for name, told in results.items()}
    assert all(len(last) <= 1 for last in lasts.values())
    assert over and all(len(lasts.get(name, [])) == 1 for name in over), "each one whose time is over has been told of"
    kinds = Counter(last[0] for last in lasts.values() if last)
    assert kinds["finished"] and kinds["failed"], f"some were whole, some were cut: {kinds}"
