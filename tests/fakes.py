"""Stand-ins for our own protocols; each keeps what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from broadcast.mqtt import Offline


@dataclass(frozen=True)
class Said:
    """A message that was handed to the broker."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    broker: FakeBroker

    def wait(self, timeout_s: float) -> bool:
        return self.broker.acknowledges


@dataclass
class FakeBroker:
    """A line that is up or down, and a broker that acknowledges or not."""

    connected: bool = True
    acknowledges: bool = True
    said: list[Said] = field(default_factory=list)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> Said:
        if not self.connected:
            raise Offline("not connected to the broker")
        self.said.append(Said(topic, payload, qos, retain, self))
        return self.said[-1]

    def topics(self) -> list[str]:
        return [each.topic for each in self.said]

    def take(self) -> list[Said]:
        """What was said since the last time."""
        said, self.said = self.said, []
        return said


@dataclass
class FakeDoor:
    """Keeps each list of users it was given."""

    lists: list[dict[str, str]] = field(default_factory=list)

    def set_credentials(self, users: Mapping[str, str]) -> None:
        self.lists.append(dict(users))
