"""A disk that is full, or that forgets: the terminal goes on, says so, and loses no receipt it can keep."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal import cache as cache_room
from terminal.actions import Fetch, KeepClips, Prepare
from terminal.cache import Cache, NoRoom
from terminal.decoding import decode
from terminal.memory import RESERVE_BYTES, Memory
from terminal.player import NoRoomToDecode, chime_samples
from tests.terminal.far_end import NOW, Bench, an_item, clip
from tests.terminal.sounds import wav_of


def _say(memory: Memory, number: int) -> None:
    entry = {"do": "receipt", "row": [f"i{number}", "c", 1, 0.0, 0.0, "missed", 0, 0.0, ""], "until": 5}
    memory.kept.apply(entry)
    memory.record(entry)


class _FullDisk:
    """A journal file that takes ``left`` bytes more and then raises ENOSPC, as a card does: half a line first."""

    def __init__(self, file: Any, left: int) -> None:
        self._file, self.left = file, left

    def write(self, data: bytes) -> int:
        if self.left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        took = int(self._file.write(data[: self.left]))
        self.left -= took
        return took

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_what_a_full_disk_does_not_take_waits_in_order_and_is_written_when_there_is_room(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    _say(memory, 1)
    memory._journal = full = _FullDisk(memory._journal, 30)
    _say(memory, 2)
    _say(memory, 3)
    assert memory.waiting == 2 and "wait for room" in memory.trouble
    assert not (tmp_path / "reserve").exists(), "the reserve is given up before anything waits"
    full.left = 10**6
    _say(memory, 4)
    assert memory.waiting == 0 and memory.trouble == ""
    memory.close()
    again = Memory(tmp_path)
    assert [row[0] for row in again.kept.pending] == ["i1", "i2", "i3", "i4"]
    again.close()


def test_a_power_cut_on_a_full_disk_leaves_a_whole_journal(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    _say(memory, 1)
    memory._journal = _FullDisk(memory._journal, 30)
    _say(memory, 2)
    journal = (tmp_path / "journal").read_bytes()
    assert journal.endswith(b"\n") and journal.count(b"\n") == 1
    memory._journal.close()
    memory._lock_file.close()
    again = Memory(tmp_path)
    assert [row[0] for row in again.kept.pending] == ["i1"]
    again.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of sixteen megabytes of its own, where this machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def _fill(folder: Path, leave: int = 0) -> Path:
    path = folder / "foreign"
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(b"f" * 65536) == 65536:
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
    if leave:
        os.truncate(path, path.stat().st_size - leave)
    return path


def test_a_disk_that_is_really_full_takes_receipts_from_the_reserve_and_then_keeps_them_in_memory(small_disk: Path) -> None:
    memory = Memory(small_disk / "m")
    assert (small_disk / "m/reserve").stat().st_size == RESERVE_BYTES
    foreign = _fill(small_disk)
    for number in range(100):
        _say(memory, number)
    assert memory.waiting == 0 and not (small_disk / "m/reserve").exists()
    _fill(small_disk / "m")
    for number in range(100, 400):
        _say(memory, number)
    assert memory.waiting > 0 and memory.trouble
    memory.fold()
    assert memory.waiting > 0, "a snapshot that found no room forgets nothing"
    foreign.unlink()
    memory.sync()
    memory.keep_reserve()
    assert memory.waiting == 0 and memory.trouble == "" and (small_disk / "m/reserve").exists()
    memory.close()
    again = Memory(small_disk / "m")
    assert [row[0] for row in again.kept.pending] == [f"i{number}" for number in range(400)]
    again.close()


def test_a_decoder_without_room_does_not_blame_the_clip(small_disk: Path, tmp_path: Path) -> None:
    sound = wav_of(chime_samples(), tmp_path / "sound")
    _fill(small_disk, 4096)
    with pytest.raises(NoRoomToDecode):
        decode(sound, small_disk / "raw")
    assert sorted(path.name for path in small_disk.iterdir()) == ["foreign"]
    (small_disk / "foreign").unlink()
    decode(sound, small_disk / "raw")


def test_a_cache_on_a_full_disk_evicts_what_nobody_plans_and_nothing_else(small_disk: Path) -> None:
    cache = Cache(small_disk / "clips", leave_bytes=2**20)
    (small_disk / "clips/old").write_bytes(b"o" * 5 * 2**20)
    (small_disk / "clips/planned").write_bytes(b"p" * 5 * 2**20)
    cache.planned = frozenset({"planned"})
    cache.make_room(6 * 2**20)
    assert not (small_disk / "clips/old").exists() and (small_disk / "clips/planned").exists()
    with pytest.raises(NoRoom):
        cache.make_room(14 * 2**20)


def test_a_fetch_that_finds_the_disk_full_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache_room.Cache, "_transfer", full)
    with pytest.raises(NoRoom) as caught:
        Cache(tmp_path).fetch(Fetch("a" * 64, ("http://station/x",), 10))
    assert caught.value.full


def test_a_clip_that_rots_while_it_waits_is_found_and_fetched_again_and_heard(tmp_path: Path) -> None:
    content = b"sound" * 100
    sha = hashlib.sha256(content).hexdigest()
    cache = Cache(tmp_path)
    cache.path(sha).write_bytes(content)
    assert cache.holds(sha) and not cache.rotted(sha)
    cache.path(sha).write_bytes(content[:-1] + b"?")
    assert cache.rotted(sha) and not cache.holds(sha)
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 10_000))
    bench.do(bench.agent.on_fetched(clip("i0"), True, "", NOW))
    bench.log.clear()
    bench.do(bench.agent.on_lost(clip("i0"), "rotted", NOW + 1000))
    assert [each.sha for each in bench.every(Fetch)] == [clip("i0")]
    bench.live(NOW + 1000, NOW + 15_000)
    assert bench.results("i0") == ["started", "finished"]


def test_what_could_not_be_decoded_for_want_of_room_is_tried_again_and_heard() -> None:
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 10_000))
    bench.do(bench.agent.on_fetched(clip("i0"), True, "", NOW))
    bench.do(bench.agent.tick(NOW + 1000))
    bench.log.clear()
    bench.do(bench.agent.on_not_prepared(clip("i0"), "disk full", NOW + 1000))
    assert bench.every(Prepare) == []
    bench.live(NOW + 1000, NOW + 15_000)
    assert bench.every(Prepare) and bench.results("i0")[-1] == "finished"


def test_what_is_planned_is_told_before_anything_is_fetched() -> None:
    bench = Bench().follow()
    bench.plan(an_item("i0", NOW + 1000), an_item("i1", NOW + 2000))
    kinds = [type(each) for each in bench.log if isinstance(each, KeepClips | Fetch)]
    assert kinds == [KeepClips, Fetch, Fetch]
