"""Pages of a station, asked for one after the other from a process of their own, as its visitors are served. Run as a program."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

from admin.web import WebSettings, create_web
from broadcast.brokers import hash_password
from devices.keys import StationKeys
from station.database import Database
from station.files import Files

PATHS = ("/", "/devices", "/heard")
PAUSE_S = 1.0


def main(said: dict[str, str]) -> None:
    """Prints {"ready": ...} when every page was asked for once, then asks on until a line comes; prints how long each took, in milliseconds."""
    db, folder = Database(said["database"]), Path(said["folder"])
    settings = WebSettings("a key only for this benchmark, of no worth", rate_limits=False)
    client = create_web(settings, db, Files(folder / "files"), StationKeys.load_or_make(folder / "keys"), hash_password).test_client()
    client.set_cookie("xiangyin", said["session"])
    took: dict[str, list[float]] = {path: [] for path in PATHS}
    refused = 0

    def ask() -> None:
        nonlocal refused
        for path in PATHS:
            began = time.monotonic()
            refused += client.get(path).status_code != 200
            took[path].append(round((time.monotonic() - began) * 1000, 1))

    ask()
    print(json.dumps({"ready": took}), flush=True)
    took = {path: [] for path in PATHS}
    over = threading.Event()

    def listen() -> None:
        sys.stdin.readline()
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    while not over.is_set():
        ask()
        over.wait(PAUSE_S)
    print(json.dumps({"took_ms": took, "refused": refused}), flush=True)
    db.close()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
