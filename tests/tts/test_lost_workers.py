"""A speaking process is killed or hangs in the middle of a rendition: another does it again in the same voice, and nothing half is served."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from station.database import Database
from station.files import Files
from tests.builders import an_article
from tests.people import settle
from tts.audio import decode
from tts.choose import choose_voice
from tts.level import RATE
from tts.models import Rendition
from tts.pool import Pool
from tts.render import release_claims, render_one
from tts.want import want_renditions

ROOT = Path(__file__).parents[2]
BODY = "各位村民请注意，明天上午停水，请大家提前储水，锅炉不要空烧。\n" * 12


@pytest.fixture
def wanted(db: Database, now: datetime) -> Database:
    with db.session() as session:
        village = settle(session, now)
        article = an_article(session, village.operator, village.county, now, body=BODY, approved=True)
        choose_voice(session, now, "slow", area=village.county)
        want_renditions(session, article, {"cmn"}, now)
    return db


@pytest.fixture
def impatient() -> Iterator[Pool]:
    pool = Pool(1, sentence_seconds=6, start_seconds=60)
    pool.warm(("cmn",))
    yield pool
    pool.close()


def only(db: Database) -> Rendition:
    with db.reading() as session:
        return session.scalars(select(Rendition)).one()


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV])
def test_a_rendition_survives_the_loss_of_its_process(
    wanted: Database, files: Files, impatient: Pool, now: datetime, tmp_path: Path, blow: signal.Signals
) -> None:
    seen: list[tuple[str, str, int]] = []
    struck: list[int] = []

    def clock() -> datetime:
        """Called at every sentence: what others see at that moment; at the fourth the process gets its blow."""
        row = only(wanted)
        seen.append((row.state, row.audio_sha256, sum(1 for each in (tmp_path / "files").rglob("*") if each.is_file())))
        if len(seen) == 4:
            (pid,) = {int(each) for each in children(os.getpid()) if speaks(each)}
            struck.append(pid)
            os.kill(pid, blow)
        return now

    done = threading.Thread(target=lambda: render_one(wanted, now, impatient, files, clock=clock))
    done.start()
    done.join(120)
    assert not done.is_alive() and struck
    row = only(wanted)
    assert (row.state, row.voice, row.attempts, row.engines) == ("ready", "slow", 1, ["system"] * 13)
    assert all((state, sound, kept) == ("rendering", "", 0) for state, sound, kept in seen[:-1])
    pcm = decode(files.get(row.audio_sha256))
    assert len(pcm) * 1000 / RATE == pytest.approx(row.ms, abs=80) and [cue[2] for cue in row.cues[1:]] == BODY.split()
    lengths = {cue[1] - cue[0] for cue in row.cues[1:]}
    assert max(lengths) - min(lengths) < 150  # every sentence whole, none twice
    assert not Path(f"/proc/{struck[0]}").exists()


STATION = """
import sys, time
from datetime import datetime
from pathlib import Path
from station.database import Database
from station.files import Files
from tts.pool import Pool
from tts.render import release_claims, render_one

url, files, now, reached, where = sys.argv[1:]
calls = 0

def stand():
    Path(reached).write_text("here")
    time.sleep(600)

def clock():
    global calls
    calls += 1
    if calls == 4 and where == "in a sentence":
        stand()
    return datetime.fromisoformat(now)

class Slow(Files):
    def put(self, data):
        sha = super().put(data)
        if where == "when the sound is stored":
            stand()
        return sha

if __name__ == "__main__":
    render_one(Database(url), datetime.fromisoformat(now), Pool(1, sentence_seconds=60, start_seconds=60), Slow(Path(files)), clock=clock)
"""
"""A station that speaks one rendition, and stands still where it is to be killed."""


@pytest.mark.parametrize("where", ["in a sentence", "when the sound is stored"])
def test_a_station_killed_in_the_middle_serves_nothing_half_and_its_successor_does_it_again(
    wanted: Database, files: Files, pool: Pool, now: datetime, tmp_path: Path, where: str
) -> None:
    script, reached = tmp_path / "doomed.py", tmp_path / "reached"
    script.write_text(STATION)
    command = [sys.executable, script, wanted.url, files.root, now.isoformat(), reached, where]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) as station:
        until(lambda: reached.exists() or station.poll() is not None)
        speaking = [each for each in children(station.pid) if speaks(each)]
        station.kill()
    row = only(wanted)
    assert (row.state, row.audio_sha256, row.cues) == ("rendering", "", [])
    assert speaking, "no process spoke for it"
    until(lambda: not any(speaks(each) for each in speaking))  # its speaking processes end with it
    assert release_claims(wanted) == 1 and render_one(wanted, now, pool, files)
    row = only(wanted)
    assert (row.state, row.voice, row.engines) == ("ready", "slow", ["system"] * 13)
    assert all(hashlib.sha256(each.read_bytes()).hexdigest() == each.name for each in files.root.rglob("*") if each.is_file())  # none half
    assert len(decode(files.get(row.audio_sha256))) * 1000 / RATE == pytest.approx(row.ms, abs=80)


def children(pid: int) -> list[str]:
    return [each for task in Path(f"/proc/{pid}/task").glob("*/children") for each in task.read_text().split()]


def until(fact: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for a fact; fails when it never comes."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def speaks(pid: str) -> bool:
    """Whether it is one of our speaking processes and has the engine loaded: the one that was warmed last."""
    try:
        return b"tts.engines.worker" in Path(f"/proc/{pid}/cmdline").read_bytes() and pid not in OLDER
    except OSError:
        return False


OLDER: set[str] = set()


@pytest.fixture(autouse=True)
def others() -> None:
    """Speaking processes of other tests are left alone."""
    OLDER.clear()
    OLDER.update(children(os.getpid()))
