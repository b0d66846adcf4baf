"""A file is named by what is in it."""

from __future__ import annotations

import hashlib

import pytest

from station.files import Files, NoSuchFile


def test_the_same_content_is_stored_once(files: Files) -> None:
    sha = files.put(b"sound")
    assert sha == hashlib.sha256(b"sound").hexdigest() == files.put(b"sound")
    assert files.get(sha) == b"sound" and files.size(sha) == 5 and files.has(sha)


def test_what_is_not_there_is_said_so(files: Files) -> None:
    with pytest.raises(NoSuchFile):
        files.get("0" * 64)
    assert files.size("0" * 64) is None
    for bad in ("../../etc/passwd", "ABC", ""):
        with pytest.raises(NoSuchFile):
            files.path(bad)


def test_a_torn_file_is_mended_by_storing_it_again(files: Files) -> None:
    sha = files.put(b"sound")
    files.path(sha).write_bytes(b"so")
    assert files.put(b"sound") == sha and files.get(sha) == b"sound"
