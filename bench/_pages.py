"""Pages of a station, asked for one after the other from a process of their own, as its visitors are served. Run as a program."""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from admin.web import WebSettings, create_web
from broadcast.brokers import hash_password
from devices.keys import StationKeys
from station.database import Database
from station.files import Files

PATHS = ("/", "/devices", "/heard")
PAUSE_S = 1.0


def main(said: dict[str, Any]) -> None:
    """Prints {"ready": ...} when every page was asked for once, then asks on until a line comes, or so many ``rounds``; prints how long each took, in
    milliseconds by the wall clock and of this process's processor, and the most memory it held."""
    db, folder = Database(said["database"]), Path(said["folder"])
    settings = WebSettings("a key only for this benchmark, of no worth", rate_limits=False)
    client = create_web(settings, db, Files(folder / "files"), StationKeys.load_or_make(folder / "keys"), hash_password).test_client()
    client.set_cookie("xiangyin", said["session"])
    paths, rounds = tuple(said.get("paths") or PATHS), int(said.get("rounds") or 0)
    took: dict[str, list[float]] = {path: [] for path in paths}
    cpu: dict[str, list[float]] = {path: [] for path in paths}
    refused = Counter[str]()

    def ask() -> None:
        for path in paths:
            began, spent = time.monotonic(), time.process_time()
            code = client.get(path).status_code
            took[path].append(round((time.monotonic() - began) * 1000, 1))
            cpu[path].append(round((time.process_time() - spent) * 1000, 1))
            if code != 200:
                refused[f"{code} {path}"] += 1

    ask()
    print(json.dumps({"ready": took}), flush=True)
    for times in (*took.values(), *cpu.values()):
        times.clear()
    over = threading.Event()

    def listen() -> None:
        sys.stdin.readline()
        over.set()

    if not rounds:
        threading.Thread(target=listen, daemon=True).start()
    asked = 0
    while not over.is_set() and (not rounds or asked < rounds):
        ask()
        asked += 1
        over.wait(0.0 if rounds else PAUSE_S)
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"took_ms": took, "cpu_ms": cpu, "refused": refused, "most_mb": round(most_mb)}), flush=True)
    db.close()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
