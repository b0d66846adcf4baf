"""xiangyin-terminal: makes this machine a loudspeaker of a village."""

from __future__ import annotations

import argparse
import ctypes
import json
import platform
import signal
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from terminal import __version__
from terminal.head import PORT
from terminal.launch import EXIT_RESTART
from terminal.line import Endpoint
from terminal.memory import Identity, Memory, MemoryLost
from terminal.pairing import NotPaired, pair
from terminal.ringlog import RingLog
from terminal.runner import Runner
from wire.messages import BadMessage, parse_object

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_NOT_PAIRED = 0, 1, 2, 3
WELL_KNOWN = "/.well-known/xiangyin.json"


class NoStation(OSError):
    """The station does not say where its broker is; the text says what was tried."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("xiangyin-terminal", description=__doc__)
    parser.add_argument("act", nargs="?", choices=("run", "pair"), default="run", help="run (default), or pair and end")
    parser.add_argument("--pair", action="store_true", help="pair first when this terminal has no identity yet")
    parser.add_argument("--station", metavar="URL", help="address of the station's pages, e.g. http://192.168.1.10:8000")
    parser.add_argument("--mqtt", metavar="HOST:PORT", help="address of the broker, when the station's pages cannot be reached")
    parser.add_argument("--tls", action="store_true", help="with --mqtt: the broker speaks TLS")
    parser.add_argument("--ca", default="", metavar="FILE", help="believe this certificate authority")
    parser.add_argument("--domain", default="xy", help="with --mqtt: first level of the topics (xy)")
    parser.add_argument("--data", type=Path, default=Path("terminal-data"), metavar="DIR", help="identity, clips, receipts")
    parser.add_argument("--device", default="auto", help="sound device: auto (the card, else mpv), mpv[:OUTPUT], null, or a card's name")
    parser.add_argument("--wav", type=Path, metavar="FILE", help="also record what is heard")
    parser.add_argument("--head-port", type=int, default=PORT, metavar="PORT", help=f"where neighbours find its clips, when the station wants it to serve them ({PORT})")
    parser.add_argument("--name", default="", help="what the operator sees when pairing")
    parser.add_argument("--json", action="store_true", help="one JSON line per event")
    parser.add_argument("--die-with-parent", action="store_true", help="end when the program that started this one ends")
    parser.add_argument("--version", action="version", version=__version__)
    return parser


def _discover(args: argparse.Namespace) -> tuple[Endpoint, str, tuple[str, ...]]:
    """Broker, domain and addresses for audio; NoStation when nobody answers."""
    if args.mqtt:
        host, _, port = args.mqtt.rpartition(":")
        if not host or not port.isdigit():
            raise NoStation(f"--mqtt {args.mqtt}: expected HOST:PORT")
        base = (args.station.rstrip("/") + "/",) if args.station else ()
        return Endpoint(host.strip("[]"), int(port), "", tls=args.tls, ca_file=args.ca), args.domain, base
    if not args.station:
        raise NoStation("where is the station? give --station http://ADDRESS:PORT or --mqtt HOST:PORT")
    return _ask_station(args.station.rstrip("/"), args.ca)


def _ask_station(station: str, ca_file: str) -> tuple[Endpoint, str, tuple[str, ...]]:
    if not station.startswith(("http://", "https://")):
        raise NoStation(f"{station}: expected an address that begins with http:// or https://")
    try:
        with urllib.request.urlopen(station + WELL_KNOWN, timeout=10) as answer:
            said = parse_object(answer.read(64 * 1024))
        broker = said["mqtt"]
        host = str(broker.get("host") or urllib.parse.urlsplit(station).hostname)
        # the address that was typed works from here; the station's own word for itself may not
        base = tuple(dict.fromkeys((*(str(url) for url in said.get("base") or ()), station + "/")))
        endpoint = Endpoint(host, int(broker["port"]), "", tls=bool(broker.get("tls", False)), ca_file=ca_file)
        return endpoint, str(said.get("domain", "xy")), base
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = "it is not a station" if isinstance(error, (BadMessage, KeyError, TypeError)) else error
        raise NoStation(f"{station}{WELL_KNOWN}: {reason}") from error


def _wait_for_station(args: argparse.Namespace, stopped: threading.Event) -> tuple[Endpoint, str, tuple[str, ...]]:
    """A station that is still starting is waited for: half a minute."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return _discover(args)
        except NoStation as error:
            if not isinstance(error.__cause__, urllib.error.URLError) or time.monotonic() > deadline or stopped.wait(1):
                raise


