"""Who is near: addresses of private networks, and ours towards a host."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


def is_near(host: str) -> bool:
    """Whether the address belongs to a private network, or to this machine."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_private or address.is_link_local


def address_towards(host: str, port: int) -> str:
    """This machine's address on the network on which that host is reached; "" without a network. Nothing is sent."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, port))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def serves_near(address: str) -> bool:
    """Whether it is an http address on a private network."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "http" and is_near(parts.hostname or "")
    except ValueError:
        return False
