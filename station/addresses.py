"""Under which addresses and names this machine is reached from its own network."""

from __future__ import annotations

import fcntl
import ipaddress
import re
import socket
import struct
from array import array
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

Address = IPv4Address | IPv6Address
# The networks that nobody reaches from outside: RFC 1918, carriers' (RFC 6598), link-local, loopback, unique local IPv6 (RFC 4193).
PRIVATE = tuple(
    ipaddress.ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10")
)
# Names that no public name server answers for: RFC 6761, 6762, 8375, ICANN's .internal, and what home routers call their network.
PRIVATE_ZONES = ("localhost", "local", "lan", "home", "home.arpa", "internal")
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
SIOCGIFCONF, ENTRY, MOST = 0x8912, 40, 256  # <linux/sockios.h>; an entry is the 16 letters of a name and a sockaddr, on 64 bits filled up to 40
IF_INET6 = Path("/proc/net/if_inet6")


def private(address: Address) -> bool:
    """Whether the address lies in a network that nobody reaches from outside."""
    return any(address in each for each in PRIVATE if each.version == address.version)


def as_address(name: str) -> Address | None:
    """The address that is written so (IPv6 also in brackets), or None for a name."""
    try:
        return ip_address(name.strip("[]"))
    except ValueError:
        return None


def as_name(name: str) -> str:
    """The name as certificates hold it, "" for what is none."""
    lower = name.lower().rstrip(".")
    return lower if len(lower) <= 253 and all(LABEL.match(each) for each in lower.split(".")) else ""


def own_addresses() -> list[Address]:
    """The private addresses of this machine that a browser can use, IPv4 first; loopback among them."""
    found = [each for each in (*_ipv4(), *_ipv6()) if private(each) and not (each.version == 6 and each.is_link_local)]
    return sorted(set(found), key=lambda each: (each.is_loopback, each.version, int(each)))


def _ipv4() -> Iterator[Address]:
    """Linux tells them all at once; another system at least the one it would use."""
    room = array("B", bytes(ENTRY * MOST))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            told = fcntl.ioctl(probe.fileno(), SIOCGIFCONF, struct.pack("iL", len(room), room.buffer_info()[0]))
        except OSError:
            yield IPv4Address("127.0.0.1")
            return
    length = struct.unpack("iL", told)[0]
    raw = room.tobytes()
    for start in range(0, length, ENTRY):
        yield IPv4Address(raw[start + 20 : start + 24])


def _ipv6() -> Iterator[Address]:
    try:
        lines = IF_INET6.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        yield IPv6Address(bytes.fromhex(line.split()[0]))


def own_names() -> list[str]:
    """What this machine is called: its bare name and that name under .local (where the network answers for it: Avahi, mDNS)."""
    bare = as_name(socket.gethostname().split(".")[0])
    return ["localhost", *([bare, f"{bare}.local"] if bare and bare != "localhost" else [])]
