"""A bell between the station's processes: who has written something urgent down rings, and the pipeline looks at once.

A datagram over loopback, its port in a file of the data folder. The bell carries no word: whoever rings it makes the station look at its own
database, and nothing more. Nobody listens, or the station runs elsewhere: its own look every moment finds the work a little later.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)
FILE = "bell"


class Bell:
    """The station's end: ``heard`` is called for every ring, in a thread of its own."""

    def __init__(self, folder: Path, heard: Callable[[], None]) -> None:
        self._heard = heard
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._path = folder / FILE
        self._path.write_text(str(self._socket.getsockname()[1]))
        self._open = True
        self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            self._socket.recv(16)
            if not self._open:
                return
            try:
                self._heard()
            except Exception:  # the border to the pipeline: one bad answer must not make us deaf
                log.exception("the bell was heard, and what should follow failed")

    def close(self) -> None:
        self._open = False
        self._path.unlink(missing_ok=True)
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join(2)
        self._socket.close()


def ring(folder: Path) -> bool:
    """Ring, after the commit; False when nobody can be listening. Never raises: the bell only saves a moment."""
    try:
        port = int((folder / FILE).read_text())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(b"!", ("127.0.0.1", port))
    except (OSError, ValueError):
        return False
    return True