class _Voice:
    """Words for people, or one JSON line per event."""

    def __init__(self, as_json: bool) -> None:
        self._as_json, self._lock = as_json, threading.Lock()

    def tell(self, event: str, facts: dict[str, object]) -> None:
        with self._lock:
            if self._as_json:
                print(json.dumps({"event": event, "t_ms": round(time.time() * 1000, 1), **facts}, ensure_ascii=False), flush=True)
            else:
                told = " ".join(f"{name}={value}" for name, value in facts.items() if value not in ("", [], None))
                print(f"{time.strftime('%H:%M:%S')} {event} {told}".rstrip(), flush=True)

    def show_code(self, code: str, life_s: float) -> None:
        if self._as_json:
            self.tell("code", {"code": code, "life_s": life_s})
        else:
            framed = f"|   {code[:4]} {code[4:]}   |"
            line = "+" + "-" * (len(framed) - 2) + "+"
            minutes = round(life_s / 60)
            print(f"\n{line}\n{framed}\n{line}\nType this code at the station (good for {minutes} minutes).\n", flush=True)


def _die_with_parent() -> None:
    """Linux: SIGTERM when the parent ends (prctl PR_SET_PDEATHSIG = 1)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _paired(args: argparse.Namespace, memory: Memory, voice: _Voice, stopped: threading.Event) -> Identity:
    """The identity that is kept, or a new one by pairing; NotPaired when there is none and none was asked for."""
    identity = memory.identity()
    if identity is not None:
        return identity
    if not args.pair and args.act != "pair":
        raise NotPaired(f"{args.data} holds no identity: pair first with --pair --station http://ADDRESS:PORT")
    endpoint, domain, base = _wait_for_station(args, stopped)
    name = args.name or platform.node()
    model = f"{platform.system()} {platform.machine()}"
    credentials = pair(endpoint, domain, model, name, __version__, voice.show_code, stopped.is_set)
    identity = Identity(credentials, endpoint.host, endpoint.port, endpoint.tls, base)
    memory.keep_identity(identity)
    voice.tell("paired", {"did": credentials.did, "area": credentials.area})
    return identity


def _run(args: argparse.Namespace, voice: _Voice, stopped: threading.Event) -> int:
    memory = Memory(args.data)
    try:
        identity = _paired(args, memory, voice, stopped)
        if args.act == "pair":
            return EXIT_OK
        runner = Runner(
            memory, identity, voice.tell, stopped, args.device, args.wav, args.ca, log=RingLog(args.data), head_port=args.head_port
        )
        runner.run()
        return EXIT_RESTART if runner.restart else EXIT_OK
    finally:
        memory.close()


def _stop_on_signals(stopped: threading.Event) -> None:
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 stopped on request, 1 failed, 2 wrong usage, 3 not paired, 75 to be started anew in another version."""
    args = _parser().parse_args(argv)
    voice, stopped = _Voice(args.json), threading.Event()
    _stop_on_signals(stopped)
    if args.die_with_parent:
        _die_with_parent()
    try:
        return _run(args, voice, stopped)
    except NotPaired as error:
        voice.tell("not paired", {"reason": str(error)})
        return EXIT_NOT_PAIRED
    except (MemoryLost, NoStation) as error:
        voice.tell("failed", {"reason": str(error)})
        return EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
