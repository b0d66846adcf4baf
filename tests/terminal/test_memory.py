"""What survives a power cut, byte by byte."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from terminal.memory import Identity, Memory, MemoryLost
from tests.terminal.far_end import ROOT
from wire.messages import Credentials


def _say(memory: Memory, number: int) -> None:
    entry = {"do": "command", "id": f"c{number}", "exp": number}
    memory.kept.apply(entry)
    memory.record(entry)


def test_every_torn_tail_loses_at_most_the_last_entry(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "a")
    _say(memory, 1)
    whole_one = (tmp_path / "a/journal").stat().st_size
    _say(memory, 2)
    memory.close()
    raw = (tmp_path / "a/journal").read_bytes()
    for length in range(whole_one, len(raw)):
        (tmp_path / "a/journal").write_bytes(raw[:length])
        again = Memory(tmp_path / "a")
        assert list(again.kept.commands) == ["c1"]
        again.close()


def test_writing_goes_on_behind_a_torn_tail(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    _say(memory, 1)
    memory.close()
    with open(tmp_path / "journal", "ab") as file:
        file.write(b"0000 {half")
    memory = Memory(tmp_path)
    _say(memory, 2)
    memory.close()
    again = Memory(tmp_path)
    assert list(again.kept.commands) == ["c1", "c2"]
    again.close()


def test_folding_changes_nothing_even_when_cut_before_the_journal_is_emptied(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    row = ["i", "c", 1, 0.0, 0.0, "missed", 0, 0.0, ""]
    entry = {"do": "receipt", "row": row, "until": 5}
    memory.kept.apply(entry)
    memory.record(entry)
    journal = (tmp_path / "journal").read_bytes()
    memory.fold()
    memory.close()
    (tmp_path / "journal").write_bytes(journal)
    again = Memory(tmp_path)
    assert again.kept.pending == [row]
    again.close()


def test_a_damaged_snapshot_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_bytes(b"\x00\x00")
    memory = Memory(tmp_path)
    assert memory.kept.done == {} and (tmp_path / "state.damaged").exists()
    memory.close()


def test_two_programs_never_share_a_folder(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    with pytest.raises(MemoryLost, match="another terminal"):
        Memory(tmp_path)
    memory.close()


def test_the_identity_comes_back_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    identity = Identity(Credentials("t1", "secret", roots=(ROOT.public(("root",)),)), "127.0.0.1", 1883, True, ("http://a/",))
    memory.keep_identity(identity)
    assert memory.identity() == identity
    assert stat.S_IMODE(memory.identity_path.stat().st_mode) == 0o600
    memory.close()


def test_a_connection_number_is_never_given_twice(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    assert [memory.next_conn(), memory.next_conn()] == [1, 2]
    memory.close()
    again = Memory(tmp_path)
    assert again.next_conn() == 3
    again.close()
