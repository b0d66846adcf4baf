"""Every MQTT topic of the wire, built and parsed in one place.

Portable profile: at most 8 levels of ``[a-z0-9_-]{1,36}``, at most 128 bytes, exact filters for everything retained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

VERSION = "1"
LEVEL = re.compile(r"[a-z0-9_-]{1,36}\Z")

# What a terminal may publish (up) and what is sent to it alone (dn).
UP_CHANNELS = ("state", "rep", "ack", "rcpt", "req", "blk")
DOWN_CHANNELS = ("want", "cmd", "rsp", "blk")
ZONE_CHANNELS = ("plan", "alert", "cmd", "live")


class BadTopic(ValueError):
    """A name that cannot stand as a level of a topic, or a topic that is not ours."""


def level(name: str) -> str:
    """The name itself when it may stand in a topic; BadTopic otherwise."""
    if not LEVEL.match(name):
        raise BadTopic(f"{name!r} cannot be part of a topic: use 1 to 36 of a-z, 0-9, _ and -")
    return name


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed topic: ``kind`` is d (terminal), z (zone), p (pairing) or s (station); ``channel`` is its last level."""

    kind: str
    name: str
    channel: str


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics below one configurable domain (``xy`` by default)."""

    domain: str = "xy"

    def __post_init__(self) -> None:
        level(self.domain)

    @property
    def root(self) -> str:
        return f"{self.domain}/{VERSION}"

    def up(self, did: str, channel: str) -> str:
        """From a terminal: state (R), rep (R), ack, rcpt, req, blk (its log)."""
        return f"{self.root}/d/{level(did)}/up/{level(channel)}"

    def down(self, did: str, channel: str) -> str:
        """To one terminal: want (R), cmd, rsp, blk."""
        return f"{self.root}/d/{level(did)}/dn/{level(channel)}"

    def zone(self, zid: str, channel: str) -> str:
        """To every terminal of a zone: plan (R), alert (R), cmd, live."""
        return f"{self.root}/z/{level(zid)}/{level(channel)}"

    def pairing(self, nonce: str, direction: str) -> str:
        """First contact; direction is up (terminal speaks) or dn (station answers)."""
        return f"{self.root}/p/{level(nonce)}/{level(direction)}"

    def keys(self) -> str:
        """The signed key set (R)."""
        return f"{self.root}/s/keys"

    def station_state(self, node: str) -> str:
        """Birth and will of a station node (R)."""
        return f"{self.root}/s/{level(node)}/state"

    def station_filters(self) -> list[str]:
        """What the station listens to: every terminal's words and every pairing request."""
        return [f"{self.root}/d/+/up/{channel}" for channel in UP_CHANNELS] + [f"{self.root}/p/+/up"]

    def terminal_filters(self, did: str, zids: tuple[str, ...]) -> list[str]:
        """What a terminal subscribes to, each filter exact so that retained state arrives on every broker."""
        own = [self.down(did, channel) for channel in ("want", "cmd", "rsp", "blk")]
        zones = [self.zone(zid, channel) for zid in zids for channel in ("plan", "alert", "cmd")]
        return [*own, self.keys(), *zones]

    def parse(self, topic: str) -> Address:
        """The address a topic names; BadTopic when it is not one of ours."""
        levels = topic.split("/")
        if levels[:2] != [self.domain, VERSION] or not all(LEVEL.match(part) for part in levels):
            raise BadTopic(f"not a topic of {self.root}: {topic[:128]!r}")
        match levels[2:]:
            case ["d", did, "up", channel] if channel in UP_CHANNELS:
                return Address("d", did, f"up/{channel}")
            case ["d", did, "dn", channel] if channel in DOWN_CHANNELS:
                return Address("d", did, f"dn/{channel}")
            case ["z", zid, channel] if channel in ZONE_CHANNELS:
                return Address("z", zid, channel)
            case ["p", nonce, ("up" | "dn") as direction]:
                return Address("p", nonce, direction)
            case ["s", "keys"]:
                return Address("s", "keys", "keys")
            case ["s", node, "state"]:
                return Address("s", node, "state")
        raise BadTopic(f"not a topic of {self.root}: {topic[:128]!r}")
