"""A PostgreSQL server of the tests' own: made in a temporary folder, on loopback, stopped by its own process."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

READY_S = 120.0


def _binaries() -> Path | None:
    """The folder of initdb and postgres: where Debian puts them, or what PATH leads to; None when either is missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [each.parent for each in found] + ([Path(on_path).resolve().parent] if on_path else [])
    return next((each for each in candidates if (each / "postgres").exists()), None)


def _as_nobody() -> dict[str, int]:
    """PostgreSQL refuses to run as root: then it runs as its own user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server_url() -> Iterator[str]:
    """The URL of an empty server; the test is skipped where PostgreSQL is not installed."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="xiangyin-pg-"))
    who = _as_nobody()
    if who:
        os.chown(folder, who["user"], who["group"])
    data, port = folder / "data", _free_port()
    made = [binaries / "initdb", "-D", data, "-U", "xiangyin", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder, **who)  # type: ignore[call-overload]
    # A server that is thrown away writes nothing twice, and does not sweep the hundreds of databases that tests leave behind.
    spared = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off", "wal_level": "minimal", "max_wal_senders": 0, "checkpoint_timeout": "1h"}
    settings = [word for name, value in {"listen_addresses": "127.0.0.1", **spared}.items() for word in ("-c", f"{name}={value}")]
    options = ["-p", str(port), "-k", folder, *settings]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", data, *options], cwd=folder, stderr=subprocess.DEVNULL, **who  # type: ignore[call-overload]
    )
    try:
        ready = [binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        ends = time.monotonic() + READY_S
        while subprocess.run(ready, capture_output=True).returncode:
            assert server.poll() is None and time.monotonic() < ends, "PostgreSQL does not start"
            time.sleep(0.05)
        yield f"postgresql+psycopg://xiangyin@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)
