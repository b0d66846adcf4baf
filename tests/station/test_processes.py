"""A child falls and stands up again; it never outlives its parent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from station.processes import Child


def test_a_fallen_child_is_started_again_after_a_pause() -> None:
    child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], pause_s=1.0)
    assert child.ensure(100.0) and child.alive
    assert not child.ensure(100.5)
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    assert not child.ensure(100.9), "not before the pause is over"
    assert child.ensure(101.0) and child.alive
    child.stop()
    assert not child.alive
    child.stop()


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from station.processes import Child;"
        "c = Child('s', [sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(60)']); c.ensure(0);"
        "print(c.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert parent.stdout is not None
    parent.stdout.readline()
    parent.stdout.readline()
    parent.kill()
    # the pipe's end is reached only when the child, which holds it too, is gone
    assert parent.stdout.read() == ""
    parent.wait()
    parent.stdout.close()
