"""A PostgreSQL server of one's own, for benchmarks and tests: made in a temporary folder, on loopback, stopped by its own process."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from admin.fleet import free_port

READY_S = 120.0


def binaries() -> Path | None:
    """The folder of initdb and postgres: where Debian puts them, or what PATH leads to; None when they are not installed."""
    found = [each.parent for each in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)]
    on_path = shutil.which("initdb")
    every = [*found, Path(on_path).resolve().parent] if on_path else found
    return next((each for each in every if (each / "postgres").exists()), None)


@contextmanager
def own_server(programs: Path, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """The URL of an empty database on a new server with these settings besides those it comes with. Raises RuntimeError when it does not come up."""
    folder = Path(tempfile.mkdtemp(prefix="xiangyin-pg-"))
    who = _owner()
    if who:
        os.chown(folder, who["user"], who["group"])
    data, port = folder / "data", free_port()
    made: list[str | Path] = [programs / "initdb", "-D", data, "-U", "xiangyin", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder, **who)  # type: ignore[call-overload]
    words = [word for name, value in {"listen_addresses": "127.0.0.1", **(settings or {})}.items() for word in ("-c", f"{name}={value}")]
    command: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, *words]
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL, **who)  # type: ignore[call-overload]
    try:
        ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        ends = time.monotonic() + READY_S
        while subprocess.run(ready, check=False).returncode != 0:
            if server.poll() is not None or time.monotonic() > ends:
                raise RuntimeError("the PostgreSQL server does not come up")
            time.sleep(0.05)
        yield f"postgresql+psycopg://xiangyin@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> dict[str, int]:
    """PostgreSQL refuses to run as root: then it runs as its own user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid}
