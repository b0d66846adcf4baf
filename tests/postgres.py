"""The PostgreSQL server of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench._postgres import binaries, own_server

# What is thrown away is written once, and the hundreds of databases that tests leave behind are not swept.
SPARED = {
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off", "wal_level": "minimal", "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
}  # fmt: skip


@contextmanager
def server_url() -> Iterator[str]:
    """The URL of an empty server; the test is skipped where PostgreSQL is not installed."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with own_server(programs, SPARED) as url:
        yield url
