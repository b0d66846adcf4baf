"""A PostgreSQL server of the benchmark's own: made in a temporary folder, on loopback, with the settings it comes with, stopped by its own process."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.fleet import free_port

READY_S = 60.0


def binaries() -> Path | None:
    """The folder of initdb and postgres: where Debian puts them, or what PATH leads to; None when they are not installed."""
    found = [each.parent for each in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)]
    on_path = shutil.which("initdb")
    every = [*found, Path(on_path).resolve().parent] if on_path else found
    return next((each for each in every if (each / "postgres").exists()), None)


@contextmanager
def own_server(folder_of_binaries: Path) -> Iterator[str]:
    """The URL of a new, empty database. Raises RuntimeError when the server does not come up."""
    folder = Path(tempfile.mkdtemp(prefix="xiangyin-bench-pg-"))
    who = _owner()
    if who:
        os.chown(folder, who["user"], who["group"])
    data, port = folder / "data", free_port()
    made: list[str | Path] = [folder_of_binaries / "initdb", "-D", data, "-U", "xiangyin", "-A", "trust", "-E", "UTF8"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder, **who)  # type: ignore[call-overload]
    options: list[str | Path] = ["-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"]
    server = subprocess.Popen([folder_of_binaries / "postgres", "-D", data, *options], cwd=folder, stderr=subprocess.DEVNULL, **who)  # type: ignore[call-overload]
    try:
        ready: list[str | Path] = [folder_of_binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "xiangyin"]
        ends = time.monotonic() + READY_S
        while subprocess.run(ready, check=False).returncode != 0:
            if server.poll() is not None or time.monotonic() > ends:
                raise RuntimeError("the PostgreSQL server of the benchmark does not come up")
            time.sleep(0.2)
        create: list[str | Path] = [folder_of_binaries / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "xiangyin", "bench"]
        subprocess.run(create, check=True, capture_output=True)
        yield f"postgresql+psycopg://xiangyin@127.0.0.1:{port}/bench"
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(30)
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
